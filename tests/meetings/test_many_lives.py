"""Meetings of one body lived at random, many times over: whatever the order of gestures, no item is lost nor comes twice, and the last
letter that each person received is true."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from icalendar import Calendar

from mail.models import OutgoingMail
from meetings import actions, calendars
from meetings.actions.carry_over import carry_over_everywhere
from meetings.enums import Answer, AnsweredVia, MeetingState
from meetings.models import AgendaItem, Meeting
from tests.meetings.test_life import leave_open, prepare
from tests.meetings.test_minutes import make_held

STEPS = 60
COMING = [MeetingState.DRAFT, MeetingState.CONVENED]


class Life:
    def __init__(self, seed: int, space, body, by) -> None:
        self.random, self.space, self.body, self.by = random.Random(seed), space, body, by  # noqa: S311 - a test's dice
        self.proposed: set[str] = set()
        self.trace: list[str] = []

    def meetings(self, **which: object) -> list[Meeting]:
        return list(Meeting.objects.filter(body=self.body, **which).exclude(title="Passée").order_by("pk"))

    def step(self) -> None:
        gestures = [
            self.prepare, self.propose, self.choose, self.choose, self.take_off, self.invite, self.invite, self.uninvite, self.answer, self.move,
            self.move, self.put_off_to, carry_over_everywhere, *map(self.of, WRITES),
        ]  # fmt: skip
        gesture = self.random.choice(gestures)
        try:
            gesture()
        except ValidationError:
            return
        self.trace.append(getattr(gesture, "__name__", ""))

    def of(self, write: Callable[..., object]) -> Callable[[], object]:
        def gesture() -> object:
            return write(meeting=self.one(), by=self.by)

        gesture.__name__ = write.__name__
        return gesture

    def one(self) -> Meeting:
        found = self.meetings()
        if not found:
            raise ValidationError("None yet.")
        return self.random.choice(found)

    def prepare(self) -> None:
        if len(self.meetings()) < 4:
            prepare(self.space, self.by, self.body, days=self.random.randint(1, 60))

    def propose(self) -> None:
        title = f"Point {len(self.proposed)}"
        actions.propose_item(body=self.body, by=self.by, title=title)
        self.proposed.add(title)

    def choose(self) -> None:
        waiting = list(AgendaItem.objects.waiting().filter(body=self.body))
        if waiting:
            actions.choose_items(meeting=self.one(), items=[self.random.choice(waiting)], by=self.by)

    def take_off(self) -> None:
        if item := self.one().items.filter(title__in=self.proposed).first():
            actions.remove_item(item=item, by=self.by)

    def invite(self) -> None:
        person = actions.Person(f"p{self.random.randint(0, 3)}@dehors.example", "Ada")
        actions.add_invitees(meeting=self.one(), people=[person], by=self.by)

    def uninvite(self) -> None:
        if invitee := self.one().invitees.select_related("meeting__space").first():
            actions.remove_invitee(invitee=invitee, by=self.by)

    def answer(self) -> None:
        if invitee := self.one().invitees.first():
            via = AnsweredVia.ORGANISER
            actions.answer_invitation(invitee=invitee, answer=Answer.PRESENT, via=via, by=self.by)

    def move(self) -> None:
        meeting, to = self.one(), timezone.now() + timedelta(days=self.random.randint(1, 60))
        actions.change_meeting(meeting=meeting, by=self.by, title="CTT", starts_at=to, ends_at=to + timedelta(hours=2))

    def put_off_to(self) -> None:
        meeting = self.one()
        if others := list(actions.others_to_come(meeting)):
            actions.postpone_meeting(meeting=meeting, by=self.by, to=self.random.choice(others))

    def check_items(self) -> None:
        """Each once; waiting, or on a meeting that is on."""
        kept = AgendaItem.objects.filter(body=self.body, title__in=self.proposed).select_related("meeting")
        assert sorted(one.title for one in kept) == sorted(self.proposed), self.trace
        assert {one.meeting.state for one in kept if one.meeting} <= set(COMING), self.trace
        if coming := self.meetings(state__in=COMING):
            left = AgendaItem.objects.filter(meeting__in=coming).exclude(title__startswith="Point ")
            assert sorted(one.title.split(" du ")[0] for one in left) == ["Approbation", "Horaires"], self.trace

    def check_letters(self) -> None:
        letters = defaultdict(list)
        for mail in OutgoingMail.objects.exclude(calendar="").order_by("pk"):
            calendar = Calendar.from_ical(mail.calendar)
            [event] = calendar.walk("VEVENT")
            facts = (str(calendar["METHOD"]), int(event["SEQUENCE"]), event.decoded("DTSTART"))
            letters[str(event["UID"]), mail.to].append(facts)
        assert letters
        expected = set()
        for meeting in self.meetings(state=MeetingState.CONVENED):
            told = meeting.invitees.filter(told_sequence__isnull=False)
            expected |= {(calendars.uid(meeting), one.email, meeting.starts_at.replace(microsecond=0)) for one in told}
        for facts in letters.values():
            numbers = [number for _, number, _ in facts]
            assert numbers == sorted(set(numbers)), self.trace
        last = {(*key, facts[-1][2]) for key, facts in letters.items() if facts[-1][0] == calendars.REQUEST}
        assert last == expected, self.trace


WRITES = [
    actions.convene_meeting, actions.convene_meeting, actions.announce_meeting, actions.postpone_meeting, actions.cancel_meeting,
    actions.restore_meeting, actions.restore_meeting, actions.discard_draft, actions.resend_convocation,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_nor_said_falsely(seed, lille, manager, body) -> None:
    held = make_held(lille, manager, body=body, title="Passée")
    leave_open(held, manager)
    life = Life(seed, lille, body, manager)
    for gesture in (life.prepare, life.invite, life.of(actions.convene_meeting)):
        gesture()
    for _ in range(STEPS):
        life.step()
        life.check_items()
    life.check_letters()
