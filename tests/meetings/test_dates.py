from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from meetings import dates


@pytest.mark.parametrize(
    ("day", "hour", "utc"),
    [
        (date(2027, 3, 27), time(14), datetime(2027, 3, 27, 13, tzinfo=UTC)),
        (date(2027, 3, 28), time(14), datetime(2027, 3, 28, 12, tzinfo=UTC)),
        (date(2027, 3, 28), time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (date(2027, 3, 28), time(3), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2027, 10, 30), time(9), datetime(2027, 10, 30, 7, tzinfo=UTC)),
        (date(2027, 10, 31), time(9), datetime(2027, 10, 31, 8, tzinfo=UTC)),
        (date(2027, 10, 31), time(1, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
    ],
)
def test_the_hour_on_the_wall(day, hour, utc):
    assert dates.at_wall_clock(day, hour).astimezone(UTC) == utc


@pytest.mark.parametrize(
    ("day", "hour", "why"),
    [
        (date(2027, 3, 28), time(2), "heure d’été"),
        (date(2027, 3, 28), time(2, 59), "heure d’été"),
        (date(2027, 10, 31), time(2), "heure d’hiver"),
        (date(2027, 10, 31), time(2, 30, fold=1), "heure d’hiver"),
    ],
)
def test_an_hour_that_is_not_or_is_twice_is_refused(day, hour, why):
    with pytest.raises(ValidationError, match=why):
        dates.at_wall_clock(day, hour)


def test_words():
    start, end = datetime(2027, 3, 1, 13, 30, tzinfo=UTC), datetime(2027, 3, 1, 15, tzinfo=UTC)
    assert dates.span_in_words(start, end) == "lundi 1er\xa0mars 2027, de 14\xa0h\xa030 à 16\xa0h"
    assert dates.span_in_words(start, end.replace(day=2)) == (
        "du lundi 1er\xa0mars 2027 à 14\xa0h\xa030 au mardi 2\xa0mars 2027 à 16\xa0h"
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [("2027-03", date(2027, 3, 1)), ("2027-3", date(2027, 3, 1)), ("2099-12", date(2099, 12, 1))],
)
def test_a_month_is_read(text, first):
    assert dates.month_of(text) == first


@pytest.mark.parametrize(
    "text", ["", "x", "2027", "2027-13", "0000-01", "1999-12", "9999-12", "2027-03-01-", "-1", "\x00"]
)
def test_what_is_no_month_is_the_current_one(text):
    assert dates.month_of(text) in (dates.timezone.localdate().replace(day=1), date(2027, 3, 1))


def test_the_months_around():
    assert dates.neighbour(date(2027, 1, 1), -1) == date(2026, 12, 1)
    assert dates.neighbour(date(2027, 1, 1), 1) == date(2027, 2, 1)
    assert dates.neighbour(date(2000, 1, 1), -1) is None
    assert dates.neighbour(date(2099, 12, 1), 1) is None
    assert dates.month_bounds(date(2027, 3, 1)) == (
        datetime(2027, 2, 28, 23, tzinfo=UTC),
        datetime(2027, 3, 31, 22, tzinfo=UTC),
    )
    weeks = dates.weeks_of(date(2027, 3, 1))
    assert (weeks[0][0], weeks[-1][2], weeks[-1][3]) == (date(2027, 3, 1), date(2027, 3, 31), None)
