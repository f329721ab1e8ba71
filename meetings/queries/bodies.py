"""Reading the bodies of a space, and what waits in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from meetings.enums import BodyKind, Purpose
from meetings.models import AgendaItem, Body, BodyMember, BodyQuerySet
from spaces.audience import who_may
from spaces.enums import Ability, Role
from spaces.models import MandateQuerySet, Membership, Space

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
    return _seated(body).filter(_sits(body))


def no_longer_sitting(body: Body) -> "QuerySet[BodyMember]":
    """Still on the list, and called no more: the seats to fill."""
    return _seated(body).exclude(pk__in=sitting(body).order_by().values("pk"))


def _seated(body: Body) -> "QuerySet[BodyMember]":
    """Those who have an account by last name, then the others, of whom no more than a whole name is known."""
    last_name = F("user__last_name").asc(nulls_last=True)
    return BodyMember.objects.filter(body=body, left_at=None).order_by(last_name, "user__first_name", "name", "pk")


def _sits(body: Body) -> Q:
    readers = who_may(body.space, Ability.VIEW_SPACE).order_by().values("pk")
    guests = Q(user=None) | Q(user__is_active=True)
    return Q(user__in=readers) | Q(guests, is_guest=True)


def may_sit(body: Body) -> MandateQuerySet:
    """The mandates from which the body may be filled: those of its space; for the coordinators' meeting, those who run a
    territory. One a person is enough to be chosen; whoever sits already is left out."""
    mandates = Membership.objects.in_force().filter(user__is_active=True)
    if body.kind == BodyKind.COORDINATORS:
        readers = who_may(body.space, Ability.VIEW_SPACE).order_by().values("pk")
        mandates = mandates.filter(role=Role.MANAGER, space__territory__isnull=False, user__in=readers)
    else:
        mandates = mandates.filter(space=body.space)
    seated = sitting(body).filter(user__isnull=False).order_by().values("user")
    found = mandates.exclude(user__in=seated).select_related("user", "structure__network", "space")
    return found.order_by("user__last_name", "user__first_name", "pk")


@dataclass(frozen=True)
class Seat:
    pk: int
    name: str
    email: str
    structure: str
    network: str
    function: str
    is_guest: bool

    @property
    def facts(self) -> str:
        guest = "hors de l’espace" if self.is_guest else ""
        return " · ".join(part for part in (self.structure, self.network, self.function, guest) if part)


def members_of(body: Body) -> list[Seat]:
    """Who sits in the body today, by name. One query; the caller has taken `body` among what its reader may see."""
    return _seats(body, sitting(body))


def empty_seats(body: Body) -> list[Seat]:
    """The seats whose holder reads the space no more, for whoever is to find somebody else. As `members_of`."""
    return _seats(body, no_longer_sitting(body))


def _seats(body: Body, members: "QuerySet[BodyMember]") -> list[Seat]:
    mandate = Membership.objects.in_force().filter(space=body.space, user=OuterRef("user"))
    found = members.annotate(function=Coalesce(Subquery(mandate.values("function")[:1]), Value("")))
    return [
        Seat(
            one.pk,
            one.full_name,
            one.address,
            one.structure.name if one.structure else "",
            one.network.name if one.network else "",
            one.function,
            one.is_guest,
        )
        for one in found.select_related("user", "structure", "network")
    ]


def seats_of(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: the bodies that the person sits in, or sat in."""
    columns = ("body__name", "body__space__name", "structure__name", "joined_at", "left_at")
    names = ("instance", "espace", "structure", "depuis le", "jusqu’au")
    found = BodyMember.objects.filter(user=user).order_by("pk")
    return [dict(zip(names, row, strict=True)) for row in found.values_list(*columns)]
