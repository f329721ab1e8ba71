"""Reading meetings. Every list starts at `Meeting.objects.visible_to(user)` and brings slim rows: no query per row."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone

from meetings import dates, prepared
from meetings.enums import MeetingState
from meetings.models import Meeting, MeetingQuerySet
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


_TOLD = (MeetingState.CIRCULATED, MeetingState.APPROVED)


@dataclass(frozen=True)
class MeetingRow:
    uuid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    space_name: str
    space_slug: str
    state: str
    has_file: bool = False
    """A file of the space stands for its minutes."""

    @property
    def is_cancelled(self) -> bool:
        return self.state == MeetingState.CANCELLED

    @property
    def mark(self) -> str:
        """« Brouillon », « Annulée » or « Reportée »; empty for a meeting that is to be, or was."""
        marked = {MeetingState.DRAFT, MeetingState.CANCELLED, MeetingState.POSTPONED}
        return MeetingState(self.state).label if self.state in marked else ""

    @property
    def minutes(self) -> str:
        """« Compte rendu diffusé », « Compte rendu approuvé », « Compte rendu déposé », or nothing yet."""
        if self.state in _TOLD:
            return MeetingState(self.state).label
        return "Compte rendu déposé" if self.has_file else ""

    @property
    def minutes_url(self) -> str:
        """Where they are read: the meeting's own page names the file."""
        return reverse("meetings:minutes", args=[self.uuid]) if self.state in _TOLD else self.url

    @property
    def url(self) -> str:
        return reverse("meetings:meeting", args=[self.uuid])

    @property
    def ics_url(self) -> str:
        return reverse("meetings:ics", args=[self.uuid])

    @property
    def when(self) -> str:
        """« jeudi 12 mars 2026, de 14 h à 16 h 30 »."""
        return dates.span_in_words(self.starts_at, self.ends_at)

    @property
    def day_word(self) -> str:
        return dates.day_word(timezone.localtime(self.starts_at).date())


_COLUMNS = ("uuid", "title", "starts_at", "ends_at", "place", "link", "space__name", "space__slug", "state")


def rows(meetings: MeetingQuerySet) -> list[MeetingRow]:
    """One query for the whole list."""
    return [
        MeetingRow(*row) for row in meetings.annotate(has_file=prepared.HAS_FILE).values_list(*_COLUMNS, "has_file")
    ]


def created_by(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: the meetings that `user` announced. What it is and when is told
    while it can be read: others may have changed it since."""
    announced = Meeting.objects.filter(created_by=user).order_by("pk")
    readable = {
        pk: {"intitulé": title, "début": starts_at, "fin": ends_at}
        for pk, title, starts_at, ends_at in announced.visible_to(user).values_list(
            "pk", "title", "starts_at", "ends_at"
        )
    }
    return [
        {"espace": space, "annoncée le": created_at, **readable.get(pk, {})}
        for pk, space, created_at in announced.values_list("pk", "space__name", "created_at")
    ]


def upcoming_meetings(user: "User", space: Space | None = None, limit: int = 5) -> list[MeetingRow]:
    """The next meetings that `user` may know of, soonest first, those in progress included; cancelled ones too, said to
    be so, since somebody may be about to travel."""
    found = prepared.upcoming(user, timezone.now(), space.pk if space else None, columns=_COLUMNS, limit=limit)
    return [MeetingRow(*row) for row in found]


def last_minutes(user: "User", space: Space) -> MeetingRow | None:
    """The latest meeting of the space of which `user` may read the minutes, on the site or as a file. One query."""
    found = prepared.last_told(user, timezone.now(), space.pk, columns=_COLUMNS, states=_TOLD)
    return MeetingRow(*found[0]) if found else None


def state_of(meeting: Meeting) -> str:
    """The state, in words: that of the row when it says more than the clock, else « Passée », « En cours » or « À venir »."""
    now = timezone.now()
    if meeting.state not in {MeetingState.CONVENED, MeetingState.HELD}:
        return MeetingState(meeting.state).label
    if meeting.ends_at < now:
        return "Passée"
    return "En cours" if meeting.starts_at <= now else "À venir"


@dataclass(frozen=True)
class Day:
    date: date | None
    is_today: bool
    meetings: list[MeetingRow]


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Day]]
    meetings: list[MeetingRow]
    earliest: date
    latest: date

    @property
    def name(self) -> str:
        return dates.month_name(self.first)

    @property
    def before(self) -> date | None:
        return dates.neighbour(self.first, -1) if self.first > self.earliest else None

    @property
    def after(self) -> date | None:
        return dates.neighbour(self.first, 1) if self.first < self.latest else None


def _reach(user: "User") -> tuple[date, date]:
    """First days of the first and the last month of the calendar: a year before the oldest meeting that `user` may see (or
    today), two years ahead (or as far as a meeting is planned). Without an end, a robot would turn the pages for ever."""
    span = Meeting.objects.visible_to(user).order_by().aggregate(oldest=Min("starts_at"), latest=Max("starts_at"))
    today = timezone.localdate()
    oldest, latest = (timezone.localdate(moment) if moment else today for moment in span.values())
    return min(oldest, today).replace(day=1) - relativedelta(years=1), max(
        latest, today + relativedelta(years=2)
    ).replace(day=1)


def month(user: "User", first: date) -> Month | None:
    """The meetings of all the reader's spaces in the month that begins on `first`. Two queries beside the
    reader's own; None outside the calendar."""
    earliest, latest = _reach(user)
    if not earliest <= first <= latest:
        return None
    found = rows(Meeting.objects.visible_to(user).between(*dates.month_bounds(first)))
    by_day: dict[date, list[MeetingRow]] = defaultdict(list)
    for row in found:
        by_day[timezone.localtime(row.starts_at).date()].append(row)
    today = timezone.localdate()
    weeks = [
        [Day(day, day == today, by_day.get(day, []) if day else []) for day in week] for week in dates.weeks_of(first)
    ]
    return Month(first, weeks, found, earliest, latest)
