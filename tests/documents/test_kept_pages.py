"""The page of a folder is kept for those of the same standing: never older than what is true, never somebody else's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents import actions
from documents.actions.facts import Facts
from documents.enums import DocumentKind, PreviewState
from documents.models import Document, Folder, Preview
from notifications.actions import mark_all_read, record_event
from notifications.models import Follow
from notifications.subjects import subject_for
from spaces.actions import end_membership
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import PDF, make_animation, make_document, make_folder, make_member, make_user

pytestmark = pytest.mark.django_db
NEWER = "Nouveau depuis votre dernier téléchargement"


@pytest.fixture
def manager(lille):
    return make_member(lille, Role.MANAGER)


@pytest.fixture
def document(folder, manager):
    return make_document(folder, by=manager, title="Relevé", name="relevé.pdf")


@pytest.fixture
def reader(lille):
    return make_member(lille)


def page_of(folder, *, whole: bool = False) -> str:
    return reverse("documents:folder", args=[folder.space.slug, folder.slug]) + ("?page=1" if whole else "")


@contextmanager
def nothing_kept() -> Iterator[None]:
    """And what has been kept is there again afterwards."""
    before = settings.CACHE_KEYS["test"]
    settings.CACHE_KEYS["test"] = uuid4().hex
    yield
    settings.CACHE_KEYS["test"] = before


@pytest.fixture
def read(client, folder):
    def read(who, *, whole: bool = False, place: Folder | None = None) -> str:
        client.force_login(who)
        with nothing_kept() if whole else nullcontext():
            response = client.get(page_of(place or folder, whole=whole))
        assert response.status_code == 200
        # One token a request, and the address that a button returns to: all that differs from the page rendered anew.
        return re.sub(r'(csrfmiddlewaretoken" value="|retour" value=")[^"]+', "", response.content.decode())

    return read


def take(client, document) -> bytes | None:
    """The bytes, or None when there is no such document."""
    response = client.get(document.url)
    if response.status_code == 404:
        return None
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def queries_of(client, folder) -> list[str]:
    """The session's own aside."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page_of(folder)).status_code == 200
    session = ('"django_session"', '"accounts_user"."password"', "SAVEPOINT")
    return [query["sql"] for query in asked if not any(word in query["sql"] for word in session)]


def test_is_the_page_itself(read, document, manager, reader, lille):
    record_event(space=lille, kind="document.published", about=document, title="x", url="/x/", actor=manager)
    Follow.objects.create(user=manager, subject=subject_for(document.folder))
    people = [manager, reader, make_member(lille, Role.CONTRIBUTOR), make_animation(), make_member(lille)]
    for _ in range(2):
        for person in people:
            assert read(person) == read(person, whole=True)
    assert "Ne plus suivre" in read(manager)
    assert "Ne plus suivre" not in read(make_member(lille, Role.MANAGER))


def test_two_queries_beside_the_session(client, document, reader, manager):
    client.force_login(reader)
    queries_of(client, document.folder)
    assert len(queries_of(client, document.folder)) == 2
    for number in range(20):
        make_document(document.folder, by=manager, name=f"autre-{number}.pdf")
    queries_of(client, document.folder)
    assert len(queries_of(client, document.folder)) == 2
    take(client, document)
    with CaptureQueriesContext(connection) as asked:
        take(client, document)
    assert len(asked) == 3  # the person, the rights, the record of the download; the session is in memory


def test_what_the_other_pages_know_of_filters_is_kept_and_never_older(client, document, manager, reader):
    client.force_login(reader)
    address = page_of(document.folder, whole=True)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    client.get("/")
    assert cost() == cost() + 1
    other = make_document(document.folder, by=manager, name="guide.pdf")
    assert "Guide (1)" not in client.get(address).content.decode()
    actions.describe_document(document=other, by=manager, facts=Facts(kind=DocumentKind.GUIDE))
    assert "Guide (1)" in client.get(address).content.decode()
    actions.withdraw_document(document=other, by=manager)
    assert "Guide (1)" not in client.get(address).content.decode()


def test_nothing_of_one_reader_is_shown_to_the_next(read, document, manager, reader, lille):
    other = make_member(lille)
    actions.record_downloads(versions=[(document.pk, 1)], by=reader)
    actions.publish_version(document=document, file=ContentFile(b"%PDF-1.4 deux", name="relevé.pdf"), by=manager)
    record_event(space=lille, kind="document.published", about=document, title="x", url="/x/", actor=manager)
    mark_all_read(by=other)
    assert (read(reader).count(NEWER), "x-count" in read(reader)) == (1, True)
    assert (read(other).count(NEWER), "x-count" in read(other)) == (0, False)
    Follow.objects.create(user=other, subject=subject_for(document.folder))
    assert ("Ne plus suivre" in read(other), "Ne plus suivre" in read(reader)) == (True, False)


