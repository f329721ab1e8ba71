"""The document of minutes is written from its meeting alone: no screen of documents changes what was circulated or approved."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from documents import actions as documents
from documents.models import Document
from meetings.actions import minutes as actions
from meetings.actions.papers import print_waiting
from spaces.enums import Role
from tests.factories import make_folder, make_member, make_user
from tests.meetings.test_minutes import make_held, write


@pytest.fixture
def circulated(lille, manager):
    held = make_held(lille, manager)
    write(held, manager)
    actions.circulate_minutes(meeting=held, by=manager)
    write(held, manager)
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    print_waiting()
    minutes.refresh_from_db()
    return minutes


@pytest.fixture
def document(circulated) -> Document:
    return Document.objects.get(pk=circulated.document_id)


def file() -> ContentFile:
    return ContentFile(b"faux", name="faux.txt")


def state(document: Document) -> tuple[object, ...]:
    found = Document.objects.values("title", "folder", "sha256", "current_number", "withdrawn_at", "reserved_by")
    return (found.get(pk=document.pk), document.versions.count())


@pytest.mark.parametrize("how", ["version", "restore", "withdraw", "rename", "move", "reserve"])
def test_no_action_of_documents_changes_it(how, document, manager, lille) -> None:
    elsewhere, before = make_folder(lille, "ailleurs"), state(document)
    same = {"title": document.title, "description": "", "folder": document.folder}
    act = {
        "version": lambda: documents.publish_version(document=document, file=file(), by=manager),
        "restore": lambda: documents.restore_version(version=document.versions.get(number=1), by=manager),
        "withdraw": lambda: documents.withdraw_document(document=document, by=manager),
        "rename": lambda: documents.change_document(document=document, by=manager, **same | {"title": "Autre"}),
        "move": lambda: documents.change_document(document=document, by=manager, **same | {"folder": elsewhere}),
        "reserve": lambda: documents.reserve_document(document=document, by=manager),
    }[how]
    with pytest.raises(documents.LockedError, match="depuis sa réunion"):
        act()
    assert state(document) == before


def test_somebody_elsewhere_still_finds_nothing(document, douai, client) -> None:
    client.force_login(make_member(douai, Role.MANAGER))
    assert client.get(document.get_absolute_url()).status_code == 404


def test_the_screens_offer_nothing_and_say_why(document, manager, client) -> None:
    client.force_login(manager)
    html = client.get(document.get_absolute_url()).content.decode()
    assert "s’écrit depuis sa réunion" in html
    shut = ("version_new", "edit", "withdraw")
    assert [name for name in shut if reverse(f"documents:{name}", args=[document.uuid]) in html] == []
    assert reverse("documents:reserve", args=[document.uuid]) not in html
    history = client.get(reverse("documents:history", args=[document.uuid])).content.decode()
    assert "retablir/" not in history
    before = state(document)
    restore = reverse("documents:version_restore", args=[document.uuid, 1])
    addresses = [*(reverse(f"documents:{name}", args=[document.uuid]) for name in shut), restore]
    assert [client.get(address).status_code for address in addresses] == [403] * 4
    posted = {"reason": "x", "title": "Autre", "folder": document.folder.slug, "kind": "other"}
    for address in (*addresses, reverse("documents:reserve", args=[document.uuid])):
        assert client.post(address, posted | {"file": SimpleUploadedFile("faux.txt", b"faux")}).status_code == 403
    assert state(document) == before


def test_a_file_of_the_same_name_is_not_its_next_version(document, manager, client, lille) -> None:
    client.force_login(manager)
    before = state(document)
    posted = {"folder": document.folder.slug, "same_name": "version"}
    posted["files"] = SimpleUploadedFile(document.original_name, b"%PDF-1.4\n%faux")
    answer = client.post(reverse("documents:upload", args=[lille.slug]), posted)
    assert (answer.status_code, state(document)) == (400, before)
    assert "s’écrit depuis sa réunion" in answer.content.decode()


def test_wagtail_s_admin_renames_nothing(document, client) -> None:
    client.force_login(make_user(is_superuser=True))
    before = state(document)
    data = {"title": "Faux", "description": "", "collection": document.collection_id}
    client.post(reverse("wagtaildocs:edit", args=[document.pk]), data)
    assert state(document) == before


def test_its_meeting_goes_on_whatever_was_reserved(lille, manager, circulated, document) -> None:
    other = make_member(lille, Role.MANAGER)
    with pytest.raises(PermissionDenied):
        documents.reserve_document(document=document, by=other)
    type(circulated).objects.update(amend_until=timezone.localdate() - timedelta(days=1))
    approved = actions.approve_minutes(minutes=circulated, by=manager)
    actions.add_erratum(minutes=approved, by=manager, text="Lire 17 h.")
    print_waiting()
    assert document.versions.count() == 4
