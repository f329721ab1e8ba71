"""Dates of a body's year: its rhythm, unrolled, away from week-ends and French public holidays."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from dateutil.rrule import rrulestr
from django.utils import timezone

from meetings.dates import long_day
from meetings.enums import MeetingState
from meetings.models import Body, Meeting

MAX_DATES = 60


@dataclass(frozen=True)
class Proposal:
    day: date
    instead_of: str
    """Why it is not the day of the rhythm: the name of the holiday, « week-end », or nothing."""


def first_day(body: Body) -> date:
    """From where a year is proposed: after the last meeting planned, and never in the past."""
    last = _last_meeting(body)
    tomorrow = timezone.localdate() + timedelta(days=1)
    return max(tomorrow, last + timedelta(days=1)) if last else tomorrow


def propose_dates(body: Body, first: date) -> list[Proposal]:
    """The dates of the twelve months from `first`; none for a body without a rhythm. The rhythm is counted from the last
    meeting, so that « every two months » goes on where it was."""
    if not body.rrule:
        return []
    until = first + timedelta(days=365)
    last = _last_meeting(body)
    anchor = last if last and last < first and (first - last).days < 370 else first
    rule = rrulestr(body.rrule, dtstart=datetime.combine(anchor.replace(day=1), time()))
    days = rule.between(datetime.combine(first, time()), datetime.combine(until, time()), inc=True)
    # A rhythm by month says nothing of the month of the last meeting itself.
    wanted = [day.date() for day in days if last is None or day.date() > last][:MAX_DATES]
    closed = holidays.country_holidays("FR", years=range(first.year, until.year + 2), language="fr")
    return [_moved(day, closed) for day in wanted]


def day_off(day: date) -> str:
    """Why people may not work that day; empty for most days."""
    name = _closed(day.year).get(day, "")
    return f"jour férié ({name})" if name else "week-end" if day.weekday() > 4 else ""


def to_check(meeting: Meeting) -> str:
    """The day of a meeting still to be held, when people may not work on it; else empty. For its organiser."""
    day = timezone.localdate(meeting.starts_at)
    is_to_come = meeting.state in {MeetingState.DRAFT, MeetingState.CONVENED} and day >= timezone.localdate()
    reason = day_off(day) if is_to_come else ""
    return f"{long_day(day)}, {reason}" if reason else ""


@lru_cache(maxsize=16)
def _closed(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("FR", years=year, language="fr")


def _moved(day: date, closed: holidays.HolidayBase) -> Proposal:
    reason = closed.get(day, "") or ("week-end" if day.weekday() > 4 else "")
    while day in closed or day.weekday() > 4:
        day += timedelta(days=1)
    return Proposal(day, reason)


def _last_meeting(body: Body) -> date | None:
    meetings = Meeting.objects.filter(body=body).exclude(state__in=[MeetingState.CANCELLED, MeetingState.POSTPONED])
    last = meetings.order_by("-starts_at").values_list("starts_at", flat=True).first()
    return timezone.localdate(last) if last else None


@lru_cache(maxsize=256)
def rhythm_days(rrule: str, year: int) -> tuple[date, ...]:
    """The days of a rhythm in a calendar year, counted from its first day; none without a rhythm. How many there are is what
    is expected of a body: which day it does choose is its own business."""
    if not rrule:
        return ()
    rule = rrulestr(rrule, dtstart=datetime(year, 1, 1))
    return tuple(day.date() for day in rule.between(datetime(year, 1, 1), datetime(year, 12, 31), inc=True))


def periods_over(days: tuple[date, ...], today: date) -> int:
    """How many of those periods are over: one lasts until the next begins, the last until the end of the year."""
    if not days:
        return 0
    ends = [*days[1:], date(days[0].year + 1, 1, 1)]
    return sum(end <= today for end in ends)
