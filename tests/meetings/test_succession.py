"""Whoever leaves hands over what they held; nothing of it is lost, nothing of another space is touched."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from mail.models import OutgoingMail
from meetings import actions
from meetings.actions import Person
from meetings.actions import register as register_actions
from meetings.enums import BodyKind
from meetings.models import Action, BodyMember
from spaces import succession
from spaces.actions import end_membership
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import by_day, make_meeting, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver(lille):
    return make_member(lille, Role.CONTRIBUTOR)


@pytest.fixture
def successor(lille):
    return make_member(lille)


def fill(space, manager, person):
    """An action, a seat and a convocation, in `space`."""
    body = actions.add_body(space=space, slug="ctt", kind=BodyKind.CTT, name="CTT")
    actions.add_body_member(body=body, user=person, by=manager)
    meeting = make_meeting(space, by=manager, body=body)
    actions.add_invitees(meeting=meeting, people=[Person(person.email)], by=manager)
    actions.convene_meeting(meeting=meeting, by=manager)
    action = register_actions.note_apart(
        meeting=meeting, by=manager, text="Rappeler", person=person, due_on=timezone.localdate()
    )
    return body, meeting, action


@pytest.fixture
def held(lille, manager, leaver):
    return fill(lille, manager, leaver)


def mandate_of(person, space):
    return Membership.objects.get(user=person, space=space)


def test_everything_goes_to_the_successor(lille, manager, leaver, successor, held):
    body, meeting, action = held
    OutgoingMail.objects.all().delete()
    end_membership(membership=mandate_of(leaver, lille), by=manager, successor=successor)
    action.refresh_from_db()
    assert action.person == successor
    assert str(leaver) in action.updates.get().comment
    sits = {seat.user_id: seat.left_at is None for seat in BodyMember.objects.filter(body=body)}
    assert sits == {leaver.pk: False, successor.pk: True}
    assert meeting.invitees.get(user=successor).told_sequence is not None
    subjects = dict(OutgoingMail.objects.values_list("subject", "to"))
    assert subjects.pop(f"Vous prenez la suite de {leaver} dans l’espace {lille}") == successor.email
    assert leaver.email in subjects.values()
    assert succession.held_by(leaver, lille) == []
    assert len(succession.held_by(successor, lille)) == 3


def test_nothing_of_another_space_is_told_or_touched(lille, douai, manager, leaver, successor, held):
    make_member(douai, Role.MANAGER, user=manager)
    make_member(douai, user=leaver)
    make_member(douai, user=successor)
    _, meeting, action = fill(douai, manager, leaver)
    assert len(succession.held_by(leaver, lille)) == 3
    end_membership(membership=mandate_of(leaver, lille), by=manager, successor=successor)
    action.refresh_from_db()
    assert action.person == leaver
    assert not meeting.invitees.filter(user=successor).exists()
    assert len(succession.held_by(leaver, douai)) == 3


def test_a_successor_is_of_the_space(client, lille, douai, manager, leaver, held):
    stranger = make_member(douai)
    membership = mandate_of(leaver, lille)
    for who in (stranger, leaver):
        with pytest.raises(ValidationError):
            end_membership(membership=membership, by=manager, successor=who)
    client.force_login(manager)
    address = reverse("spaces:end_membership", args=["lille", membership.pk])
    page = client.post(address, {"successor": stranger.pk})
    assert page.status_code == 200
    assert "Choisissez un autre membre" in page.content.decode()
    membership.refresh_from_db()
    assert membership.ended_at is None
    assert Action.objects.get().person == leaver


def test_the_page_says_what_is_held_and_hands_it_over(client, lille, manager, leaver, successor, held):
    client.force_login(manager)
    address = reverse("spaces:end_membership", args=["lille", mandate_of(leaver, lille).pk])
    html = client.get(address).content.decode()
    for words in ("1 action à mener", "un siège\u00a0: CTT", "1 réunion à venir", str(successor)):
        assert words in html
    told = client.post(address, {"successor": successor.pk}, follow=True).content.decode()
    assert f"{successor} prend la suite" in told
    assert Action.objects.get().person == successor


def test_without_a_successor_nothing_moves(client, lille, manager, leaver, successor, held):
    client.force_login(manager)
    client.post(reverse("spaces:end_membership", args=["lille", mandate_of(leaver, lille).pk]))
    assert Action.objects.get().person == leaver
    assert not OutgoingMail.objects.filter(subject__startswith="Vous prenez la suite").exists()


def test_the_one_who_leaves_may_hand_over_too(lille, manager, successor):
    make_member(lille, Role.MANAGER)
    fill(lille, manager, manager)
    end_membership(membership=mandate_of(manager, lille), by=manager, successor=successor)
    assert Action.objects.get().person == successor


def test_whoever_sits_already_sits_once(lille, manager, leaver, successor, held):
    body, meeting, _ = held
    actions.add_body_member(body=body, user=successor, by=manager)
    actions.add_invitees(meeting=meeting, people=[Person(successor.email)], by=manager)
    end_membership(membership=mandate_of(leaver, lille), by=manager, successor=successor)
    assert BodyMember.objects.filter(body=body, user=successor, left_at=None).count() == 1
    assert meeting.invitees.filter(user=successor).count() == 1


def test_what_is_over_is_not_held(lille, manager, leaver, held):
    _, meeting, action = held
    register_actions.update_action(action=action, by=leaver, status="done")
    type(meeting).objects.update(starts_at=by_day(timezone.now()) - timezone.timedelta(days=3), ends_at=timezone.now())
    assert [one.words for one in succession.held_by(leaver, lille)] == ["un siège\u00a0: CTT"]
