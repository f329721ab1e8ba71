"""« Le 2e jeudi, tous les deux mois »: the rhythms that people choose from a list, to and from their RRULE."""

import re
from dataclasses import dataclass
from typing import Self

EVERY = {
    1: "tous les mois",
    2: "tous les deux mois",
    3: "tous les trois mois",
    4: "tous les quatre mois",
    6: "deux fois par an",
    12: "une fois par an",
}
RANKS = {1: "1er", 2: "2e", 3: "3e", 4: "4e", -1: "dernier"}
DAYS = {"MO": "lundi", "TU": "mardi", "WE": "mercredi", "TH": "jeudi", "FR": "vendredi"}

_RULE = re.compile(r"FREQ=MONTHLY(?:;INTERVAL=(\d{1,2}))?;BYDAY=(-?\d)([A-Z]{2})")


@dataclass(frozen=True)
class Rhythm:
    every: int
    rank: int
    day: str

    @classmethod
    def of(cls, rrule: str) -> Self | None:
        """None for no rhythm, and for one that no list expresses: it was written by hand, and is kept as it is."""
        if not (found := _RULE.fullmatch(rrule.upper())):
            return None
        rhythm = cls(int(found[1] or 1), int(found[2]), found[3])
        known = rhythm.every in EVERY and rhythm.rank in RANKS and rhythm.day in DAYS
        return rhythm if known else None

    @property
    def rrule(self) -> str:
        interval = f";INTERVAL={self.every}" if self.every > 1 else ""
        return f"FREQ=MONTHLY{interval};BYDAY={self.rank}{self.day}"

    def __str__(self) -> str:
        return f"le {RANKS[self.rank]} {DAYS[self.day]}, {EVERY[self.every]}"
