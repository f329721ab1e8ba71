"""The one module that reads names. It starts from `Identity.visible_to`: for anybody else there is none."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from meetings.models import Body
from panels.enums import PLACES, Part
from panels.models import Identity, Seat, Tenure

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Place:
    """One of the two places of a seat. `name` is empty when nobody is there, when it was erased, and for who may not see it."""

    slug: str
    part: Part
    tenure: Tenure | None
    identity: Identity | None

    @property
    def name(self) -> str:
        return self.identity.name if self.identity else ""


@dataclass(frozen=True)
class SeatLine:
    seat: Seat
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Former:
    tenure: Tenure
    identity: Identity
    erased_after: date
    """The last day that the name is kept."""


def seats_with_names(user: "User", body: Body, day: date | None = None) -> list[SeatLine]:
    """Every seat and who was there on that day; without a day, who is there, or will be. Three queries."""
    tenures: dict[tuple[int, str], Tenure] = {}
    here = Tenure.objects.in_force(day) if day else Tenure.objects.filter(until__gte=timezone.localdate())
    current = here.filter(seat__category__body=body).select_related("structure")
    for tenure in current.order_by("-since"):  # the nearest one last: it is the one shown
        tenures[tenure.seat_id, tenure.part] = tenure
    names = _names(user, body)
    return [
        SeatLine(
            seat,
            [
                Place(slug, part, tenure, names.get(tenure.pk) if tenure else None)
                for slug, part in PLACES.items()
                for tenure in [tenures.get((seat.pk, part))]
            ],
        )
        for seat in Seat.objects.filter(category__body=body).select_related("category")
    ]


def former_members(user: "User", body: Body) -> list[Former]:
    """Those who have left and whose name is still kept, the next to be erased first. One query."""
    kept = Identity.objects.visible_to(user).filter(
        tenure__seat__category__body=body, tenure__until__lt=timezone.localdate()
    )
    delay = timedelta(days=settings.PANEL_NAMES_DAYS)
    return [
        Former(one.tenure, one, one.tenure.until + delay)
        for one in kept.select_related("tenure__seat__category", "tenure__structure").order_by("tenure__until", "pk")
    ]


def _names(user: "User", body: Body) -> dict[int, Identity]:
    found = Identity.objects.visible_to(user).filter(tenure__seat__category__body=body)
    return {identity.tenure_id: identity for identity in found}
