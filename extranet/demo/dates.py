"""When things happen in the demo network: everything is counted from the day it is loaded, on working days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
LATE = ("berck-montreuil", "maubeuge")
"""Territories whose last CTT is five months old; the first has not planned another."""


_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


def _is_worked(day: date) -> bool:
    christmas = (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not christmas and (day.month, day.day) not in _HOLIDAYS


def in_days(days: int) -> date:
    """That many days from today (negative: ago), moved away from today until it is a day when people work."""
    day = timezone.localdate() + timedelta(days=days)
    while not _is_worked(day):
        day += timedelta(days=1 if days > 0 else -1)
    return day


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def shortly_after(day: date, days: int = 9) -> datetime:
    """When the minutes of a meeting of `day` are published: some days later, never in the future."""
    after = day + timedelta(days=days)
    return min(at(after - timedelta(days=max(0, after.weekday() - 4)), 10, 20), timezone.now() - timedelta(hours=3))


def in_words(day: date) -> str:
    """« 12 mars 2026 »."""
    return f"{'1er' if day.day == 1 else day.day}\N{NO-BREAK SPACE}{MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Planned:
    """A meeting of the demo network."""

    title: str
    day: date
    start: int
    hours: int
    place: str
    description: str = ""
    link: str = ""


def ctt_days(rank: int, slug: str) -> tuple[list[date], date | None]:
    """Past sessions of a territory's CTT, latest first, and the next one."""
    last = -(150 + rank) if slug in LATE else -(12 + (rank * 11) % 70)
    past = [in_days(last), in_days(last - 91), in_days(last - 182)]
    if slug == LATE[0]:
        return past, None
    return past, in_days(4 + (rank * 5) % 40)


def panel_days(rank: int) -> tuple[date, date | None]:
    """The last meeting of a territory's user panel, and the next one where it is planned."""
    return in_days(-(70 + (rank * 9) % 60)), in_days(45 + rank * 3) if rank % 3 == 2 else None


COORDINATORS_DAYS = (-147, -86, -25, 36)
COTEC_DAYS = (-222, -131, -40, 51)
RESOURCES_DAYS = (-108, -78, -48, -18, 13)
"""Days from today of the regional bodies' meetings; the last one is to come."""
