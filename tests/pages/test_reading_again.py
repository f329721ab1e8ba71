"""Another text of an announcement that people have said to have read: its author says whether it is to be read again, in the
form of the space or in Wagtail's editor."""

import json
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from acknowledgements.actions import acknowledge
from acknowledgements.models import Acknowledgement, AcknowledgementRequest
from acknowledgements.queries import coverage, to_read
from acknowledgements.subjects import for_author
from mail.tasks import sweep_mail
from notifications import tasks
from pages.actions import add_space_pages, change_announcement, publish_announcement
from pages.models import AnnouncementPage
from spaces.enums import Role
from tests import factories

pytestmark = pytest.mark.django_db

ADDRESS = "/espaces/lille/annonces/consigne/"


@pytest.fixture
def author(lille):
    add_space_pages(space=lille)
    return factories.make_member(lille, Role.MANAGER)


@pytest.fixture
def reader(lille, author):
    """Has read « Consigne », which everybody has been told."""
    reader = factories.make_member(lille)
    publish_announcement(space=lille, by=author, title="Consigne", body_html="<p>À lire lindi</p>", must_be_read=True)
    told()
    acknowledge(request=AcknowledgementRequest.objects.get(), by=reader)
    yesterday = timezone.now() - timedelta(days=1)
    Acknowledgement.objects.update(at=yesterday)
    return reader


def told() -> list[str]:
    outbox.outbox.clear()
    tasks.sweep_events()
    sweep_mail()
    return sorted(f"{to} {message.subject}" for message in outbox.outbox for to in message.to)


def by_the_form(client, text: str, **fields) -> str:
    page = AnnouncementPage.objects.get(alias_of=None)
    address = reverse("pages:announcement_edit", args=["lille", page.pk])
    given = {
        "title": "Consigne",
        "text": text,
        "when": "now",
        "must_be_read": "on",
        "read_revision": page.latest_revision_id,
    }
    return client.post(address, given | fields, follow=True).content.decode()


def by_the_editor(client, text: str, **fields) -> str:
    page = AnnouncementPage.objects.get(alias_of=None)
    body = {"entityMap": {}, "blocks": [{"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}]}  # fmt: skip
    given = {"title": "Consigne", "slug": page.slug, "body": json.dumps(body), "action-publish": "1"}
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), given | fields, follow=True).content.decode()


@pytest.fixture(params=[by_the_form, by_the_editor])
def change(request, client, author, reader):
    client.force_login(author)
    return lambda text, **fields: request.param(client, text, **fields)


def counted() -> tuple[int, int]:
    request = AcknowledgementRequest.objects.get()
    found = coverage(request, for_author(request))
    return found.whole.read, found.corrected


def test_one_says_which(change):
    page = change("À lire lundi")
    assert "dites s’il est à relire" in page
    assert AnnouncementPage.objects.get().body == "<p>À lire lindi</p>"
    change("À lire lindi", is_pinned="on")
    assert AnnouncementPage.objects.get().is_pinned
    assert (counted(), told()) == ((1, 0), [])


def test_a_mere_correction_changes_nothing_for_who_has_read(change, client, author, reader):
    change("À lire lundi", reading="correction")
    change("À lire lundi.", reading="correction")
    assert "À lire lundi." in AnnouncementPage.objects.get().body
    assert (told(), counted(), to_read(reader)) == ([], (1, 1), [])
    assert (
        "sans nouvelle lecture" in client.get(f"/accuses/{AcknowledgementRequest.objects.get().pk}/").content.decode()
    )
    client.force_login(reader)
    page = client.get(ADDRESS).content.decode()
    assert ("après votre lecture" in page, "J’ai lu</button>" in page) == (True, False)


def test_read_again_it_is_told_once_to_all_and_waits_for_each(change, client, author, reader, lille):
    change("À lire lundi", reading="correction")
    change("À lire mardi", reading="again")
    assert told() == [f"{reader.email} À lire – Lille : Consigne"]
    assert "à lire aussi par qui avait lu le précédent" in outbox.outbox[0].body
    assert (counted(), [row.title for row in to_read(reader)]) == ((0, 0), ["Consigne"])
    client.force_login(reader)
    page = client.get(ADDRESS).content.decode()
    assert ("portait sur une version précédente" in page, "J’ai lu</button>" in page) == (True, True)
    client.force_login(author)
    change("À lire mardi", is_pinned="on")
    assert told() == []
    acknowledge(request=AcknowledgementRequest.objects.get(), by=reader)
    change("À lire mardi.", reading="correction")
    assert (told(), counted()) == ([], (1, 1))


def test_the_form_says_whether_everybody_is_told(client, author, reader):
    client.force_login(author)
    assert "demandée de nouveau" in by_the_form(client, "À lire mardi", reading="again")
    assert "demandée de nouveau" not in by_the_form(client, "À lire mardi.", reading="correction")


def test_where_no_reading_is_asked_nothing_is_asked_of_the_author(client, author, lille):
    publish_announcement(space=lille, by=author, title="Consigne", body_html="<p>À lire</p>")
    client.force_login(author)
    pk = AnnouncementPage.objects.get().pk
    for address in (
        reverse("pages:announcement_edit", args=["lille", pk]),
        reverse("wagtailadmin_pages:edit", args=[pk]),
    ):
        assert "Simple correction" not in client.get(address).content.decode()


def test_a_new_reading_is_not_asked_for_a_day_that_is_past(change):
    yesterday = timezone.localdate() - timedelta(days=1)
    AcknowledgementRequest.objects.update(deadline=yesterday)
    assert "Cette date est passée" in change("À lire mardi", reading="again", read_by=yesterday.isoformat())
    assert counted() == (1, 0)


def test_the_copies_are_told_too_and_nobody_twice(author, lille, douai):
    for member in (author, both := factories.make_member(lille)):
        factories.make_member(douai, Role.MANAGER if member == author else Role.READER, user=member)
    there = factories.make_member(douai)
    add_space_pages(space=douai)
    page = publish_announcement(
        space=lille, by=author, title="Consigne", body_html="<p>Un</p>", must_be_read=True, also_in=[douai]
    )
    told()
    same = {"by": author, "title": "Consigne", "must_be_read": True}
    change_announcement(announcement=page, body_html="<p>Deux</p>", is_correction=True, **same)
    assert told() == []
    change_announcement(announcement=page, body_html="<p>Trois</p>", **same)
    assert told() == sorted([f"{both.email} À lire – Lille : Consigne", f"{there.email} À lire – Douai : Consigne"])


def test_what_was_taken_back_meanwhile_is_no_correction_of_what_was_read(author, reader, lille):
    page = AnnouncementPage.objects.get()
    page.unpublish(user=author)
    change_announcement(
        announcement=page,
        by=author,
        title="Consigne",
        body_html="<p>Tout autre</p>",
        must_be_read=True,
        is_correction=True,
    )
    assert [row.title for row in to_read(reader)] == ["Consigne"]
