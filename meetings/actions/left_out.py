"""Decisions and actions noted after the circulation that silence approved: minutes that nobody may change do not say them. Said after
them by an erratum, or spoken of again."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.journal import log
from meetings.actions import agenda
from meetings.actions.carry_over import next_meeting
from meetings.actions.minutes import add_erratum
from meetings.models import Action, AgendaItem, Decision, Erratum, Minutes
from meetings.queries import minutes as queries
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

_LONGEST = 4000
"""Characters that an erratum, or what is said of an item, may have."""


@transaction.atomic
def publish_left_out(*, minutes: Minutes, by: "User") -> Erratum:
    """Say them in an erratum, whence they are in the register for everybody; what one erratum cannot hold is left for another.
    Raises as `add_erratum`, `ValidationError` too when nothing was left out."""
    lines, text = _take(minutes, by)
    erratum = add_erratum(minutes=minutes, by=by, text=f"Noté après la diffusion de ce compte rendu\u00a0:\n{text}")
    for line in lines:
        line.is_told = True
        line.save(update_fields=["is_told"])
    return erratum


@transaction.atomic
def put_off_left_out(*, minutes: Minutes, by: "User") -> AgendaItem:
    """Put them on the body's next agenda, else in its backlog, to be spoken of there: they are of this meeting no more. Raises
    `PermissionDenied`/`Http404`, `ValidationError` when nothing was left out, or no body could speak of it."""
    lines, text = _take(minutes, by)
    meeting = minutes.meeting
    if meeting.body is None:
        raise ValidationError("Cette réunion n’est celle d’aucune instance\u00a0: publiez ces lignes par un erratum.")
    contents: agenda.Contents = {"title": f"À reprendre de la séance du {queries.day_of(meeting)}", "description": text}
    coming = next_meeting(meeting.body)
    if coming:
        item = agenda.add_item(meeting=coming, by=by, **contents)
    else:
        item = agenda.propose_item(body=meeting.body, by=by, **contents)
    for line in lines:
        line.delete()
    log(meeting, "meetings.minutes.put_off", user=by, data={"item": str(item.uuid), "text": text})
    return item


def _take(minutes: Minutes, by: "User") -> tuple[list[Decision | Action], str]:
    """Held until the end of the transaction: pressed twice at once, the second finds none."""
    policy.require(by, Ability.CONVENE_MEETING, minutes.meeting.space)
    Minutes.objects.select_for_update(of=("self",)).get(pk=minutes.pk)
    lines: list[Decision | Action] = []
    text = ""
    for line in queries.left_out(minutes):
        more = f"{text}\n{queries.line_in_words(line)}".strip()
        if len(more) > _LONGEST - 100:
            break
        lines, text = [*lines, line], more
    if not lines:
        raise ValidationError("Rien n’a été noté après la diffusion de ce compte rendu.")
    return lines, text
