import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone

from documents import tasks, uploads
from documents.enums import TextState
from documents.integrity import differences, unused
from documents.models import Document, DocumentVersion
from documents.storage import ContentAddressedStorage
from tests.factories import make_document


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store of its own: what other tests have stored, and lost the rows of, is not counted."""
    made = ContentAddressedStorage(location=tmp_path / "store")
    monkeypatch.setitem(storages._storages, "documents", made)
    for model in (Document, DocumentVersion):
        monkeypatch.setattr(model._meta.get_field("file"), "storage", made)
    return made


@pytest.fixture
def document(folder):
    return make_document(folder)


def break_file(store, document, content):
    path = Path(store.path(document.file.name))
    path.chmod(0o644)
    path.write_bytes(content)


def test_all_is_well(document, capsys):
    make_document(document.folder, name="la même.pdf")
    call_command("check_documents")
    assert capsys.readouterr().out == "Tous les fichiers et tous les documents concordent.\n"


def test_altered_bytes(document, store, capsys):
    break_file(store, document, b"x" * document.file_size)
    with pytest.raises(SystemExit) as stopped:
        call_command("check_documents")
    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        f"Fichier altéré\u00a0: {document.file.name} n’a plus son empreinte\n1 différence(s).\n"
    )


def test_truncated(document, store):
    break_file(store, document, b"x")
    assert len(list(differences())) == 2


def test_missing(document, store):
    os.unlink(store.path(document.file.name))
    assert list(differences()) == [
        f"Document {document.uuid}, version 1\u00a0: son fichier {document.file.name} est absent"
    ]


def test_a_row_that_lies(document):
    Document.objects.update(sha256="0" * 64)
    assert list(differences()) == [
        f"Document {document.uuid}\u00a0: ce qu’il dit de son fichier n’est pas ce que dit sa version 1"
    ]


def test_a_stranger_in_the_store(document, store):
    (Path(store.location) / "intrus.exe").write_bytes(b"x")
    assert list(differences()) == ["Fichier étranger au dépôt\u00a0: intrus.exe"]


def test_bytes_without_a_document_are_counted_and_no_fault(document, store, capsys):
    store.save("", ContentFile(b"dix octets"))
    store.save("", ContentFile(b"dix autres"))
    Document.objects.update(withdrawn_at=timezone.now())  # in the trash, and still a document
    assert unused() == (2, 20)
    call_command("check_documents")
    assert capsys.readouterr().out.replace("\u00a0", " ") == (
        "Fichiers sans document : 2 (20 octets), sans gravité.\nTous les fichiers et tous les documents concordent.\n"
    )


def test_a_stranger_or_a_half_received_file_is_not_counted(document, store):
    (Path(store.location) / "intrus.exe").write_bytes(b"x")
    (store.incoming / "receive-half").write_bytes(b"x")
    assert unused() == (0, 0)


def test_sweeping_leaves_what_is_being_received(store, db, capsys):
    old, new = store.incoming / "receive-old", store.incoming / "receive-new"
    for path in (old, new):
        path.write_bytes(b"x")
    day_before = time.time() - uploads.LEFTOVER_AGE - 1
    os.utime(old, (day_before, day_before))
    call_command("sweep_uploads")
    assert (old.exists(), new.exists()) == (False, True)
    assert capsys.readouterr().out == "1 fichier(s) temporaire(s) supprimé(s).\n"


def test_a_lost_reading_is_made_up_for(folder):
    document = make_document(folder, name="note.txt", content=b"bonjour")
    assert tasks.read_pending() == 0  # its own task is on its way
    Document.objects.update(created_at="2020-01-01T00:00Z")
    assert (tasks.read_pending(), tasks.read_pending()) == (1, 0)
    document.refresh_from_db()
    assert (document.text, document.text_state) == ("bonjour", TextState.DONE)


def test_the_same_reading_twice_does_it_once(folder):
    document = make_document(folder, name="note.txt", content=b"bonjour")
    tasks.read_document(document.pk)
    Document.objects.update(text="corrigé")
    tasks.read_document(document.pk)
    document.refresh_from_db()
    assert document.text == "corrigé"
