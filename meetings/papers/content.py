"""What minutes say, as plain data: what is frozen, fingerprinted, printed and attached to the PDF is this and nothing else."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from accounts.alphabet import alphabetical


@dataclass(frozen=True)
class Attendee:
    name: str
    structure: str = ""
    network: str = ""
    attendance: str = "unknown"
    represented_by: str = ""


@dataclass(frozen=True)
class DecisionLine:
    number: str
    """« D-2026-014 »."""
    text: str


@dataclass(frozen=True)
class ActionLine:
    text: str
    who: str
    due: str = ""
    """In words, « 4 avril 2026 »; empty: none was set."""
    item: int = 0


@dataclass(frozen=True)
class ItemContent:
    number: int
    title: str
    uuid: str = ""
    purpose: str = ""
    presenter: str = ""
    state: str = ""
    """In words, when it is not simply treated: « Reporté à la prochaine réunion »."""
    notes: str = ""
    """Clean HTML (see `meetings.rich_text`)."""
    decisions: list[DecisionLine] = field(default_factory=list)


@dataclass(frozen=True)
class ErratumLine:
    number: int
    day: str
    text: str


@dataclass(frozen=True)
class MinutesContent:
    title: str
    space: str
    body: str
    when: str
    """« jeudi 12 mars 2026, de 14 h à 16 h 30 »."""
    day: str
    """ISO, the day of the meeting."""
    place: str = ""
    people: list[Attendee] = field(default_factory=list)
    items: list[ItemContent] = field(default_factory=list)
    actions: list[ActionLine] = field(default_factory=list)
    quorum: str = ""
    """In words, for a body that has one."""

    def as_data(self) -> dict[str, Any]:
        """Without a quorum, nothing is said of it: what was frozen before it was ever said keeps its fingerprint."""
        data = asdict(self)
        if not self.quorum:
            del data["quorum"]
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """The content again, from the JSON that was kept."""
        lists = {
            "people": [Attendee(**row) for row in data["people"]],
            "items": [
                ItemContent(**{**row, "decisions": [DecisionLine(**line) for line in row["decisions"]]})
                for row in data["items"]
            ],
            "actions": [ActionLine(**row) for row in data["actions"]],
        }
        return cls(**{**data, **lists})

    def as_json(self) -> str:
        """The same content always gives the same characters."""
        return json.dumps(self.as_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def sha256(self) -> str:
        return hashlib.sha256(self.as_json().encode()).hexdigest()

    @property
    def groups(self) -> list[tuple[str, list[Attendee]]]:
        """People as minutes list them: present, represented, excused, absent, then those of whom nothing was noted; by structure
        (those who have none last), then by name."""
        words = {
            "present": "Présents",
            "represented": "Représentés",
            "excused": "Excusés",
            "absent": "Absents",
            "unknown": "Présence non renseignée",
        }
        ordered = sorted(
            self.people, key=lambda one: (not one.structure, alphabetical(one.structure), alphabetical(one.name))
        )
        found = [(label, [one for one in ordered if one.attendance == key]) for key, label in words.items()]
        return [(label, people) for label, people in found if people]
