"""A letter written while the right was there, and that leaves after its end: it does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mail.actions import deliver_batch
from mail.enums import State
from mail.models import OutgoingMail
from meetings import actions
from meetings.actions import Person, desk, register, reminders
from meetings.actions import minutes as minutes_actions
from meetings.enums import BodyKind
from meetings.models import LetterRight
from spaces.actions import deactivate_account, end_membership
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_animation, make_member, make_space
from tests.meetings.test_minutes import make_held


@pytest.fixture
def member(lille):
    """Of another space too, where nothing ends."""
    calais = make_space("calais")
    make_member(calais, Role.MANAGER)
    return make_member(calais, Role.MANAGER, user=make_member(lille, Role.MANAGER))


def draft(lille, manager, *people):
    at = timezone.now() + timedelta(days=20)
    meeting = actions.prepare_meeting(
        space=lille, by=manager, title="CTT", starts_at=at, ends_at=at + timedelta(hours=2)
    )
    actions.add_invitees(meeting=meeting, people=[Person(one) for one in people], by=manager)
    return meeting


def convocation(lille, manager, member):
    actions.convene_meeting(meeting=draft(lille, manager, member.email), by=manager)


def poll(lille, manager, member):
    meeting = draft(lille, manager, member.email)
    spans = [(meeting.starts_at + timedelta(days=day), meeting.ends_at + timedelta(days=day)) for day in (1, 2)]
    actions.propose_dates(meeting=meeting, spans=spans, closes_on=timezone.localdate(), by=manager)


def circulation(lille, manager, member):
    held = make_held(lille, manager)
    actions.add_invitees(meeting=held, people=[Person(member.email)], by=manager)
    minutes_actions.circulate_minutes(meeting=held, by=manager)


def late_action(lille, manager, member):
    held = make_held(lille, manager)
    yesterday = timezone.localdate() - timedelta(days=1)
    desk.note_action(meeting=held, item=None, by=manager, text="Afficher", person=member, due_on=yesterday)
    minutes_actions.circulate_minutes(meeting=held, by=manager)
    register.remind_late()


def reminder_of_a_body(lille, manager, member):
    body = actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT, rrule="FREQ=MONTHLY;BYDAY=2TH")
    reminders.remind_body(body=body, year=timezone.localdate().year, by=make_animation())


LETTERS = [convocation, poll, circulation, late_action, reminder_of_a_body]


def states(person):
    pks = list(OutgoingMail.objects.filter(gate="meetings").values_list("pk", flat=True))
    deliver_batch(pks)
    return {one.state for one in OutgoingMail.objects.filter(pk__in=pks, to=person.email)}


@pytest.mark.parametrize("end", [None, "ended", "expired", "deactivated"])
@pytest.mark.parametrize("write", LETTERS)
def test_a_letter_asks_the_right_again_as_it_leaves(write, end, lille, manager, member):
    write(lille, manager, member)
    mandate = Membership.objects.get(user=member, space=lille)
    match end:
        case "ended":
            end_membership(membership=mandate, by=manager)
        case "expired":
            yesterday = timezone.localdate() - timedelta(days=1)
            Membership.objects.filter(pk=mandate.pk).update(starts_on=yesterday, ends_on=yesterday)
        case "deactivated":
            deactivate_account(user=member, by=make_animation())
    assert states(member) == ({State.RECALLED} if end else {State.SENT})


def test_a_guest_of_another_space_receives_theirs_until_their_account_closes(lille, douai, manager):
    stays, closed = make_member(douai), make_member(douai)
    actions.convene_meeting(
        meeting=draft(lille, manager, stays.email, closed.email, "ada@ailleurs.example"), by=manager
    )
    deactivate_account(user=closed, by=make_animation())
    assert (states(stays), states(closed)) == ({State.SENT}, {State.RECALLED})
    assert OutgoingMail.objects.get(to="ada@ailleurs.example").gate == ""


def test_the_right_of_a_letter_is_forgotten_with_it(lille, manager, member):
    convocation(lille, manager, member)
    assert LetterRight.objects.count() == 1
    OutgoingMail.objects.all().delete()
    assert LetterRight.objects.count() == 0
