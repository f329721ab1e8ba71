"""Reading the bodies of a space, and what waits in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from meetings.enums import Purpose
from meetings.models import AgendaItem, Body, BodyMember, BodyQuerySet
from spaces.audience import who_may
from spaces.enums import Ability
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


def sitting(body: Body) -> "QuerySet[BodyMember]":
    """Those who sit in the body today: whoever has lost the space, or their account, has left it whatever the list says."""
    return _seated(body).filter(user__in=_readers(body))


def _seated(body: Body) -> "QuerySet[BodyMember]":
    return BodyMember.objects.filter(body=body, left_at=None)


def _readers(body: Body) -> "QuerySet[User]":
    return who_may(body.space, Ability.VIEW_SPACE).order_by().values("pk")


@dataclass(frozen=True)
class Seat:
    name: str
    structure: str


def members_of(body: Body) -> list[Seat]:
    """Who sits in the body today, by name. One query; the caller has taken `body` among what its reader may see."""
    return _by_name(sitting(body))


def empty_seats(body: Body) -> list[Seat]:
    """The seats whose holder reads the space no more, for whoever is to find somebody else. As `members_of`."""
    return _by_name(_seated(body).exclude(user__in=_readers(body)))


def _by_name(seats: "QuerySet[BodyMember]") -> list[Seat]:
    columns = ("user__first_name", "user__last_name", "structure__name")
    seats = seats.order_by("user__last_name", "user__first_name", "pk")
    return [Seat(f"{first} {last}".strip(), structure or "") for first, last, structure in seats.values_list(*columns)]
