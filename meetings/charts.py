"""Bar charts drawn by the server: an SVG of text and rectangles, whose colours are the style sheet's. Nothing in it is scaled, so
that its words stay readable on a phone; the table behind it says the same and more."""

from collections.abc import Iterable
from dataclasses import dataclass

_ROW, _BASELINE, _BAR, _LONGEST = 44, 14, 20, 42


@dataclass(frozen=True)
class Bar:
    words: str
    percent: int
    words_at: int
    bar_at: int


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    height: int
    in_words: str
    """All that it shows, for whoever does not see it."""


def bar_chart(rates: Iterable[tuple[str, int]]) -> Chart:
    """One bar for each (name, percentage), from top to bottom."""
    shown = list(rates)
    bars = [
        Bar(f"{_short(name)}\u00a0: {percent}\u00a0%", percent, rank * _ROW + _BASELINE, rank * _ROW + _BAR)
        for rank, (name, percent) in enumerate(shown)
    ]
    return Chart(bars, len(bars) * _ROW, "\u00a0; ".join(f"{name}\u00a0: {percent}\u00a0%" for name, percent in shown))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
