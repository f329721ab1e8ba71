"""The period that a document is about, as people write it: « 2026 », « mars 2026 », « 2025-2026 », « du 1/09/2025 au
31/08/2026 »."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

from django.utils.dates import MONTHS
from django.utils.text import slugify

EXAMPLES = "Par exemple : 2026, mars 2026, 2025-2026, ou 01/09/2025 - 31/08/2026."

MAX_YEARS = 100
"""Each year of a period is a choice among a folder's filters."""

_MONTHS = {slugify(str(name)): number for number, name in MONTHS.items()}
_BETWEEN = re.compile(r"\s*(?:-|–|\bau\b|\bà\b)\s*")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(\w+) (\d{4})")
_YEAR = re.compile(r"\d{4}")


def parse_period(text: str) -> tuple[date, date] | None:
    """First and last day, both included; None when nothing is written. Raises `ValueError` when it cannot be understood, ends
    before it begins or has more than `MAX_YEARS`."""
    words = " ".join(text.replace("\u00a0", " ").lower().removeprefix("du ").split())
    if not words:
        return None
    first, *rest = _BETWEEN.split(words, maxsplit=1)
    start, end = _span(first)
    if rest:
        if not _YEAR.search(rest[0]):
            raise ValueError("no year at the end")
        end = _span(rest[0])[1]
    if end < start:
        raise ValueError("ends before it begins")
    if end.year - start.year > MAX_YEARS:
        raise ValueError("a slip of the pen")
    return start, end


def _span(words: str) -> tuple[date, date]:
    if day := _DAY.fullmatch(words):
        number, month, year = map(int, day.groups())
        return (date(year, month, number),) * 2
    if month_words := _MONTH.fullmatch(words):
        month, year = _MONTHS.get(slugify(month_words[1]), 0), int(month_words[2])
        return date(year, month, 1), _last_day(year, month)
    if _YEAR.fullmatch(words):
        return date(int(words), 1, 1), date(int(words), 12, 31)
    raise ValueError("not a period")


@lru_cache  # a list says the same few periods again and again, and the names of months are looked up in a catalogue
def period_in_words(start: date | None, end: date | None) -> str:
    """The shortest way of saying it, which `parse_period` understands. Empty without a period."""
    if start is None or end is None:
        return ""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start.year:04}" if start.year == end.year else f"{start.year:04}-{end.year:04}"
    if start.day == 1 and end == _last_day(end.year, end.month):
        first, last = (f"{MONTHS[day.month]} {day.year:04}" for day in (start, end))
        return first if first == last else f"{first} – {last}"
    return f"{start:%d/%m}/{start.year:04} – {end:%d/%m}/{end.year:04}"


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
