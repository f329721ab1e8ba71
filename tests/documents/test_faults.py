"""Provoked for real: a process killed while it writes, a disk that is full, a rename under a download, a worker killed while it
reads. Afterwards the integrity command finds nothing to say, and nothing is lost or doubled."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from documents import actions, extraction, sandbox, tasks, uploads
from documents.actions.texts import MAX_READINGS
from documents.enums import ComparisonState, TextState
from documents.models import Comparison, Document, DocumentVersion, IncomingUpload
from documents.storage import ContentAddressedStorage
from spaces.enums import Role
from tests.documents.test_resumable import patch, start
from tests.factories import PDF, make_document, make_folder, make_member, make_space

BIG = PDF + b"x" * 3_000_000

WRITER = """
import sys, time
from django.conf import settings
settings.configure()
from django.core.files.base import File
from documents.storage import ContentAddressedStorage

class Slow(File):
    def __init__(self):
        self.reads = 0
    def seek(self, position): pass
    def chunks(self):
        self.reads += 1
        for n in range(20):
            yield b"x" * 65536
            if self.reads == 2 and n == 10:  # the first reading is the fingerprint's
                print("writing", flush=True)
                time.sleep(60)

ContentAddressedStorage(location=sys.argv[1]).save("", Slow())
"""


@pytest.fixture
def use_store(monkeypatch):
    """Have documents kept in a folder of the test's choosing."""

    def use(folder):
        store = ContentAddressedStorage(location=folder)
        monkeypatch.setitem(storages._storages, "documents", store)
        for model in (Document, DocumentVersion):
            monkeypatch.setattr(model._meta.get_field("file"), "storage", store)
        return store

    return use


@pytest.fixture
def store(use_store, tmp_path):
    return use_store(tmp_path / "store")


