"""The register: decisions and actions of all the meetings that one may read."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from directory.models import Network, Structure
from documents.models import Document
from meetings.enums import ActionStatus
from meetings.models import Action, ActionUpdate, Body, Decision
from meetings.spreadsheets import Sheet, workbook
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 200
"""Lines on screen; the spreadsheet holds all."""


@dataclass(frozen=True)
class Filter:
    """What is asked for; an empty field asks nothing."""

    body: int | None = None
    structure: int | None = None
    network: int | None = None
    person: str = ""
    status: str = ""
    late: bool = False
    mine: bool = False
    words: str = ""

    @property
    def is_of_actions(self) -> bool:
        """Something is asked that a decision does not have: nobody is in charge of it, and it is neither open nor late."""
        has_status = self.status in ActionStatus.values
        return bool(self.structure or self.network or self.person or has_status or self.late or self.mine)


NO_DECISIONS = "Une décision n’a ni structure, ni réseau, ni personne, ni état\u00a0: avec ces critères, seules les actions sont montrées."


@dataclass(frozen=True)
class DecisionRow:
    uuid: UUID
    year: int
    rank: int
    text: str
    meeting: str
    meeting_uuid: UUID
    starts_at: date
    body: str | None
    space: str
    pk: int

    @property
    def number(self) -> str:
        return f"D-{self.year}-{self.rank:03}"

    @property
    def url(self) -> str:
        return reverse("meetings:minutes", args=[self.meeting_uuid])


@dataclass(frozen=True)
class ActionRow:
    uuid: UUID
    text: str
    person_first: str | None
    person_last: str | None
    person_name: str
    structure: str | None
    due_on: date | None
    status: str
    meeting: str
    starts_at: date
    body: str | None
    space: str

    @property
    def who(self) -> str:
        person = f"{self.person_first or ''} {self.person_last or ''}".strip() or self.person_name
        return ", ".join(part for part in (person, self.structure or "") if part)

    @property
    def is_late(self) -> bool:
        return self.status == ActionStatus.OPEN and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def status_label(self) -> str:
        return "En retard" if self.is_late else str(ActionStatus(self.status).label)

    @property
    def url(self) -> str:
        return reverse("meetings:action", args=[self.uuid])


def decisions(user: "User", wanted: Filter, limit: int | None = SHOWN) -> list[DecisionRow]:
    """None when something is asked that only actions have (`Filter.is_of_actions`)."""
    if wanted.is_of_actions:
        return []
    found = Decision.objects.visible_to(user).order_by("-meeting__starts_at", "-year", "-rank", "pk")
    if wanted.body:
        found = found.filter(meeting__body=wanted.body)
    for word in wanted.words.split():
        found = found.filter(text__icontains=word)
    columns = ("uuid", "year", "rank", "text", "meeting__title", "meeting__uuid", "meeting__starts_at")
    rows = found.values_list(*columns, "meeting__body__name", "meeting__space__name", "pk")
    return [DecisionRow(*row) for row in rows[:limit]]


def actions(user: "User", wanted: Filter, limit: int | None = SHOWN) -> list[ActionRow]:
    open_first = Case(When(status=ActionStatus.OPEN, then=Value(0)), default=Value(1))
    found = Action.objects.visible_to(user).order_by(open_first, F("due_on").asc(nulls_last=True), "pk")
    if wanted.body:
        found = found.filter(meeting__body=wanted.body)
    if wanted.structure:
        found = found.filter(structure=wanted.structure)
    if wanted.network:
        found = found.filter(structure__network=wanted.network)
    if wanted.status in ActionStatus.values:
        found = found.filter(status=wanted.status)
    if wanted.late:
        found = found.late()
    if wanted.mine:
        found = found.of(user)
    for word in wanted.person.split():
        named = Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
        found = found.filter(named | Q(person_name__icontains=word))
    for word in wanted.words.split():
        found = found.filter(text__icontains=word)
    return [ActionRow(*row) for row in found.values_list(*_ACTION)[:limit]]


_ACTION = (
    *("uuid", "text", "person__first_name", "person__last_name", "person_name", "structure__name", "due_on", "status"),
    *("meeting__title", "meeting__starts_at", "meeting__body__name", "meeting__space__name"),
)
"""What an `ActionRow` is made of."""


def choices(user: "User") -> dict[str, list[tuple[int, str]]]:
    """What one can filter by: only what appears in what one may read."""
    seen = Action.objects.visible_to(user).order_by()
    structures = Structure.objects.filter(pk__in=seen.values("structure"))
    networks = Network.objects.filter(pk__in=seen.values("structure__network"))
    bodies = Body.objects.visible_to(user).order_by("space__position", "name", "pk")
    return {
        "bodies": [(pk, f"{name} – {space}") for pk, name, space in bodies.values_list("pk", "name", "space__name")],
        "structures": list(structures.order_by("name", "pk").values_list("pk", "name")),
        "networks": list(networks.order_by("name", "pk").values_list("pk", "name")),
    }


def as_spreadsheet(user: "User", wanted: Filter) -> bytes:
    """Two sheets."""
    return workbook(
        Sheet(
            "Décisions",
            ["Numéro", "Décision", "Instance", "Espace", "Réunion", "Date"],
            [
                [one.number, one.text, one.body or "", one.space, one.meeting, _day(one.starts_at)]
                for one in decisions(user, wanted, None)
            ]
            or ([["", NO_DECISIONS]] if wanted.is_of_actions else []),
        ),
        Sheet(
            "Actions",
            ["Action", "Qui", "Pour le", "État", "Instance", "Espace", "Réunion", "Date"],
            [
                [
                    one.text,
                    one.who,
                    one.due_on,
                    one.status_label,
                    one.body or "",
                    one.space,
                    one.meeting,
                    _day(one.starts_at),
                ]
                for one in actions(user, wanted, None)
            ],
        ),
    )


def _day(moment: object) -> date:
    return timezone.localtime(moment).date()  # type: ignore[arg-type]


def open_actions_of(user: "User") -> list[ActionRow]:
    """« Mes actions », the most pressing first. One query."""
    return [ActionRow(*row) for row in _open_actions(user)]


@prepared
def _open_actions(user: "User") -> "QuerySet[Any, Any]":
    mine = Action.objects.visible_to(user).open().of(user).order_by(F("due_on").asc(nulls_last=True), "pk")
    return mine.values_list(*_ACTION)[:SHOWN]


def updates_of(user: "User", action: Action) -> list[ActionUpdate]:
    """What became of it, oldest first, each with the evidence that `user` may read. Two queries."""
    found = list(action.updates.select_related("by").order_by("at", "pk"))
    readable = Document.objects.visible_to(user).in_bulk([one.document_id for one in found if one.document_id])
    for one in found:
        one.document = readable.get(one.document_id)
    return found
