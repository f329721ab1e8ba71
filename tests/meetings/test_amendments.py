"""What is asked of circulated minutes reaches who must answer, and silence never approves what nobody has read."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from extranet.queries import what_waits
from meetings import tasks
from meetings.actions import add_body, desk
from meetings.actions import minutes as actions
from meetings.enums import Approval, BodyKind, MinutesState
from meetings.models import Amendment, Minutes
from meetings.queries import minutes as queries
from notifications.actions import tell
from notifications.models import Delivery, Event
from spaces.enums import Role
from tests.factories import make_animation, make_member
from tests.meetings.test_minutes import make_held, write


@pytest.fixture
def member(lille):
    return make_member(lille, Role.CONTRIBUTOR)


@pytest.fixture
def circulated(lille, manager) -> Minutes:
    body = add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT, approval=Approval.TACIT)
    held = make_held(lille, manager, body=body)
    write(held, manager)
    return actions.circulate_minutes(meeting=held, by=manager)[0]


@pytest.fixture
def amendment(circulated, member) -> Amendment:
    return actions.propose_amendment(minutes=circulated, by=member, text="Lire 18 h")


def told(kind: str) -> list[object]:
    for event in Event.objects.filter(kind=kind, told_at=None):
        tell(event.pk)
    return [one.user for one in Delivery.objects.filter(event__kind=kind).select_related("user").order_by("pk")]


def over() -> None:
    Minutes.objects.update(amend_until=timezone.localdate() - timedelta(days=1))


def details(user) -> list[str]:
    return [task.detail.partition("\u00a0: ")[2] for task in what_waits(user) if "compte" in task.summary]


# --- Silence --------------------------------------------------------------------------------------------------------


def test_silence_does_not_approve_what_an_accepted_amendment_changed(circulated, amendment, manager) -> None:
    actions.settle_amendment(amendment=amendment, by=manager, accepted=True, answer="Exact")
    item = circulated.meeting.items.get()
    desk.save_notes(meeting=circulated.meeting, item=item.uuid, by=manager, html="<p>Lire 18 h</p>", revision=1)
    over()
    assert actions.approve_tacitly() == 0
    with pytest.raises(ValidationError, match="pas été diffusé"):
        actions.approve_minutes(minutes=circulated, by=None)
    actions.circulate_minutes(meeting=circulated.meeting, by=manager)
    over()
    assert actions.approve_tacitly() == 1
    minutes = Minutes.objects.get()
    assert (minutes.state, queries.read_content(minutes).items[0].notes) == (MinutesState.APPROVED, "<p>Lire 18 h</p>")


def test_a_refused_one_keeps_nobody_waiting(amendment, manager) -> None:
    actions.settle_amendment(amendment=amendment, by=manager, accepted=False, answer="Non")
    over()
    assert (actions.approve_tacitly(), details(manager)) == (1, [])


# --- Who is told ----------------------------------------------------------------------------------------------------


def test_the_organisers_are_told_and_the_author_of_the_answer(amendment, manager, member, lille, douai) -> None:
    make_member(douai, Role.MANAGER)
    make_member(lille)
    assert told("amendment.proposed") == [manager]
    actions.settle_amendment(amendment=amendment, by=manager, accepted=False, answer="C’était bien 17 h")
    assert told("amendment.settled") == [member]


def test_without_an_organiser_the_regional_animation_is_told(circulated, member, manager) -> None:
    animation = make_animation()
    manager.memberships.all().delete()
    actions.propose_amendment(minutes=circulated, by=member, text="Lire 18 h")
    assert told("amendment.proposed") == [animation]


def test_the_home_says_what_waits(circulated, amendment, manager, member, lille, douai) -> None:
    assert details(manager) == ["1 amendement attend votre réponse."]
    assert [details(one) for one in (member, make_member(douai, Role.MANAGER))] == [[], []]
    actions.settle_amendment(amendment=amendment, by=manager, accepted=True, answer="Exact")
    assert "n’est pas dans le texte diffusé" in details(manager)[0]
    actions.circulate_minutes(meeting=circulated.meeting, by=manager)
    assert details(manager) == []


def test_organisers_are_reminded_once_a_week_after_the_deadline(amendment, manager) -> None:
    assert tasks.remind_of_amendments() == 0
    over()
    assert (tasks.remind_of_amendments(), tasks.remind_of_amendments()) == (1, 0)
    assert told("amendment.waiting") == [manager]
    Minutes.objects.update(reminded_on=timezone.localdate() - timedelta(days=7))
    assert tasks.remind_of_amendments() == 1


def test_what_was_proposed_counts_once_beside_what_was_accepted(circulated, amendment, manager, member) -> None:
    """Two counts on one join: neither multiplies the other."""
    actions.propose_amendment(minutes=circulated, by=member, text="Lire 19 h")
    actions.settle_amendment(amendment=amendment, by=manager, accepted=True, answer="Exact")
    found = Minutes.objects.amended().get()
    assert (found.to_settle, found.to_write) == (1, 1)
