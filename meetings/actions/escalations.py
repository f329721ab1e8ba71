"""« Faire remonter »: put a question to an upper body, answer it, take it back."""

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.journal import log
from meetings.actions.agenda import MAX_ITEMS
from meetings.actions.carry_over import carry_over
from meetings.enums import UPPER_KINDS, BodyKind, EscalationState, ItemState, MeetingState, Purpose
from meetings.models import AgendaItem, Body, Escalation, Meeting
from meetings.protected import refuse_names
from notifications.actions import record_event, subject_of, withdraw_events
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

_NICKNAMES = {BodyKind.CTT: "le CTT", BodyKind.USER_PANEL: "le groupe d’usagers"}
_OVER = {MeetingState.HELD, MeetingState.CIRCULATED, MeetingState.APPROVED}


REMIND_DAYS = 7
"""Between two reminders of the same question."""


@transaction.atomic
def escalate(
    *,
    space: Space,
    to_body: Body,
    by: "User",
    title: str,
    text: str,
    purpose: Purpose = Purpose.DISCUSSION,
    body: Body | None = None,
    meeting: Meeting | None = None,
    about: models.Model | None = None,
) -> Escalation:
    """Put `text`, and nothing else of `space`, in the backlog of `to_body`. `body` is the one in whose name: the answer comes onto
    its next agenda. `meeting` shows it beside its minutes; `about` is what it was written from (a decision, an action…), which
    is not sent twice to the same body while it waits.

    Raises `PermissionDenied`/`Http404` when `by` may not convene in `space`, `ValidationError` when a field is wrong, `to_body` is
    not an upper body, or the same question waits there already."""
    policy.require(by, Ability.CONVENE_MEETING, space)
    to_body = Body.objects.select_for_update(of=("self",)).select_related("space").get(pk=to_body.pk)
    if to_body.kind not in UPPER_KINDS or not to_body.is_active or to_body == body:
        raise ValidationError({"to_body": "On ne fait rien remonter à cette instance."})
    if {one.space_id for one in (body, meeting) if one} - {space.pk}:
        raise ValidationError("Cette réunion est celle d’un autre espace.")
    escalation = Escalation(
        from_space=space,
        from_body=body,
        meeting=meeting,
        subject=subject_of(about) if about else "",
        origin=origin_of(space, body),
        to_body=to_body,
        title=" ".join(title.split()),
        text=text.replace("\r\n", "\n").strip(),
        sent_by=by,
    )
    refuse_names(body or (meeting.body if meeting else None), by, escalation.title, escalation.text)
    escalation.full_clean(exclude=["from_space", "from_body", "meeting", "to_body", "item", "sent_by", "closed_by"])
    _refuse_twice(escalation)
    escalation.item = AgendaItem.objects.create(
        body=to_body,
        title=escalation.title,
        description=f"Remonté par {escalation.origin}.\n\n{escalation.text}",
        purpose=purpose,
        is_from_backlog=True,
    )
    escalation.save()
    log(meeting or body or space, "meetings.escalation.sent", user=by, data={"escalation": str(escalation.uuid)})
    _tell(escalation, to_body.space, "escalation.received", f"Remontée par {escalation.origin}", by)
    return escalation


def origin_of(space: Space, body: Body | None) -> str:
    """« le CTT de Lille », « le groupe d’usagers d’Artois-Ternois », as it is read after « remonté par »."""
    name = _NICKNAMES.get(BodyKind(body.kind)) if body else "l’espace"
    if name is None or body is None:
        return f"l’espace {space.name}" if body is None else f"{body.name} ({space.name})"
    first = unicodedata.normalize("NFD", space.name)[:1].lower()
    return f"{name} {'d’' if first in 'aeiouy' else 'de '}{space.name}"


def _refuse_twice(escalation: Escalation) -> None:
    waiting = Escalation.objects.to_answer().filter(to_body=escalation.to_body, from_space=escalation.from_space)
    if escalation.subject:
        same = waiting.filter(subject=escalation.subject)
    else:
        same = waiting.filter(title=escalation.title, text=escalation.text)
    if same.exists():
        raise ValidationError("Cette instance en est déjà saisie\u00a0: sa réponse est attendue.")
    if AgendaItem.objects.filter(body=escalation.to_body).waiting().count() >= MAX_ITEMS:
        raise ValidationError("Trop de points attendent déjà dans cette instance.")


