"""« Ressources »: what a space offers to take away and to print, the maps, the communication kit, the guide."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Case, Count, IntegerField, Sum, Value, When

from documents.enums import DocumentKind
from documents.models import Document, DocumentQuerySet
from documents.queries import DocumentRow, rows, title_order

if TYPE_CHECKING:
    from accounts.models import User
    from spaces.models import Space

SHELVES = {
    DocumentKind.MAP: "Cartographies",
    DocumentKind.KIT: "Kit de communication",
    DocumentKind.GUIDE: "Guide",
}
"""The kinds that are resources, in the order of the screen, and what their group is called."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is in all, whatever page is shown. `size` in bytes."""

    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group of cards, with as many as this page shows."""

    kind: str
    name: str
    cards: list[DocumentRow]


def resources_of(user: "User", space: "Space") -> DocumentQuerySet:
    """The resources of `space` that `user` may read, by kind, then by title."""
    ranks = [When(kind=kind, then=Value(rank)) for rank, kind in enumerate(SHELVES)]
    rank = Case(*ranks, output_field=IntegerField())
    documents = Document.objects.visible_to(user).filter(space=space, kind__in=SHELVES)
    return documents.order_by(rank, title_order(), "pk")


def totals(documents: DocumentQuerySet) -> Totals:
    """One query."""
    found = documents.order_by().aggregate(count=Count("pk"), size=Sum("file_size"))
    return Totals(found["count"], found["size"] or 0)


def shelves(documents: DocumentQuerySet, reader: "User") -> list[Shelf]:
    """One page of `resources_of`, in groups. One query."""
    cards = groupby(rows(documents, reader), key=lambda row: row.kind)
    return [Shelf(kind, SHELVES[DocumentKind(kind)], list(group)) for kind, group in cards]


def holds_resources(kinds: "set[str]") -> bool:
    """Whether folders that take in these kinds make a space one that has resources to show."""
    return not kinds.isdisjoint(SHELVES)
