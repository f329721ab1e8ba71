"""The sessions of a panel: the meetings of its body, with what was noted of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from meetings.enums import MeetingState
from meetings.models import Body, Meeting
from meetings.queries import state_of
from panels.enums import Seen
from panels.models import ReturnSheet, SeatPresence

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 12
"""Six years of sessions."""
_NOT_HELD = {MeetingState.DRAFT, MeetingState.CANCELLED, MeetingState.POSTPONED}


@dataclass(frozen=True)
class SessionLine:
    uuid: UUID
    space_slug: str
    title: str
    starts_at: date
    state: str
    observations: int
    came: int
    expected: int
    is_returned: bool

    @property
    def url(self) -> str:
        return reverse("panels:session", args=[self.space_slug, self.uuid])


def has_begun(meeting: Meeting) -> bool:
    """It takes place or took place: there is something to note of it."""
    return meeting.state not in _NOT_HELD and meeting.starts_at <= timezone.now()


def sessions(user: "User", body: Body) -> list[SessionLine]:
    """The latest sessions, those to come included. Two queries."""
    sheets = ReturnSheet.objects.filter(meeting=OuterRef("pk"), document__withdrawn_at=None, document__isnull=False)
    found = (
        Meeting.objects.visible_to(user)
        .filter(body=body)
        .annotate(observed=Count("observations"), is_returned=Exists(sheets))
        .order_by("-starts_at", "-pk")[:SHOWN]
    )
    came, expected = presences([meeting.pk for meeting in found])
    return [
        SessionLine(
            uuid=meeting.uuid,
            space_slug=body.space.slug,
            title=meeting.title,
            starts_at=meeting.starts_at,
            state=state_of(meeting),
            observations=meeting.observed,
            came=came[meeting.pk],
            expected=expected[meeting.pk],
            is_returned=meeting.is_returned,
        )
        for meeting in found
    ]


def presences(meetings: list[int]) -> tuple[Counter[int], Counter[int]]:
    """How many seats were taken, and how many were noted, by meeting. One query."""
    came: Counter[int] = Counter()
    expected: Counter[int] = Counter()
    rows = SeatPresence.objects.filter(meeting__in=meetings).order_by().values("meeting", "seen")
    for meeting, seen, number in rows.annotate(number=Count("pk")).values_list("meeting", "seen", "number"):
        expected[meeting] += number
        came[meeting] += number if seen != Seen.ABSENT else 0
    return came, expected