@pytest.fixture
def small_disk(use_store, tmp_path):
    """A store on a volume of 2 MB of its own, which only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if not mount or os.geteuid() != 0:
        pytest.skip("only root can mount a small volume")
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=2m", "none", folder], check=False, stderr=subprocess.DEVNULL
    )
    if mounted.returncode:
        pytest.skip("this machine refuses to mount a small volume")
    yield use_store(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def sender(client, folder):
    client.force_login(make_member(folder.space, Role.CONTRIBUTOR))
    return client


def assert_clean(capsys):
    call_command("check_documents")
    assert "concordent" in capsys.readouterr().out


# --- kill -9 --------------------------------------------------------------------------------------------------------


def test_a_process_killed_while_it_writes_leaves_nothing_but_a_leftover(store, db, capsys):
    env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath}
    with subprocess.Popen([sys.executable, "-c", WRITER, store.location], stdout=subprocess.PIPE, env=env) as writer:
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
    assert list(store.stored_names()) == []
    [leftover] = store.incoming.iterdir()
    assert leftover.stat().st_size > 0
    assert_clean(capsys)
    assert (uploads.sweep(older_than=-1), list(store.incoming.iterdir())) == (1, [])


def test_an_upload_by_parts_goes_on_after_its_process_was_killed(store, sender, folder, capsys):
    """What the dead process had written is what the next one counts from."""
    address = start(sender, folder, size=len(BIG))["Location"]
    upload = IncomingUpload.objects.get()
    program = "import sys, time; f = open(sys.argv[1], 'r+b', 0); f.write(b'%PDF-1.4'); print('w', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program, upload.path], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    offset = int(sender.head(address)["Upload-Offset"])
    assert offset == 8
    assert patch(sender, address, BIG[offset:], offset).status_code == 201
    assert (Document.objects.get().file_size, list(store.incoming.iterdir())) == (len(BIG), [])
    assert_clean(capsys)


# --- A full disk ----------------------------------------------------------------------------------------------------


def test_a_full_disk_answers_a_deposit_in_a_sentence(small_disk, sender, folder, capsys):
    address = reverse("documents:upload", args=[folder.space.slug])
    data = {"folder": folder.slug, "same_name": "skip", "files": SimpleUploadedFile("gros.pdf", BIG)}
    response = sender.post(address, data)
    assert response.status_code == 507
    assert "plus de place sur le serveur" in response.content.decode()
    assert (Document.objects.count(), list(small_disk.incoming.iterdir())) == (0, [])
    assert_clean(capsys)


def test_a_full_disk_keeps_the_parts_that_came(small_disk, sender, folder, capsys):
    address = start(sender, folder, size=len(BIG))["Location"]
    assert patch(sender, address, BIG[:500_000], 0).status_code == 204
    refused = patch(sender, address, BIG[500_000:], 500_000)
    assert (refused.status_code, refused.json()["refused"][0]["code"]) == (507, "no_room")
    assert sender.head(address)["Upload-Offset"] == "500000"
    assert_clean(capsys)


def test_a_full_disk_refuses_a_version_and_keeps_the_document(small_disk, folder, capsys):
    document = make_document(folder, name="petit.pdf")
    author = make_member(folder.space, Role.MANAGER)
    with pytest.raises(OSError, match="No space left"):
        actions.publish_version(document=document, file=ContentFile(BIG, name="gros.pdf"), by=author)
    document.refresh_from_db()
    assert (document.current_number, document.versions.count()) == (1, 1)
    assert_clean(capsys)


@pytest.fixture
def holding(store, monkeypatch):
    """Whether a transaction was open each time bytes were written."""
    seen = []
    write = store._save
    monkeypatch.setattr(store, "_save", lambda *given: seen.append(connection.in_atomic_block) or write(*given))
    return seen


@pytest.mark.django_db(transaction=True)
def test_a_slow_disk_keeps_nobody_else_from_writing(holding, client, capsys):
    folder = make_folder(make_space("lille"), "guide")
    author = make_member(folder.space, Role.CONTRIBUTOR)
    actions.publish_document(folder=folder, file=ContentFile(BIG, name="un.pdf"), by=author)
    client.force_login(author)
    address = start(client, folder, size=len(BIG) + 1)["Location"]
    assert patch(client, address, BIG + b"y", 0).status_code == 201
    assert (holding, Document.objects.count()) == ([False, False], 2)
    assert_clean(capsys)


# --- Under a download, under a reading --------------------------------------------------------------------------------


def test_a_rename_and_a_new_version_do_not_disturb_a_download(store, client, folder, capsys):
    document = make_document(folder, name="gros.pdf", content=BIG)
    manager = make_member(folder.space, Role.MANAGER)
    client.force_login(manager)
    response = client.get(document.url)
    parts = iter(response.streaming_content)
    received = next(parts)
    actions.change_document(document=document, by=manager, title="Autre", description="", folder=folder)
    actions.publish_version(document=document, file=ContentFile(PDF, name="autre.pdf"), by=manager)
    received += b"".join(parts)
    response.close()
    assert received == BIG
    assert_clean(capsys)


def test_a_reader_killed_at_its_file_is_replaced_for_the_next(store, folder, capsys):
    document = make_document(folder, name="note.rtf", content=b"{\\rtf1 bonjour}")
    file = (document.file.path, "rtf", document.media_type)
    with sandbox.Worker() as worker:
        assert "bonjour" in extraction.text_of(*file, worker).words
        os.kill(worker._process.pid, signal.SIGKILL)
        with pytest.raises(sandbox.UnreadableError):
            extraction.text_of(*file, worker)
        assert "bonjour" in extraction.text_of(*file, worker).words
    assert_clean(capsys)


def test_a_task_killed_before_its_end_is_done_once_by_the_sweep(store, folder, capsys):
    document = make_document(folder, name="note.txt", content=b"bonjour")
    assert document.text_state == TextState.PENDING  # what the dead worker leaves: nothing
    Document.objects.update(created_at="2020-01-01T00:00Z")
    assert (tasks.read_pending(), tasks.read_pending()) == (1, 0)
    document.refresh_from_db()
    assert document.text == "bonjour"
    assert_clean(capsys)


def test_a_fault_of_the_machine_condemns_no_text(store, folder, monkeypatch):
    """No process can be started (or the disk is full): the text waits, and is read once the machine is well."""
    document = make_document(folder, name="note.rtf", content=b"{\\rtf1 bonjour}")
    Document.objects.update(created_at="2020-01-01T00:00Z")
    with monkeypatch.context() as ill:
        ill.setattr(sandbox, "_PROGRAM", store.path("absent.py"))
        tasks.read_pending()
        document.refresh_from_db()
        assert (document.text_state, document.text_attempts) == (TextState.PENDING, 1)
    tasks.read_pending()
    document.refresh_from_db()
    assert (document.text_state, "bonjour" in document.text) == (TextState.DONE, True)


def test_a_text_whose_bytes_never_come_is_given_up(store, folder):
    document = make_document(folder, name="note.txt", content=b"bonjour")
    os.unlink(document.file.path)
    document.text_attempts = MAX_READINGS - 1
    actions.read_text(document)
    document.refresh_from_db()
    assert document.text_state == TextState.UNREADABLE


def test_a_fault_of_the_machine_condemns_no_comparison(store, folder):
    document = make_document(folder, name="a.txt", content=b"un")
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(b"deux", name="a.txt"), by=by)
    away = Path(document.file.path)
    away.rename(away.with_suffix(".away"))
    tasks.compare_versions()
    assert Comparison.objects.get().state == ComparisonState.PENDING
    away.with_suffix(".away").rename(away)
    Comparison.objects.update(claimed_at=None)
    tasks.compare_versions()
    assert Comparison.objects.get().state == ComparisonState.DONE


# --- The command's exit -----------------------------------------------------------------------------------------------


def absent(store, document):
    os.unlink(store.path(document.file.name))


def altered(store, document):
    path = Path(store.path(document.file.name))
    path.chmod(0o644)
    path.write_bytes(b"y" * document.file_size)


def stranger(store, document):
    (Path(store.location) / "intrus.exe").write_bytes(b"x")


def lying(store, document):
    Document.objects.update(file_size=1)


@pytest.mark.parametrize("damage", [absent, altered, stranger, lying])
def test_every_kind_of_difference_stops_the_command(damage, store, folder):
    damage(store, make_document(folder))
    with pytest.raises(SystemExit) as stopped:
        call_command("check_documents")
    assert stopped.value.code == 1
