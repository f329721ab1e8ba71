"""Reading the bodies of a space, and what waits in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from meetings.enums import Purpose
from meetings.models import AgendaItem, Body, BodyMember, BodyQuerySet
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class WaitingItem:
    pk: int
    title: str
    description: str
    purpose: str
    author: str
    created_at: datetime


def bodies_of(user: "User", space: Space) -> BodyQuerySet:
    """The bodies that meet in a space, in order."""
    return Body.objects.visible_to(user).active().filter(space=space).order_by("kind", "name", "pk")


def backlog(user: "User", body: Body) -> list[WaitingItem]:
    """What waits for a coming agenda of `body`, oldest first. One query."""
    waiting = AgendaItem.objects.visible_to(user).waiting().filter(body=body)
    columns = (
        "pk", "title", "description", "purpose", "proposed_by__first_name", "proposed_by__last_name", "created_at",
    )  # fmt: skip
    return [
        WaitingItem(pk, title, text, Purpose(purpose).label, f"{first or ''} {last or ''}".strip(), at)
        for pk, title, text, purpose, first, last, at in waiting.values_list(*columns)
    ]


@dataclass(frozen=True)
class Seat:
    name: str
    structure: str


def members_of(body: Body) -> list[Seat]:
    """Who sits in the body today, by name. One query; the caller has taken `body` among what its reader may see."""
    seated = BodyMember.objects.filter(body=body, left_at=None).order_by("user__last_name", "user__first_name", "pk")
    columns = ("user__first_name", "user__last_name", "structure__name")
    return [Seat(f"{first} {last}".strip(), structure or "") for first, last, structure in seated.values_list(*columns)]
