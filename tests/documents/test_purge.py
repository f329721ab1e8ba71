"""What leaves for good, and what must not."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone

from documents import actions
from documents.integrity import differences
from documents.models import Document, DocumentVersion
from documents.purge import is_used, purge_trash, remove_unused_bytes
from documents.storage import CLAIMS, REMOVING, ContentAddressedStorage
from meetings.models import Minutes
from spaces.enums import Role
from tests.factories import make_animation, make_document, make_meeting, make_member

NOW = -1
"""An age that every claim has reached."""


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    made = ContentAddressedStorage(location=tmp_path / "store")
    monkeypatch.setitem(storages._storages, "documents", made)
    for model in (Document, DocumentVersion):
        monkeypatch.setattr(model._meta.get_field("file"), "storage", made)
    return made


def forget_claims(store):
    for claim in (Path(store.location) / CLAIMS).glob("*"):
        claim.unlink()


@pytest.fixture
def document(folder):
    author = make_member(folder.space, Role.CONTRIBUTOR)
    made = make_document(folder, by=author, name="a.txt", content=b"un")
    actions.publish_version(document=made, file=ContentFile(b"deux", name="a.txt"), by=author)
    return made


def throw(document, days):
    actions.withdraw_document(document=Document.objects.get(pk=document.pk), by=make_animation())
    Document.objects.filter(pk=document.pk).update(withdrawn_at=timezone.now() - timedelta(days=days))


def test_thirty_days_then_nothing_is_left(document, store, capsys):
    throw(document, 29)
    forget_claims(store)
    call_command("purge_trash")
    assert (Document.objects.count(), DocumentVersion.objects.count(), len(list(store.stored_names()))) == (1, 2, 2)
    Document.objects.update(withdrawn_at="2020-01-01T00:00Z")
    call_command("purge_trash")
    assert (Document.objects.count(), DocumentVersion.objects.count(), list(store.stored_names())) == (0, 0, [])
    assert capsys.readouterr().out.splitlines()[-1] == "1 document(s) et 2 fichier(s) effacé(s) pour de bon."


def test_bytes_that_another_document_s_old_version_uses_stay(document, folder, store):
    other = make_document(folder, name="b.txt", content=b"un")
    actions.publish_version(document=other, file=ContentFile(b"trois", name="b.txt"), by=make_animation())
    throw(document, 31)
    forget_claims(store)
    call_command("purge_trash")
    assert len(list(store.stored_names())) == 2
    assert list(differences()) == []


def test_a_live_document_loses_nothing(document, store):
    forget_claims(store)
    assert (remove_unused_bytes(NOW), list(differences())) == (0, [])


def test_bytes_just_stored_wait_for_their_row(store, db):
    name = store.save("", ContentFile(b"en cours"))
    assert (remove_unused_bytes(), store.exists(name)) == (0, True)
    assert (remove_unused_bytes(NOW), store.exists(name)) == (1, False)


def test_the_same_bytes_stored_while_they_are_removed_are_kept(store):
    """Somebody claims them after the first look, when the file is still there: it goes back."""
    name = store.save("", ContentFile(b"both"))
    forget_claims(store)
    looks = []

    def claimed_meanwhile(asked):
        looks.append(store.exists(name))
        if len(looks) == 1:
            store.save("", ContentFile(b"both"))
        return False

    assert store.remove(name, is_used=claimed_meanwhile) is False
    assert (looks, store.exists(name)) == ([True], True)
    assert not list((Path(store.location) / REMOVING).iterdir())


def test_the_same_bytes_stored_after_the_move_are_written_anew(store, monkeypatch):
    name = store.save("", ContentFile(b"both"))
    forget_claims(store)
    rename = os.rename

    def moved(source, target):
        rename(source, target)
        store.save("", ContentFile(b"both"))

    monkeypatch.setattr(os, "rename", moved)
    assert store.remove(name, is_used=lambda _: False) is False
    with store.open(name) as stored:
        assert stored.read() == b"both"


def test_a_removal_that_was_killed_is_settled(document, store):
    forget_claims(store)
    used = document.versions.get(number=1).file.name
    aside = Path(store.location) / REMOVING
    aside.mkdir()
    path = Path(store.path(used))
    path.rename(aside / path.name)
    assert len(list(differences())) == 1
    remove_unused_bytes()
    assert (list(differences()), list(aside.iterdir()), is_used(used)) == ([], [], True)


def test_what_a_room_holds_to_stays_and_stops_nobody_else(folder, document):
    """The minutes of a meeting name their document."""
    other = make_document(folder, name="b.txt", content=b"trois")
    Minutes.objects.create(meeting=make_meeting(folder.space), document=document)
    throw(document, days=31)
    throw(other, days=31)
    assert purge_trash()[0] == 1
    assert document.versions.count() == 2
    assert not Document.objects.filter(pk=other.pk).exists()
