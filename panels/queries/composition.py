"""What everybody who reads the space may know of a panel: how many seats, how many taken, how many came."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q

from meetings.enums import BodyKind
from meetings.models import Body, BodyQuerySet
from panels.enums import Part, Seen
from panels.models import Seat, SeatPresence, Tenure

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class CategoryLine:
    """« Étudiants », 2 seats of which 1 is held; and how often its seats were taken at past sessions."""

    name: str
    seats: int = 0
    holders: int = 0
    substitutes: int = 0
    came: int = 0
    expected: int = 0

    @property
    def rate(self) -> int | None:
        """Of a hundred; None as long as nothing was noted."""
        return round(100 * self.came / self.expected) if self.expected else None


def panels_of(user: "User") -> BodyQuerySet:
    """The panels of the spaces that `user` reads."""
    return Body.objects.visible_to(user).active().filter(kind=BodyKind.USER_PANEL)


def composition(body: Body) -> list[CategoryLine]:
    """By category, in order. Two queries; the caller has taken `body` among what its reader may see."""
    held = Tenure.objects.in_force().filter(seat=OuterRef("pk"))
    seats = Seat.objects.filter(category__body=body).annotate(
        holder=Exists(held.filter(part=Part.HOLDER)), substitute=Exists(held.filter(part=Part.SUBSTITUTE))
    )
    lines: dict[int, CategoryLine] = {}
    for pk, name, holder, substitute in seats.values_list("category", "category__name", "holder", "substitute"):
        line = lines.setdefault(pk, CategoryLine(name))
        line.seats += 1
        line.holders += holder
        line.substitutes += substitute
    for pk, expected, came in _presences(body, "seat__category"):
        lines[pk].expected, lines[pk].came = expected, came
    return list(lines.values())


def presence_by_structure(body: Body) -> list[tuple[str, int, int]]:
    """(structure, times expected, times there): for the facilitators alone, a structure may have found one person only."""
    return [(name or "Siège vacant", expected, came) for name, expected, came in _presences(body, "structure__name")]


def _presences(body: Body, by: str) -> list[tuple[Any, int, int]]:
    counted = SeatPresence.objects.filter(meeting__body=body).order_by().values(by)
    counted = counted.annotate(expected=Count("pk"), came=Count("pk", filter=~Q(seen=Seen.ABSENT)))
    return list(counted.order_by(by).values_list(by, "expected", "came"))
