from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import Territory
from documents.actions import add_folder, publish_document
from meetings.actions import cancel_meeting, schedule_meeting
from region.queries import LATE_AFTER_DAYS, territories_overview
from spaces import policy
from spaces.actions import open_space
from spaces.enums import Role, SpaceKind
from spaces.models import AccessRequest, Space
from tests import factories

pytestmark = pytest.mark.django_db


def _territory(slug: str) -> Space:
    territory = Territory.objects.create(slug=slug, name=slug.capitalize())
    space = open_space(slug=slug, name=slug.capitalize(), kind=SpaceKind.TERRITORY, territory=territory)
    add_folder(space=space, slug="comptes-rendus", name="Comptes rendus")
    add_folder(space=space, slug="plan", name="Plan")
    return space


@pytest.fixture
def animation(commun):
    _territory("lille")
    _territory("douai")
    return factories.make_animation()


def test_for_the_animation_only(animation):
    manager = factories.make_member(Space.objects.get(slug="lille"), Role.MANAGER)
    assert territories_overview(manager) == []
    assert [line.name for line in territories_overview(animation)] == ["Douai", "Lille"]


def test_an_empty_territory(animation):
    line = territories_overview(animation)[0]
    assert (line.next_meeting_at, line.minutes_at, line.members, line.pending_requests) == (None, None, 0, 0)
    assert (line.minutes_are_late, line.has_manager) == (True, False)


def test_a_living_territory(animation):
    lille = Space.objects.get(slug="lille")
    factories.make_member(lille, Role.MANAGER)
    factories.make_member(lille)
    factories.make_member(
        lille, ends_on=timezone.localdate() - timedelta(days=1), starts_on=timezone.localdate() - timedelta(days=9)
    )
    now = timezone.now()

    def convene(title: str, days: int):
        starts_at = now + timedelta(days=days)
        return schedule_meeting(
            space=lille, by=animation, title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
        )

    convene("Passée", -3)
    cancel_meeting(meeting=convene("Annulée", 2), by=animation)
    soon = convene("Prochaine", 5)
    convene("Suivante", 9)

    def publish(title: str, folder: str, days: int):
        return publish_document(
            folder=lille.folders.get(slug=folder),
            file=ContentFile(title.encode(), name="note.txt"),
            by=animation,
            title=title,
            published_at=now - timedelta(days=days),
        )

    publish("Ancien", "comptes-rendus", 200)
    last = publish("Dernier", "comptes-rendus", LATE_AFTER_DAYS - 1)
    publish("Autre dossier", "plan", 1)
    AccessRequest.objects.create(email="a@b.example", territory=lille.territory)
    AccessRequest.objects.create(email="c@b.example", territory=lille.territory, state="declined")

    line = territories_overview(animation)[1]
    assert (line.next_meeting_title, line.next_meeting_url) == ("Prochaine", soon.get_absolute_url())
    assert (line.minutes_title, line.minutes_url) == ("Dernier", last.get_absolute_url())
    assert (line.members, line.pending_requests) == (2, 1)
    assert (line.minutes_are_late, line.has_manager) == (False, True)
    type(last).objects.filter(pk=last.pk).update(published_at=now - timedelta(days=LATE_AFTER_DAYS + 1))
    assert territories_overview(animation)[1].minutes_are_late


def test_queries(animation):
    def cost() -> int:
        policy.forget(animation)
        with CaptureQueriesContext(connection) as made:
            territories_overview(animation)
        return len(made)

    before = cost()
    for number in range(8):
        factories.make_member(_territory(f"autre-{number}"), Role.MANAGER)
    assert (before, cost()) == (2, 2)
