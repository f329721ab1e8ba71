"""Escalations as each side reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from meetings import prepared
from meetings.enums import UPPER_KINDS, EscalationState
from meetings.models import Action, AgendaItem, Body, BodyQuerySet, Decision, Escalation, Meeting
from meetings.models.escalations import LONGEST
from notifications.subjects import subject_for
from spaces import policy
from spaces.enums import Visibility

if TYPE_CHECKING:
    from accounts.models import User

SENT, RECEIVED = "envoyees", "recues"
SHOWN = 200


@dataclass(frozen=True)
class EscalationRow:
    uuid: UUID
    title: str
    origin: str
    to_body: str
    step: str
    sent_at: datetime
    closed_at: datetime | None
    answer: str
    subject: str
    came_from: int | None
    """The meeting that it comes from, by id."""

    @property
    def state_label(self) -> str:
        return EscalationState(self.step).label

    @property
    def is_answered(self) -> bool:
        return self.step in {EscalationState.TREATED, EscalationState.RETURNED}

    @property
    def url(self) -> str:
        return reverse("meetings:escalation", args=[self.uuid])


_COLUMNS = (
    "uuid",
    "title",
    "origin",
    "to_body__name",
    "step",
    "sent_at",
    "closed_at",
    "answer",
    "subject",
    "meeting_id",
)


@dataclass(frozen=True)
class Filter:
    side: str
    state: str = ""
    body: int | None = None
    space: int | None = None


def escalations(user: "User", wanted: Filter) -> list[EscalationRow]:
    """Those that the reader's spaces have sent, or received; the latest first. One query."""
    spaces = policy.reader_of(user).space_ids
    found = Escalation.objects.visible_to(user).with_step()
    if wanted.side == SENT:
        found = found.filter(from_space_id__in=spaces)
    else:
        found = found.filter(to_body__space_id__in=spaces).exclude(state=EscalationState.WITHDRAWN)
    if wanted.state in EscalationState.values:
        found = found.at_step(wanted.state)
    if wanted.body:
        found = found.filter(to_body=wanted.body)
    if wanted.space:
        found = found.filter(from_space=wanted.space)
    return [EscalationRow(*row) for row in found.values_list(*_COLUMNS)[:SHOWN]]


def choices(user: "User") -> dict[str, list[tuple[int, str]]]:
    """What one can filter by: only what appears in what one may read. Two queries."""
    seen = Escalation.objects.visible_to(user).order_by()
    return {
        "bodies": list(seen.order_by("to_body__name").distinct().values_list("to_body", "to_body__name")),
        "spaces": list(seen.order_by("from_space__name").distinct().values_list("from_space", "from_space__name")),
    }


def of_meeting(user: "User", meeting: Meeting) -> list[EscalationRow]:
    """Those that left from this meeting, and those that were put on its agenda. One query."""
    return [EscalationRow(*row) for row in prepared.raised(user, meeting.pk, columns=_COLUMNS, limit=SHOWN)]


def of_decisions(user: "User", pks: Iterable[int]) -> dict[int, EscalationRow]:
    """By decision, the last time that it was put to an upper body. One query."""
    subjects = {f"{Decision._meta.label_lower}:{pk}": pk for pk in pks}
    found = Escalation.objects.visible_to(user).with_step().filter(subject__in=subjects).order_by("sent_at", "pk")
    rows = (EscalationRow(*row) for row in found.values_list(*_COLUMNS))
    return {subjects[row.subject]: row for row in rows}


def upper_bodies(body: Body | None) -> BodyQuerySet:
    """To which bodies something may be put. Not asked of the reader's rights: that they exist is said to all who may ask them."""
    bodies = Body.objects.active().filter(kind__in=UPPER_KINDS).select_related("space")
    return bodies.exclude(pk=body.pk if body else 0).order_by("space__position", "name", "pk")


def who_will_read(body: Body) -> str:
    if body.space.visibility == Visibility.REGISTERED:
        return f"{body.name}\u00a0: le texte sera lu par toute personne ayant un compte"
    return f"{body.name}\u00a0: le texte sera lu par les membres de l’espace «\u00a0{body.space.name}\u00a0»"


@dataclass(frozen=True)
class Source:
    """What an escalation is written from."""

    about: AgendaItem | Decision | Action
    title: str
    text: str

    @property
    def subject(self) -> str:
        return subject_for(self.about)


def source(user: "User", meeting: Meeting, *, item: UUID | None, decision: str, action: UUID | None) -> Source | None:
    """The item, the decision (« D-2026-014 ») or the action of that meeting; None when it is not there."""
    if item and (point := AgendaItem.objects.visible_to(user).filter(meeting=meeting, uuid=item).first()):
        return Source(point, point.title, point.description[:LONGEST])
    if action and (noted := Action.objects.visible_to(user).filter(meeting=meeting, uuid=action).first()):
        return Source(noted, noted.text[:200], noted.text)
    taken = Decision.objects.visible_to(user).filter(meeting=meeting).select_related("item") if decision else ()
    for one in taken:
        if one.number == decision:
            return Source(one, one.item.title if one.item else f"Décision {one.number}", one.text)
    return None


def decided_on(user: "User", escalation: Escalation) -> str:
    """What the upper body has decided on it, to begin the answer with."""
    taken = Decision.objects.visible_to(user).filter(item=escalation.item_id or 0).order_by("year", "rank")
    return "\n".join(f"Décision {one.number}\u00a0: {one.text}" for one in taken)
