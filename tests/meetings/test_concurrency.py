"""Two people at the same moment, on one meeting: nothing is lost, nothing is done twice, and what is approved is what was there."""

import threading
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from meetings import actions
from meetings.actions import desk
from meetings.actions import minutes as minutes_actions
from meetings.enums import BodyKind, MinutesState
from meetings.models import Decision, Meeting, Minutes, Notes, Paper
from meetings.queries.minutes import read_content
from spaces.enums import Role
from tests.factories import make_member, make_space
from tests.meetings.test_convening import event_of
from tests.meetings.test_minutes import close_amendments, make_held, write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"),
]
TIMES = 5


@pytest.fixture
def space():
    return make_space("lille")


@pytest.fixture
def two(space):
    return [make_member(space, Role.MANAGER) for _ in range(2)]


def together(*acts: Callable[[], object]) -> list[Exception]:
    """What each of them raised, done by as many threads that leave at once."""
    ready, raised = threading.Barrier(len(acts), timeout=20), []

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_what_is_approved_is_what_the_desk_holds(space, two) -> None:
    for _ in range(TIMES):
        held = make_held(space, two[0])
        item = write(held, two[0])
        minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=two[0])
        close_amendments()
        raised = together(
            lambda minutes=minutes: minutes_actions.approve_minutes(minutes=minutes, by=two[0]),
            lambda held=held, item=item: desk.save_notes(
                meeting=held, item=item.uuid, by=two[1], html="<p>À la dernière seconde.</p>", revision=1
            ),
            lambda held=held: desk.take_decision(meeting=held, item=None, by=two[1], text="À la dernière seconde."),
        )
        assert all(isinstance(one, ValidationError) for one in raised), raised
        frozen = Minutes.objects.get(pk=minutes.pk)
        [said] = read_content(frozen).items
        assert (frozen.state, said.notes) == (MinutesState.APPROVED, Notes.objects.get(item=item).html)
        assert frozen.sha256 == read_content(frozen).sha256()


def test_approving_twice_at_once_approves_once(space, two) -> None:
    held = make_held(space, two[0])
    write(held, two[0])
    minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=two[0])
    close_amendments()
    before = Paper.objects.count()
    assert together(*(lambda by=by: minutes_actions.approve_minutes(minutes=minutes, by=by) for by in two)) == []
    assert Paper.objects.count() - before <= 1


def test_two_secretaries_on_one_item_one_is_shown_both_texts(space, two) -> None:
    for _ in range(TIMES):
        held = make_held(space, two[0])
        item = desk.add_item(meeting=held, by=two[0], title="Horaires")
        raised = together(
            *(
                lambda by=by, item=item, held=held: desk.save_notes(
                    meeting=held, item=item.uuid, by=by, html=f"<p>{by.pk}</p>", revision=0
                )
                for by in two
            )
        )
        [conflict] = raised
        assert isinstance(conflict, desk.ConflictError)
        assert (conflict.html, conflict.revision) == (Notes.objects.get(item=item).html, 1)


def test_decisions_of_one_body_taken_at_once_have_each_its_number(space, two) -> None:
    body = actions.add_body(space=space, slug="ctt", name="CTT", kind=BodyKind.CTT)
    sittings = [make_held(space, two[0], body=body) for _ in range(4)]
    acts = [lambda m=m: desk.take_decision(meeting=m, item=None, by=two[0], text="Oui") for m in sittings]
    assert together(*acts) == []
    assert sorted(Decision.objects.values_list("rank", flat=True)) == [1, 2, 3, 4]


def test_changes_at_once_leave_letters_of_different_sequences(space, two) -> None:
    for turn in range(TIMES):
        meeting = make_held(space, two[0], days=20)
        person = actions.Person(f"ada{turn}@ailleurs.example", "Ada")
        actions.add_invitees(meeting=meeting, people=[person], by=two[0])
        actions.convene_meeting(meeting=meeting, by=two[0])
        starts_at = timezone.now() + timezone.timedelta(days=30)
        raised = together(
            lambda meeting=meeting: actions.cancel_meeting(meeting=meeting, by=two[0]),
            lambda meeting=meeting, at=starts_at: actions.change_meeting(
                meeting=meeting, by=two[1], title="CTT", starts_at=at, ends_at=at + timezone.timedelta(hours=1)
            ),
            lambda meeting=meeting: actions.resend_convocation(meeting=meeting, by=two[1]),
        )
        assert all(isinstance(one, ValidationError) for one in raised), raised
        letters = [message for message in mail.outbox if message.to == [person.email]]
        events = [event_of(letter)[1] for letter in letters]
        statuses = {int(event["SEQUENCE"]): event["STATUS"] for event in events}
        assert len(statuses) == len(events)
        last = Meeting.objects.get(pk=meeting.pk)
        assert (last.sequence, statuses[last.sequence]) == (max(statuses), "CANCELLED")
