"""Time as people keep it here: the hour on the wall in Europe/Paris, and the month as a sheet."""

from calendar import Calendar
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS

NBSP = "\u00a0"
FIRST_YEAR, LAST_YEAR = 2000, 2099


def at_wall_clock(day: date, hour: time) -> datetime:
    """The moment when clocks here show `hour` on `day`. Raises `ValidationError` on the two nights of the year when that
    hour does not exist, or exists twice."""
    naive = datetime.combine(day, hour.replace(fold=0))
    first, second = timezone.make_aware(naive), timezone.make_aware(naive.replace(fold=1))
    shown = f"{clock(naive)} le {long_day(day)}"
    if timezone.localtime(first.astimezone(UTC)).replace(tzinfo=None) != naive:
        raise ValidationError(f"Il n’y a pas de {shown} : on passe à l’heure d’été. Choisissez une autre heure.")
    if first.utcoffset() != second.utcoffset():
        raise ValidationError(f"Il y a deux fois {shown} : on passe à l’heure d’hiver. Choisissez une autre heure.")
    return first


def clock(moment: datetime) -> str:
    """« 14 h 30 »; `moment` is local."""
    return f"{moment.hour}{NBSP}h" + (f"{NBSP}{moment.minute:02}" if moment.minute else "")


def long_day(day: date) -> str:
    """« jeudi 12 mars 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{WEEKDAYS[day.weekday()]} {number}{NBSP}{MONTHS[day.month]} {day.year}"


def moment_in_words(moment: datetime) -> str:
    """« jeudi 12 mars 2026 à 14 h 30 »."""
    local = timezone.localtime(moment)
    return f"{long_day(local.date())} à {clock(local)}"


def span_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """« jeudi 12 mars 2026, de 14 h à 16 h 30 »; both days when they differ."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if start.date() == end.date():
        return f"{long_day(start.date())}, de {clock(start)} à {clock(end)}"
    return f"du {moment_in_words(starts_at)} au {moment_in_words(ends_at)}"


def day_word(day: date) -> str:
    """« aujourd’hui » or « demain »; empty when it is neither."""
    return {0: "aujourd’hui", 1: "demain"}.get((day - timezone.localdate()).days, "")


def month_of(text: str) -> date:
    """The first day of « 2026-03 »; of the current month when `text` is no month between 2000 and 2099."""
    try:
        year, month = (int(part) for part in text[:7].split("-"))
        first = date(year, month, 1)
    except ValueError:
        return timezone.localdate().replace(day=1)
    return first if FIRST_YEAR <= year <= LAST_YEAR else timezone.localdate().replace(day=1)


def neighbour(first: date, months: int) -> date | None:
    """The first day of the month before (-1) or after (+1); None beyond the calendar."""
    other = (first + timedelta(days=32 * months)).replace(day=1) if months > 0 else (first - timedelta(days=1))
    return other.replace(day=1) if FIRST_YEAR <= other.year <= LAST_YEAR else None


def month_name(first: date) -> str:
    """« mars 2026 »."""
    return f"{MONTHS[first.month]} {first.year}"


def month_bounds(first: date) -> tuple[datetime, datetime]:
    """Midnight on the first, and midnight on the first of the next month."""
    after = (first + timedelta(days=32)).replace(day=1)
    return timezone.make_aware(datetime.combine(first, time.min)), timezone.make_aware(
        datetime.combine(after, time.min)
    )


def weeks_of(first: date) -> list[list[date | None]]:
    """The sheet: weeks from Monday to Sunday; None outside the month."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return [[day if day.month == first.month else None for day in week] for week in weeks]
