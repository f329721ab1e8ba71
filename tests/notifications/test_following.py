"""« Suivre » on each of the things that can be followed: the button, the mail that it leads to, and both ways out of it."""

from datetime import timedelta
from itertools import count

import pytest
from django.core import mail as outbox
from django.core.files.base import ContentFile
from django.utils import timezone

from documents.actions import publish_version
from mail.tasks import sweep_mail
from meetings.actions import add_body
from meetings.enums import BodyKind
from notifications import actions, tasks
from notifications.enums import Category, Timing
from notifications.models import Event, Follow
from pages.actions import add_space_pages
from pages.models import ContentPage
from spaces.enums import Role
from tests import factories

pytestmark = pytest.mark.django_db
FOLLOW, CHOICES = "/notifications/suivre/", "/compte/notifications/"
THINGS = ("folder", "document", "body", "page")


def publish(page: ContentPage, by) -> None:
    page.save_revision(user=by).publish(user=by, skip_permission_checks=True)


class Thing:
    """One of them, in Lille, and what happens to it; the news of its making are an hour and a half old."""

    def __init__(self, space, kind: str) -> None:
        self.turn = count()
        self.kind, self.by = kind, factories.make_member(space, Role.MANAGER)
        if kind == "folder":
            self.it = factories.make_folder(space, name="Cartes zygomorphes")
        elif kind == "document":
            self.it = factories.make_document(factories.make_folder(space), by=self.by, title="Carte zygomorphe")
        elif kind == "body":
            self.it = add_body(space=space, slug="ctt", name="CTT zygomorphe", kind=BodyKind.CTT)
        else:
            home = add_space_pages(space=space)
            self.it = home.add_child(instance=ContentPage(title="Page zygomorphe", owner=self.by))
            publish(self.it, self.by)
        self.url = self.it.address if kind == "page" else self.it.get_absolute_url()
        self.subject = {"subject": actions.subject_of(self.it)}
        told()
        Event.objects.update(created_at=timezone.now() - timedelta(minutes=90))

    def happen(self) -> None:
        if self.kind == "folder":
            factories.make_document(self.it, by=self.by)
        elif self.kind == "document":
            file = ContentFile(f"%PDF-1.4 {next(self.turn)}".encode(), name="carte.pdf")
            publish_version(document=self.it, file=file, by=self.by)
        elif self.kind == "body":
            factories.make_meeting(self.it.space, by=self.by, body=self.it)
        else:
            page = ContentPage.objects.get(pk=self.it.pk)
            page.introduction = f"Introduction {next(self.turn)}"
            publish(page, self.by)


def told() -> list[str]:
    outbox.outbox.clear()
    tasks.sweep_events()
    sweep_mail()
    return sorted(address for message in outbox.outbox for address in message.to)


def quiet(space, role: Role = Role.READER) -> object:
    """Told of nothing but what they follow."""
    person = factories.make_member(space, role)
    for category in Category:
        if category != Category.FOLLOWED:
            actions.choose(by=person, category=category, timing=Timing.SITE)
    return person


@pytest.mark.parametrize("kind", THINGS)
def test_the_same_right_elsewhere_follows_nothing(kind, client, lille, douai) -> None:
    thing, stranger = Thing(lille, kind), quiet(douai, Role.MANAGER)
    client.force_login(stranger)
    assert client.get(thing.url).status_code == 404
    assert client.post(FOLLOW, thing.subject).status_code == 404
    Follow.objects.create(user=stranger, **thing.subject)  # kept from when they read the space
    assert "zygomorphe" not in client.get(CHOICES).content.decode()
    thing.happen()
    assert stranger.email not in told()


@pytest.mark.parametrize("kind", THINGS)
def test_a_button_leads_to_mails_and_both_ways_out_end_them(kind, client, lille) -> None:
    thing, follower, other = Thing(lille, kind), quiet(lille), quiet(lille)
    client.force_login(follower)
    assert "Ne plus suivre" not in client.get(thing.url).content.decode()
    for way_out in ({}, {"retour": "1"}):  # from its page, and from « Ce que je suis »
        assert "Ne plus suivre" in client.post(FOLLOW, thing.subject, follow=True).content.decode()
        assert "zygomorphe" in client.get(CHOICES).content.decode()
        thing.happen()
        assert [one for one in told() if one in {follower.email, other.email}] == [follower.email]
        Event.objects.update(created_at=timezone.now() - timedelta(minutes=90))
        page = client.post(FOLLOW, thing.subject | way_out | {"stop": "1"}, follow=True)
        assert page.request["PATH_INFO"] == (CHOICES if way_out else thing.url)
        thing.happen()
        assert follower.email not in told()
        Event.objects.update(created_at=timezone.now() - timedelta(minutes=90))
    assert "zygomorphe" not in client.get(CHOICES).content.decode()


def test_the_corrections_of_an_hour_are_one_change(lille) -> None:
    thing, follower = Thing(lille, "page"), quiet(lille)
    actions.follow(by=follower, **thing.subject)
    for expected in ([follower.email], [], []):
        thing.happen()
        assert told() == expected
    assert Event.objects.filter(kind="page.changed").count() == 1
