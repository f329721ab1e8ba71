"""The year of each body at a glance: what its rhythm led to expect, what is planned, what was held, and whether the minutes
followed in time. For those who manage the space, and for the regional animation, which manages every one."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from documents.models import DocumentVersion
from meetings import dates, planning
from meetings.enums import BodyKind, MeetingState
from meetings.models import Body, BodyQuerySet, BodyReminder, DepositedMinutes, Meeting
from meetings.spreadsheets import Sheet
from spaces import policy

if TYPE_CHECKING:
    from accounts.models import User

_WRITTEN = {MeetingState.CIRCULATED, MeetingState.APPROVED}
_OVER = {MeetingState.HELD, MeetingState.CIRCULATED, MeetingState.APPROVED}


@dataclass(frozen=True)
class Sitting:
    """One meeting of a body, and what became of its minutes."""

    uuid: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    circulated_on: date | None
    """The first time; circulating them again does not make them late."""
    minutes_due_on: date

    @property
    def is_held(self) -> bool:
        return self.state in _OVER or (self.state == MeetingState.CONVENED and self.ends_at < timezone.now())

    @property
    def is_planned(self) -> bool:
        return self.state in {MeetingState.DRAFT, MeetingState.CONVENED} and self.ends_at >= timezone.now()

    @property
    def is_draft(self) -> bool:
        return self.state == MeetingState.DRAFT

    @property
    def is_awaited(self) -> bool:
        """Its minutes should have been circulated by now."""
        return self.is_held and self.circulated_on is None and self.minutes_due_on < timezone.localdate()

    @property
    def days_late(self) -> int:
        return max(0, (self.circulated_on - self.minutes_due_on).days) if self.circulated_on else 0

    @property
    def day(self) -> date:
        return timezone.localtime(self.starts_at).date()

    @property
    def state_label(self) -> str:
        return MeetingState(self.state).label

    @property
    def url(self) -> str:
        return reverse("meetings:meeting", args=[self.uuid])

    @property
    def minutes_url(self) -> str:
        """The page that has them: that of the minutes written here, or that of the meeting, which leads to the file."""
        return reverse("meetings:minutes" if self.state in _WRITTEN else "meetings:meeting", args=[self.uuid])


@dataclass(frozen=True)
class Expected:
    """A sitting that the rhythm asks for, from one of its days to the eve of the next: `sitting` answers it; without one, it
    was not held in its time, or is to be planned."""

    first: date
    last: date
    sitting: Sitting | None
    is_over: bool


@dataclass(frozen=True)
class BodyYear:
    """One row of the overview."""

    pk: int
    space: str
    space_slug: str
    name: str
    slug: str
    kind: str
    year: int
    days: tuple[date, ...]
    """Those of the rhythm; none for a body that meets as needed."""
    sittings: list[Sitting] = field(default_factory=list)
    reminded_at: datetime | None = None

    @property
    def url(self) -> str:
        return f"{reverse('meetings:overview_body', args=[self.space_slug, self.slug])}?annee={self.year}"

    @property
    def remind_url(self) -> str:
        return f"{reverse('meetings:remind_body', args=[self.space_slug, self.slug])}?annee={self.year}"

    @property
    def due(self) -> int:
        return planning.periods_over(self.days, timezone.localdate())

    @property
    def planned(self) -> list[Sitting]:
        return [one for one in self.sittings if one.is_planned]

    @property
    def drafts(self) -> int:
        return sum(one.is_draft for one in self.planned)

    @property
    def held(self) -> list[Sitting]:
        return [one for one in self.sittings if one.is_held]

    @property
    def others(self) -> list[Sitting]:
        """Cancelled, put off, or left as a draft until its day was past."""
        return [one for one in self.sittings if not one.is_held and not one.is_planned]

    @property
    def circulated(self) -> int:
        return sum(one.circulated_on is not None for one in self.held)

    @property
    def in_time(self) -> int:
        return sum(one.circulated_on is not None and not one.days_late for one in self.held)

    @property
    def awaited(self) -> list[Sitting]:
        return [one for one in self.held if one.is_awaited]

    @property
    def missing(self) -> int:
        return max(0, self.due - len(self.held))

    @property
    def to_plan(self) -> int:
        """What the rhythm still asks for, and no draft holds; nothing for a year that is over."""
        return max(0, len(self.days) - max(self.due, len(self.held)) - len(self.planned))

    @property
    def expected(self) -> list[Expected]:
        """Each sitting that the rhythm asks for, with the one that answers it: the figures of the row, one by one. Those held answer
        the periods that are over, their own first; those planned, the next ones."""
        over, last = max(self.due, len(self.held)), date(self.year, 12, 31)
        answered = dict(zip(range(over, len(self.days)), self.planned, strict=False))
        for one in self.held:
            own = bisect_right(self.days, one.day) - 1
            free = [rank for rank in range(min(over, len(self.days))) if rank not in answered]
            if free:
                answered[min(free, key=lambda rank: (abs(rank - own), rank))] = one
        ends = [*(day - timedelta(days=1) for day in self.days[1:]), last]
        starts = [date(self.year, 1, 1), *self.days[1:]]  # held before its day, the first is held all the same
        periods = enumerate(zip(starts, ends, strict=True) if self.days else ())
        return [Expected(first, end, answered.get(rank), rank < self.due) for rank, (first, end) in periods]

    @property
    def reasons(self) -> list[str]:
        """What there is to remind of, in whole sentences."""
        said = []
        if self.missing:
            said.append(
                f"{_counted(self.missing, 'séance était attendue', 'séances étaient attendues')} à ce jour, "
                f"et {'n’a pas été tenue' if self.missing == 1 else 'n’ont pas été tenues'}."
            )
        said += [
            f"Le compte rendu du {_day(one.day)} était attendu le {_day(one.minutes_due_on)}." for one in self.awaited
        ]
        if self.to_plan:
            words = _counted(self.to_plan, "séance reste", "séances restent")
            said.append(f"{words} à planifier en {self.year}.")
        return said


def _counted(number: int, one: str, many: str) -> str:
    return f"{number}{dates.NBSP}{one if number == 1 else many}"


def _day(day: date) -> str:
    return dates.long_day(day).split(" ", 1)[1]


def overseen(user: "User") -> BodyQuerySet:
    """The bodies that meet in the spaces that `user` manages."""
    managed = policy.reader_of(user).managed_ids
    return Body.objects.visible_to(user).active().filter(space_id__in=managed).select_related("space")


def years_of(bodies: Iterable[Body], year: int, user: "User") -> list[BodyYear]:
    """A row for each of `bodies`, in their order. Two queries beside theirs, however many meetings there were."""
    bodies = list(bodies)
    sittings = _sittings(bodies, year, user)
    reminded = dict(
        BodyReminder.objects.filter(body__in=bodies, year=year)
        .order_by("sent_at", "pk")  # the last one stays
        .values_list("body_id", "sent_at")
    )
    return [
        BodyYear(
            pk=body.pk,
            space=body.space.name,
            space_slug=body.space.slug,
            name=body.name,
            slug=body.slug,
            kind=body.kind,
            year=year,
            days=planning.rhythm_days(body.rrule, year),
            sittings=sittings[body.pk],
            reminded_at=reminded.get(body.pk),
        )
        for body in bodies
    ]


def overview(user: "User", year: int, kind: str = "", only_late: bool = False) -> list[BodyYear]:
    """All that `user` oversees, space by space; of one kind of body, or those alone of which something is awaited."""
    bodies = overseen(user).filter(kind=kind) if kind in BodyKind.values else overseen(user)
    rows = years_of(bodies.order_by("space__position", "kind", "name", "pk"), year, user)
    return [row for row in rows if row.reasons] if only_late else rows


def _sittings(bodies: list[Body], year: int, user: "User") -> dict[int, list[Sitting]]:
    due_days = {body.pk: timedelta(days=body.minutes_due_days) for body in bodies}
    first = DocumentVersion.objects.filter(number=1)
    filed = first.filter(document__in=DepositedMinutes.objects.readable().values("document"))
    start, _ = dates.month_bounds(date(year, 1, 1))
    _, end = dates.month_bounds(date(year, 12, 1))
    found = (
        Meeting.objects.visible_to(user)
        .filter(body__in=bodies)
        .between(start, end)
        .annotate(
            first_at=Subquery(first.filter(document=OuterRef("minutes__document")).values("created_at")[:1]),
            filed_at=Subquery(filed.filter(document=OuterRef("deposited__document")).values("created_at")[:1]),
        )
    )
    columns = (
        "body_id",
        "uuid",
        "title",
        "starts_at",
        "ends_at",
        "state",
        "minutes__circulated_at",
        "first_at",
        "filed_at",
    )
    sittings: dict[int, list[Sitting]] = defaultdict(list)
    for body, uuid, title, starts_at, ends_at, state, last_at, first_at, filed_at in found.values_list(*columns):
        moments = [filed_at, *((first_at, last_at) if last_at else ())]
        told = [timezone.localtime(moment).date() for moment in moments if moment]
        due_on = timezone.localtime(starts_at).date() + due_days[body]
        sittings[body].append(Sitting(uuid, title, starts_at, ends_at, state, min(told, default=None), due_on))
    return sittings


def as_sheet(rows: list[BodyYear]) -> Sheet:
    head = [
        "Espace",
        "Instance",
        "Attendues",
        "Échues",
        "Planifiées",
        "dont brouillons",
        "Tenues",
        "Comptes rendus diffusés",
    ]
    head += ["dont dans le délai", "Comptes rendus en retard", "Restent à planifier", "Relancée le"]
    return Sheet(
        "Instances",
        head,
        [
            [
                row.space, row.name, len(row.days) or "selon les besoins", row.due, len(row.planned), row.drafts,
                len(row.held), row.circulated, row.in_time, len(row.awaited), row.to_plan,
                timezone.localtime(row.reminded_at).date() if row.reminded_at else "",
            ]
            for row in rows
        ],
    )  # fmt: skip