@transaction.atomic
def answer_escalation(*, escalation: Escalation, by: "User", state: EscalationState, answer: str) -> Escalation:
    """Treat it, or send it back, in words that the territory will read. They come onto the next agenda of the body of origin; its
    minutes, frozen or not, do not change. What was put on an agenda here stays as it was said.

    Raises `PermissionDenied`/`Http404` when `by` may not convene in the upper body's space, `ValidationError` without a word, or
    when it was answered or taken back already."""
    policy.require(by, Ability.CONVENE_MEETING, escalation.to_body.space)
    escalation = _waiting(escalation)
    if state not in {EscalationState.TREATED, EscalationState.RETURNED}:
        raise ValidationError({"state": "Dites si elle est traitée ou renvoyée."})
    escalation.answer = answer.replace("\r\n", "\n").strip()
    if not escalation.answer:
        raise ValidationError({"answer": "Écrivez la réponse\u00a0: c’est elle que le territoire lira."})
    _close(escalation, state, by)
    escalation.clean_fields(exclude=["from_space", "from_body", "meeting", "to_body", "item", "sent_by", "closed_by"])
    escalation.save()
    AgendaItem.objects.filter(pk=escalation.item_id or 0, meeting=None).update(state=ItemState.TREATED)
    log(escalation.to_body, f"meetings.escalation.{state}", user=by, data={"escalation": str(escalation.uuid)})
    words = "Réponse à votre remontée" if state == EscalationState.TREATED else "Remontée renvoyée"
    _tell(escalation, escalation.from_space, "escalation.answered", words, by)
    if escalation.from_body:
        carry_over(escalation.from_body)
    return escalation


@transaction.atomic
def withdraw_escalation(*, escalation: Escalation, by: "User") -> Escalation:
    """Take it back: the upper body reads it no more. Raises `PermissionDenied`/`Http404` when `by` may not convene in the space
    that it comes from, `ValidationError` once it was answered, or spoken of in a meeting."""
    policy.require(by, Ability.CONVENE_MEETING, escalation.from_space)
    escalation = _waiting(escalation)
    item = escalation.item
    if item and item.meeting and item.meeting.state in _OVER:
        raise ValidationError("Ce point a déjà été examiné en séance\u00a0: attendez la réponse.")
    if item and item.meeting and item.meeting.state != MeetingState.DRAFT:
        item.state, item.description = ItemState.WITHDRAWN, f"Retiré par {escalation.origin}."
        item.save(update_fields=["state", "description"])
    elif item:
        item.delete()
        escalation.item = None
    _close(escalation, EscalationState.WITHDRAWN, by)
    escalation.save()
    log(escalation.meeting or escalation.from_space, "meetings.escalation.withdrawn", user=by)
    withdraw_events(escalation)
    return escalation


def remind_of_answers() -> int:
    """Once a sitting has spoken of it, tell those who run the upper body every `REMIND_DAYS` that its answer is waited for: the agenda
    of the territory has nothing else to come back to. Returns of how many. Asks no right: the schedule calls it."""
    today = timezone.localdate()
    lately = Q(reminded_on__gt=today - timedelta(days=REMIND_DAYS))
    due = Escalation.objects.spoken_of(timezone.now()).exclude(lately).select_related("to_body__space")
    count = 0
    for escalation in due.order_by("pk"):
        with transaction.atomic():
            # Two workers at once: the second finds nothing to update.
            if Escalation.objects.to_answer().filter(pk=escalation.pk).exclude(lately).update(reminded_on=today):
                _tell(escalation, escalation.to_body.space, "escalation.waiting", "Réponse attendue", None)
                count += 1
    return count


def _waiting(escalation: Escalation) -> Escalation:
    """The row as it is now, held: an answer and a withdrawal never cross."""
    related = ("from_space", "from_body", "to_body__space", "meeting", "item__meeting")
    found = Escalation.objects.select_for_update(of=("self",)).select_related(*related).get(pk=escalation.pk)
    if found.state == EscalationState.WITHDRAWN:
        raise ValidationError("Cette remontée a été retirée.")
    if found.state != EscalationState.SENT:
        raise ValidationError("Cette remontée a déjà reçu sa réponse.")
    return found


def _close(escalation: Escalation, state: EscalationState, by: "User") -> None:
    escalation.state, escalation.closed_at, escalation.closed_by = state, timezone.now(), by


def _tell(escalation: Escalation, space: Space, kind: str, words: str, by: "User | None") -> None:
    record_event(
        space=space,
        kind=kind,
        about=escalation,
        title=f"{words}\u00a0: {escalation.title}",
        url=escalation.get_absolute_url(),
        actor=by,
    )
