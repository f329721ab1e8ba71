"""The return sheet on paper: accessible and made to last, as the minutes are (see `meetings.papers`)."""

from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

from meetings.papers import typeset

_TEMPLATE = Path(__file__).parent / "return.typ"


@dataclass(frozen=True)
class ActionLine:
    text: str
    who: str
    """A structure."""
    state: str
    due: str = ""
    """In words; empty when it is done, or without a date."""


@dataclass(frozen=True)
class ObservationLine:
    theme: str
    text: str
    state: str
    category: str = ""
    answer: str = ""
    actions: list[ActionLine] = field(default_factory=list)


@dataclass(frozen=True)
class ReturnContent:
    title: str
    space: str
    body: str
    session: str
    """« 12 mars 2026 »."""
    seats: int
    came: int
    observations: list[ObservationLine] = field(default_factory=list)

    @property
    def themes(self) -> list[tuple[str, list[ObservationLine]]]:
        """In the order given."""
        found: dict[str, list[ObservationLine]] = {}
        for one in self.observations:
            found.setdefault(one.theme, []).append(one)
        return list(found.items())


def return_pdf(content: ReturnContent, *, day: date) -> bytes:
    """The same content and the same day give the same bytes."""
    number = count(1)
    themes = [
        {"name": name, "observations": [{**asdict(one), "number": next(number)} for one in lines]}
        for name, lines in content.themes
    ]
    facts = {key: value for key, value in asdict(content).items() if key != "observations"}
    return typeset(_TEMPLATE, {**facts, "themes": themes, "date": [day.year, day.month, day.day]})
