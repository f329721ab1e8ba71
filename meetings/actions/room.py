"""How much one meeting may hold: beyond that, nobody reads its minutes and no machine prints them."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Length

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
    if adding > 0 and _length(meeting) + adding > MAX_TEXT:
        raise ValidationError(
            f"Ce compte rendu dépasserait {MAX_TEXT // 1000}\u00a0000 signes, notes, décisions et actions ensemble\u00a0: cet ajout "
            "n’est pas enregistré. Raccourcissez-le, ou mettez la suite dans un document joint.",
            code="too_long",
        )


def _length(meeting: Meeting) -> int:
    notes = _lengths(Notes.objects.filter(item__meeting=meeting), "html")
    lines = [_lengths(model.objects.filter(meeting=meeting), "text") for model in (Decision, Action)]
    return sum(length for (length,) in notes.union(*lines, all=True))


def _lengths(found: QuerySet, column: str) -> QuerySet:
    return found.order_by().annotate(length=Length(column)).values_list("length")
