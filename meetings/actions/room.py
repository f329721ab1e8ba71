"""Where a line of the minutes goes, and how much one meeting may hold: beyond that, nobody reads its minutes and no machine
prints them."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Func, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Length
from django.http import Http404

from meetings.models import Action, AgendaItem, Decision, Meeting, Notes

MAX_ITEMS = 300
MAX_TEXT = 500_000
"""Characters of the notes (marks included), decisions and actions of one meeting: some two hundred pages."""


def require_room_for_items(meeting: Meeting, *, adding: int = 1) -> None:
    """Raises `ValidationError` when the agenda would be too long. One query."""
    if AgendaItem.objects.filter(meeting=meeting).count() + adding > MAX_ITEMS:
        raise ValidationError(f"Un ordre du jour a {MAX_ITEMS} points au plus.")


def require_room_for_text(meeting: Meeting, *, adding: int) -> None:
    """Raises `ValidationError` when its minutes would be too long; shortening is always possible. One query."""
    if adding > 0:
        _require_room(_here(meeting).values_list(_length(meeting), flat=True).get(), adding)


@dataclass(frozen=True)
class Place:
    """Of a decision or an action: the item that it is on, and what was noted already under its name, by their keys."""

    item: int | None
    sent: int | None
    length: int

    def require_room_for(self, text: str) -> None:
        _require_room(self.length, len(text))


def find_place(meeting: Meeting, kind: type[Decision] | type[Action], *, item: UUID | None, name: UUID | None) -> Place:
    """Raises `Http404` when `item` is not on this agenda, or when another meeting's line has this `name`. One query."""
    item_here = AgendaItem.objects.filter(meeting=meeting, uuid=item).values("pk")  # type: ignore[misc]  # None: none
    sent = kind.objects.filter(uuid=name).order_by()
    found = _here(meeting).values_list(
        Subquery(item_here), Subquery(sent.values("pk")), Subquery(sent.values("meeting")), _length(meeting)
    )
    item_id, sent_id, sent_to, length = found.get()
    if (item and item_id is None) or sent_to not in (None, meeting.pk):
        raise Http404
    return Place(item_id, sent_id, length)


def _require_room(length: int, adding: int) -> None:
    if length + adding > MAX_TEXT:
        raise ValidationError(
            f"Ce compte rendu dépasserait {MAX_TEXT // 1000}\u00a0000 signes, notes, décisions et actions ensemble\u00a0: cet ajout "
            "n’est pas enregistré. Raccourcissez-le, ou mettez la suite dans un document joint.",
            code="too_long",
        )


def _here(meeting: Meeting) -> QuerySet[Meeting]:
    return Meeting.objects.filter(pk=meeting.pk).order_by()


def _length(meeting: Meeting) -> Combinable:
    notes = _sum(Notes.objects.filter(item__meeting=meeting), "html")
    return notes + _sum(meeting.decisions.all(), "text") + _sum(meeting.actions.all(), "text")


def _sum(found: QuerySet, column: str) -> Combinable:
    total = found.order_by().annotate(total=Func(Length(column), function="SUM")).values("total")
    return Coalesce(Subquery(total), Value(0))
