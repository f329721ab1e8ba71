"""Versions are added, never changed: by the actions, and by whoever goes round them."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import DatabaseError
from django.http import Http404

from documents import actions
from documents.enums import TextState
from documents.guard import FROZEN
from documents.models import Document, DocumentVersion
from notifications.models import Event
from search.models import Entry
from spaces.enums import Role
from tests.factories import make_animation, make_document, make_folder, make_member, make_space


def file(content=b"deux", name="note.txt"):
    return ContentFile(content, name=name)


def content(stored):
    with stored.file.storage.open(stored.file.name) as opened:
        return opened.read()


def numbers(document):
    return list(document.versions.order_by("number").values_list("number", flat=True))


@pytest.fixture
def author(folder):
    return make_member(folder.space, Role.CONTRIBUTOR)


@pytest.fixture
def document(folder, author):
    return make_document(folder, by=author, name="note.txt", content=b"un", title="Note")


# --- Who may


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_versions_nothing_here(role, document, douai):
    outsider = make_member(douai, role)
    version = document.versions.get()
    with pytest.raises(Http404):
        actions.publish_version(document=document, file=file(), by=outsider)
    with pytest.raises(Http404):
        actions.restore_version(version=version, by=outsider)
    with pytest.raises(Http404):
        actions.name_version(version=version, by=outsider, label="à moi")
    assert not DocumentVersion.objects.visible_to(outsider).exists()
    assert (numbers(document), Event.objects.count()) == ([1], 1)


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_others_of_the_space_do_not_replace_an_author_s_document(role, document):
    with pytest.raises(PermissionDenied):
        actions.publish_version(document=document, file=file(), by=make_member(document.space, role))
    assert numbers(document) == [1]


def test_a_document_opened_to_contributors_takes_their_versions_and_keeps_its_author(document, author):
    Document.objects.update(is_open=True)
    document.refresh_from_db()
    other = make_member(document.space, Role.CONTRIBUTOR)
    actions.publish_version(document=document, file=file(), by=other)
    document.refresh_from_db()
    assert (document.uploaded_by_user, document.version_author) == (author, other)
    with pytest.raises(PermissionDenied):
        actions.withdraw_document(document=document, by=other)
    with pytest.raises(PermissionDenied):
        actions.publish_version(document=document, file=file(b"x"), by=make_member(document.space, Role.READER))


# --- What it does


def test_a_new_version_becomes_the_document(document, author):
    version = actions.publish_version(document=document, file=file(), by=author, reason=" Chiffres\n2026 ")
    document.refresh_from_db()
    assert (version.number, version.reason, version.author, version.size) == (2, "Chiffres 2026", author, 4)
    assert (document.current_number, document.sha256, document.file_size) == (2, version.sha256, 4)
    assert (document.published_at, document.text_state) == (version.created_at, TextState.PENDING)
    event = Event.objects.get(kind="document.version")
    assert (event.title, event.url, event.actor) == ("Note – version 2", f"/documents/{document.uuid}/", author)
    assert Entry.objects.count() == 1
    assert content(document.versions.get(number=1)) == b"un"


def test_the_same_bytes_again_are_not_a_version(document, author):
    with pytest.raises(ValidationError, match="octet pour octet"):
        actions.publish_version(document=document, file=file(b"un", name="autre.txt"), by=author)
    assert numbers(document) == [1]


def test_restoring_adds_a_version_of_the_old_bytes(document, author):
    actions.publish_version(document=document, file=file(), by=author)
    restored = actions.restore_version(version=document.versions.get(number=1), by=author)
    document.refresh_from_db()
    assert (restored.number, restored.reason) == (3, "Retour à la version 1")
    assert (numbers(document), content(document)) == ([1, 2, 3], b"un")


def test_a_name_is_given_and_taken_off(document, author):
    version = document.versions.get()
    actions.name_version(version=version, by=author, label=" Validée en COTEC ")
    version.refresh_from_db()
    assert (version.label, version.labelled_by) == ("Validée en COTEC", author)
    actions.name_version(version=version, by=author, label="")
    version.refresh_from_db()
    assert (version.label, version.labelled_by, version.labelled_at) == ("", None, None)
    with pytest.raises(ValidationError):
        actions.name_version(version=version, by=author, label="x" * 81)


def test_a_text_read_too_late_does_not_describe_the_next_version(document, author):
    before = Document.objects.get(pk=document.pk)
    actions.publish_version(document=document, file=file(), by=author)
    actions.set_text(before, "le texte de la version 1")
    document.refresh_from_db()
    assert (document.text, document.text_state) == ("", TextState.PENDING)


def test_a_refused_file_is_not_a_version(document, author):
    with pytest.raises(ValidationError):
        actions.publish_version(document=document, file=file(b"MZ", name="a.pdf"), by=author)
    assert numbers(document) == [1]


def test_a_document_in_the_trash_takes_no_version(document, author):
    actions.withdraw_document(document=document, by=author)
    with pytest.raises(Http404):
        actions.publish_version(document=document, file=file(), by=author)


# --- What nobody may do, whatever they write with


OTHER = {"document_id": 0, "number": 9, "size": 9, "created_at": "2020-01-01T00:00Z"}


@pytest.mark.parametrize("column", FROZEN)
def test_the_database_refuses_to_change_a_version(column, document):
    other = OTHER.get(column, "autre")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        DocumentVersion.objects.update(**{column: other})


def test_the_database_refuses_to_remove_a_version_in_use(document):
    with pytest.raises(DatabaseError, match="only from the trash"), transaction.atomic():
        DocumentVersion.objects.all().delete()
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        document.delete()
    assert document.file.storage.exists(document.file.name)


def test_a_version_outlives_its_author_s_account(document, author):
    author.delete()
    assert document.versions.get().author is None


# --- Two people at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_two_people_at_once_make_two_versions_in_order():
    space = make_space("lille")
    document = make_document(make_folder(space, "guide"), name="note.txt", content=b"un")
    people = [make_member(space, Role.MANAGER) for _ in range(4)]
    ready = threading.Barrier(len(people), timeout=20)
    failed = []

    def publish(person):
        try:
            ready.wait()
            content = f"de {person.pk}".encode()
            actions.publish_version(document=Document.objects.get(pk=document.pk), file=file(content), by=person)
        except Exception as error:  # told by the test, not lost in a thread
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    document.refresh_from_db()
    last = document.versions.get(number=5)
    assert (failed, numbers(document), document.sha256) == ([], [1, 2, 3, 4, 5], last.sha256)
    assert {version.author for version in document.versions.exclude(number=1)} == set(people)


# --- Reservation


def test_a_reserved_document_waits_for_whoever_reserved_it(document, author):
    manager = make_member(document.space, Role.MANAGER)
    actions.reserve_document(document=document, by=author)
    document.refresh_from_db()
    with pytest.raises(actions.ReservedError, match="réservé"):
        actions.publish_version(document=document, file=file(), by=manager)
    with pytest.raises(actions.ReservedError):
        actions.restore_version(version=document.versions.get(), by=manager)
    with pytest.raises(actions.ReservedError):
        actions.reserve_document(document=document, by=manager)
    actions.publish_version(document=document, file=file(), by=author)
    document.refresh_from_db()
    assert (document.is_reserved, document.reserved_by, numbers(document)) == (False, None, [1, 2])


def test_a_reservation_is_seen_even_by_a_stale_row(document, author):
    stale = Document.objects.select_related("space").get(pk=document.pk)
    actions.reserve_document(document=document, by=author)
    with pytest.raises(actions.ReservedError):
        actions.publish_version(document=stale, file=file(), by=make_animation())


def test_a_reservation_ends_by_itself(document, author):
    actions.reserve_document(document=document, by=author)
    Document.objects.update(reserved_until="2020-01-01T00:00Z")
    document.refresh_from_db()
    assert not document.is_reserved
    actions.publish_version(document=document, file=file(), by=make_animation())


def test_a_reservation_is_ended_by_its_author_or_a_manager(document, author, douai):
    Document.objects.update(is_open=True)
    document.refresh_from_db()
    other = make_member(document.space, Role.CONTRIBUTOR)
    for ender in (other, make_member(document.space, Role.MANAGER)):
        actions.reserve_document(document=document, by=other)
        for refused, error in ((author, PermissionDenied), (make_member(douai, Role.MANAGER), Http404)):
            with pytest.raises(error):
                actions.release_document(document=document, by=refused)
        actions.release_document(document=document, by=ender)
        document.refresh_from_db()
        assert not document.is_reserved
    with pytest.raises(PermissionDenied):
        actions.reserve_document(document=document, by=make_member(document.space))
