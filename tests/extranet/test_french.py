"""French on screen, to the non-breaking space."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone

from extranet.templatetags import french

PARIS = ZoneInfo("Europe/Paris")


def at(days: int, hour: int, minute: int = 0) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def test_clock() -> None:
    assert french.clock(datetime(2026, 3, 12, 13, 30, tzinfo=UTC)) == "14\u00a0h\u00a030"
    assert french.clock(datetime(2026, 3, 12, 9, 0, tzinfo=PARIS)) == "9\u00a0h"
    assert french.clock(datetime(2026, 3, 12, 9, 5, tzinfo=PARIS)) == "9\u00a0h\u00a005"
    assert french.clock(date(2026, 3, 12)) == ""


def test_on_date() -> None:
    assert french.on_date(date(2020, 8, 1)) == "le 1er\u00a0août 2020"
    assert french.on_date(timezone.localdate()) == "aujourd’hui"
    assert french.on_date(None) == ""


def test_near_date() -> None:
    assert french.near_date(at(1, 14, 30)) == "demain à 14\u00a0h\u00a030"
    assert french.near_date(at(0, 8)) == "aujourd’hui à 8\u00a0h"
    assert french.near_date(at(-1, 23, 59)) == "hier à 23\u00a0h\u00a059"
    assert french.near_date(timezone.localdate()) == "aujourd’hui"
    assert french.near_date(datetime(2020, 3, 12, 14, 30, tzinfo=PARIS)) == "12\u00a0mars 2020"
    assert french.near_date(date(2020, 8, 1)) == "1er\u00a0août 2020"
    assert french.near_date(None) == ""
    assert french.near_date("") == ""


def test_the_day_is_that_of_paris() -> None:
    assert french.near_date(datetime(2020, 6, 30, 22, 30, tzinfo=UTC)) == "1er\u00a0juillet 2020"


def test_moments_say_the_weekday() -> None:
    assert french.near_moment(datetime(2026, 3, 12, 14, 30, tzinfo=PARIS)).startswith("jeudi 12\u00a0mars 2026 à 14")
    assert french.near_moment(at(1, 9)) == "demain à 9\u00a0h"
    assert french.long_date(date(2026, 3, 12)) == "jeudi 12\u00a0mars 2026"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 octet"),
        (1, "1 octet"),
        (1023, "1023 octets"),
        (1024, "1 ko"),
        (340_000, "332 ko"),
        (1_048_575, "1 Mo"),
        (2_202_010, "2,1 Mo"),
        (10_485_760, "10 Mo"),
        (150 * 1024**2, "150 Mo"),
        (5 * 1024**4, "5 To"),
        (-1, ""),
        (None, ""),
    ],
)
def test_file_size(size: int | None, shown: str) -> None:
    assert french.file_size(size) == shown.replace(" ", "\u00a0")


def test_zero_is_singular() -> None:
    words = "document,documents"
    assert [french.counted(n, words) for n in (0, 1, 2, 1240)] == [
        "0\u00a0document",
        "1\u00a0document",
        "2\u00a0documents",
        "1\u00a0240\u00a0documents",
    ]


def test_widgets_keep_their_own_class() -> None:
    class Form(forms.Form):
        title = forms.CharField(widget=forms.TextInput(attrs={"class": "x-own"}))
        kind = forms.ChoiceField(choices=[("a", "A")])

    form = Form()
    assert 'class="fr-input x-own"' in french.dsfr_widget(form["title"])
    assert 'class="fr-select"' in french.dsfr_widget(form["kind"])