def _changes(document, manager):
    folder = document.folder
    below = actions.create_folder(space=folder.space, parent=folder, name="Sous-dossier", by=manager)
    yield
    make_document(folder, by=manager, title="Second")
    yield
    actions.publish_version(document=document, file=ContentFile(b"%PDF-1.4 deux", name="relevé.pdf"), by=manager)
    yield
    actions.change_document(document=document, by=manager, title="Autre titre", description="", folder=folder)
    yield
    actions.describe_document(document=document, by=manager, facts=Facts(kind=DocumentKind.GUIDE))
    yield
    Document.objects.filter(pk=document.pk).update(valid_until=date(2020, 1, 1))
    yield
    actions.reserve_document(document=document, by=manager)
    yield
    document.refresh_from_db()
    Preview.objects.update_or_create(sha256=document.sha256, defaults={"state": PreviewState.DONE})
    yield
    actions.rename_folder(folder=below, name="Annexes", by=manager)
    yield
    actions.rename_folder(folder=folder, name="Comptes rendus du comité", by=manager, description="Signés")
    yield
    actions.withdraw_document(document=document, by=manager)
    yield
    actions.put_back_document(document=document, by=manager)
    yield
    actions.restrict_folder(folder=below, members=[], by=manager)
    yield
    below.refresh_from_db()
    actions.open_folder(folder=below, by=manager)
    yield


def test_is_never_older_than_what_is_true(read, document, manager, reader):
    before = read(reader)
    number = 0
    for number, _ in enumerate(_changes(document, manager), 1):
        after = read(reader)
        assert after != before, number
        assert after == read(reader, whole=True), number
        before = after
    assert number == 14


def test_a_download_is_never_the_former_version(client, document, manager, reader):
    client.force_login(reader)
    assert take(client, document) == PDF
    for content in (b"%PDF-1.4 deux", b"%PDF-1.4 trois"):
        actions.publish_version(document=document, file=ContentFile(content, name="relevé.pdf"), by=manager)
        assert take(client, document) == content
    actions.withdraw_document(document=document, by=manager)
    assert take(client, document) is None


def test_the_same_role_elsewhere_nobody_and_the_ended_get_nothing(client, document, manager, reader, douai):
    for who in (manager, reader):
        client.force_login(who)
        assert client.get(page_of(document.folder)).status_code == 200
        assert take(client, document) == PDF
    for stranger in (make_member(douai), make_member(douai, Role.MANAGER), make_user()):
        client.force_login(stranger)
        assert client.get(page_of(document.folder)).status_code == 404
        assert take(client, document) is None
    end_membership(membership=Membership.objects.get(user=reader), by=manager)
    client.force_login(reader)
    assert client.get(page_of(document.folder)).status_code == 404
    assert take(client, document) is None


def test_a_role_that_changes_changes_the_page(read, document, manager, reader):
    assert "Renommer ce dossier" in read(manager)
    assert "Renommer ce dossier" not in read(reader)
    Membership.objects.filter(user=manager).update(role=Role.READER)
    assert "Renommer ce dossier" not in read(manager)
    assert "Renommer ce dossier" in read(make_member(document.space, Role.MANAGER))


def test_a_circle_is_a_standing(client, read, document, manager, reader):
    inside = make_member(document.space)
    read(inside), read(reader)
    assert take(client, document) == PDF
    actions.restrict_folder(folder=document.folder, members=[inside], by=manager)
    assert "Relevé" in read(inside)
    assert take(client, document) == PDF
    client.force_login(reader)
    assert client.get(page_of(document.folder)).status_code == 404
    assert take(client, document) is None


def test_a_message_is_shown_once_and_not_kept(client, document, manager, reader):
    client.force_login(manager)
    client.get(page_of(document.folder))
    slug = document.folder.slug
    client.post(reverse("documents:folder_rename", args=[document.space.slug, slug]), {"name": "Autre nom"})
    told = [client.get(page_of(document.folder)).content.decode() for _ in range(2)]
    assert ["maintenant «" in text for text in told] == [True, False]
    client.force_login(make_member(document.space, Role.MANAGER))
    assert "maintenant «" not in client.get(page_of(document.folder)).content.decode()


def test_another_space_keeps_its_epoch(document, manager, douai):
    there = make_document(make_folder(douai), title="Ailleurs")
    before = type(douai).objects.get(pk=douai.pk).epoch
    actions.change_document(document=document, by=manager, title="Autre", description="", folder=document.folder)
    assert type(douai).objects.get(pk=douai.pk).epoch == before != ""
    Document.objects.filter(pk=there.pk).update(published_at=timezone.now())
    assert type(douai).objects.get(pk=douai.pk).epoch != before
