"""Following a body: told of its meetings and minutes whatever the category, as long as one reads its space."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from mail.tasks import sweep_mail
from meetings.actions import add_body, schedule_meeting
from meetings.enums import BodyKind
from meetings.models import Body
from notifications import actions
from notifications.enums import Category, Timing
from notifications.models import Event, Follow
from spaces.enums import Role
from spaces.models import Membership, Space
from tests.factories import make_member

pytestmark = pytest.mark.django_db
FOLLOW = "/notifications/suivre/"


@pytest.fixture
def ctt(lille: Space) -> Body:
    return add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)


def convene(body: Body) -> None:
    begins = timezone.now() + timedelta(days=20)
    manager = make_member(body.space, Role.MANAGER)
    schedule_meeting(
        space=body.space, by=manager, title="Séance", starts_at=begins, ends_at=begins + timedelta(hours=2), body=body
    )


def tell() -> list[str]:
    for event in Event.objects.order_by("pk"):
        actions.tell(event.pk)
    sweep_mail()
    return sorted(address for message in outbox.outbox for address in message.to)


@pytest.fixture
def quiet(lille: Space):
    """Nobody of Lille is told of meetings, but those who follow."""

    def make() -> object:
        person = make_member(lille)
        actions.choose(by=person, category=Category.MEETINGS, timing=Timing.SITE)
        return person

    return make


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_follows_nothing(client, ctt, douai, role):
    stranger = make_member(douai, role)
    client.force_login(stranger)
    assert client.post(FOLLOW, {"subject": actions.subject_of(ctt)}).status_code == 404
    assert not Follow.objects.exists()
    Follow.objects.create(user=stranger, subject=actions.subject_of(ctt))  # kept from when they read the space
    page = client.get("/compte/notifications/").content.decode()
    assert ("CTT" in page, "/instances/" in page) == (False, False)
    convene(ctt)
    assert tell() == []


def test_whoever_follows_is_told_and_finds_it_among_what_they_follow(client, ctt, quiet):
    follower, _other = quiet(), quiet()
    client.force_login(follower)
    assert "Suivre" in client.get(ctt.get_absolute_url()).content.decode()
    page = client.post(FOLLOW, {"subject": actions.subject_of(ctt)}, follow=True).content.decode()
    assert ("Ne plus suivre" in page, "Vous suivez «\u00a0CTT" in page) == (True, True)
    assert "Instance" in client.get("/compte/notifications/").content.decode()
    convene(ctt)
    assert tell() == [follower.email]


def test_whoever_has_left_is_told_nothing(ctt, quiet):
    follower = quiet()
    actions.follow(by=follower, subject=actions.subject_of(ctt))
    convene(ctt)
    Membership.objects.filter(user=follower).update(ended_at=timezone.now())
    assert tell() == []


def test_another_body_of_the_space_is_not_followed(ctt, lille, quiet):
    actions.follow(by=quiet(), subject=actions.subject_of(ctt))
    convene(add_body(space=lille, slug="gpr", name="GPR", kind=BodyKind.OTHER))
    assert tell() == []
