"""What earlier sittings left to this one: their actions still open, and what was said then of each item that comes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from meetings import rich_text
from meetings.convocations import open_in_words
from meetings.enums import MeetingState
from meetings.models import Action, AgendaItem, Meeting, Minutes
from meetings.papers import DecisionLine, ItemContent, MinutesContent
from meetings.queries.minutes import open_actions_of_body, who_does

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from accounts.models import User

_COMING = {MeetingState.DRAFT, MeetingState.CONVENED, MeetingState.HELD}
_LONGEST = 40
"""Sittings that one item is followed through."""


@dataclass(frozen=True)
class Former:
    """An earlier sitting where the item was; its text is what circulated, empty before that or without a word."""

    day: date
    url: str
    html: "SafeString"
    decisions: list[DecisionLine]


@dataclass(frozen=True)
class OpenActions:
    """« Actions en cours : 5, dont 2 en retard »."""

    rows: list[Action]

    @property
    def words(self) -> str:
        return open_in_words(self.rows)

    @property
    def lines(self) -> list[tuple[Action, str]]:
        """Each with who does it."""
        return [(one, who_does(one)) for one in self.rows]


def open_actions(user: "User", meeting: Meeting) -> OpenActions | None:
    """For the page of a meeting whose minutes are not out; None when there are none. One query."""
    if meeting.body_id is None or meeting.state not in _COMING:
        return None
    rows = list(open_actions_of_body(meeting, user))
    return OpenActions(rows) if rows else None


def histories(user: "User", meeting: Meeting) -> dict[UUID, list[Former]]:
    """By item of the agenda, the earlier sittings that it comes from, the latest first. Two queries at most."""
    if meeting.body_id is None:
        return {}
    carried = AgendaItem.objects.filter(body=meeting.body_id).filter(
        Q(carried_from__isnull=False) | Q(carried_to__isnull=False)
    )
    columns = ("pk", "carried_from", "uuid", "meeting", "meeting__uuid", "meeting__starts_at")
    rows = {pk: row for pk, *row in carried.distinct().order_by("pk").values_list(*columns)}
    chains = {uuid: list(_chain(rows, origin)) for origin, uuid, on, *_ in rows.values() if on == meeting.pk and origin}
    if not chains:
        return {}
    sittings = {row[2] for chain in chains.values() for row in chain}
    told = Minutes.objects.visible_to(user).filter(meeting__in=sittings).exclude(content=None)
    said = {
        item.uuid: item
        for content in told.values_list("content", flat=True)
        if content
        for item in MinutesContent.from_data(content).items
    }
    return {uuid: [_former(row, said.get(str(row[1]))) for row in chain] for uuid, chain in chains.items()}


def _chain(rows: dict[int, list], origin: int | None) -> Iterable[list]:
    for _ in range(_LONGEST):
        if origin is None or origin not in rows:
            return
        row = rows[origin]
        if row[2] is not None:
            yield row
        origin = row[0]


def _former(row: list, said: ItemContent | None) -> Former:
    _, _, _, uuid, starts_at = row
    url = Meeting(uuid=uuid).get_absolute_url()
    html = rich_text.clean(said.notes if said else "")
    return Former(timezone.localdate(starts_at), url, html, said.decisions if said else [])
