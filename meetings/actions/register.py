"""What becomes of actions once they are noted."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from directory.models import Structure
from documents.models import Document
from mail.actions import queue_mail
from meetings.enums import ActionStatus, MinutesState
from meetings.models import Action, ActionUpdate, Meeting
from meetings.queries.minutes import absolute
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

REMIND_EVERY_DAYS = 7


def may_update(user: "User", action: Action) -> bool:
    """Whoever has to do it, and those who write in the space."""
    mine = action.person_id == user.pk and policy.can(user, Ability.VIEW_SPACE, action.meeting.space)
    return mine or policy.can(user, Ability.ADD_DOCUMENT, action.meeting.space)


@transaction.atomic
def note_apart(
    *,
    meeting: Meeting,
    by: "User",
    text: str,
    person: "User | None" = None,
    structure: Structure | None = None,
    due_on: date | None = None,
) -> Action:
    """Put in the register what a meeting led to, outside its minutes: these may be frozen, and do not change.

    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when a field is wrong or nobody is
    named."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    action = Action(
        meeting=meeting,
        text=" ".join(text.split()),
        person=person,
        structure=structure,
        due_on=due_on,
        is_apart=True,
        created_by=by,
    )
    if not (person or structure):
        raise ValidationError({"structure": "Dites qui s’en charge\u00a0: une structure ou une personne."})
    action.full_clean(exclude=["meeting", "item", "person", "structure", "created_by"])
    action.save()
    log(meeting, "meetings.action.noted", user=by, data={"action": str(action.uuid)})
    return action


@transaction.atomic
def update_action(
    *, action: Action, by: "User", status: str, comment: str = "", link: str = "", document: Document | None = None
) -> ActionUpdate:
    """Say what became of it. Raises `PermissionDenied`/`Http404`, `ValidationError` when nothing is said or a field is wrong."""
    policy.require(by, Ability.VIEW_SPACE, action.meeting.space)
    if not may_update(by, action):
        raise PermissionDenied
    action = Action.objects.select_for_update(of=("self",)).select_related("meeting__space").get(pk=action.pk)
    update = ActionUpdate(
        action=action, by=by, status=status, comment=comment.strip(), link=link.strip(), document=document
    )
    update.full_clean(exclude=["action", "by", "document"])
    if status == action.status and not (update.comment or update.link or document):
        raise ValidationError("Dites ce qui a été fait, ou changez l’état.")
    update.save()
    action.status = status
    action.closed_at = None if status == ActionStatus.OPEN else action.closed_at or timezone.now()
    action.save(update_fields=["status", "closed_at"])
    log(action.meeting, "meetings.action.updated", user=by, data={"action": str(action.uuid), "status": status})
    return update


def remind_late() -> int:
    """Write once a week to whoever is late on an action they may still read. Returns how many messages. Asks no right."""
    today = timezone.localdate()
    limit = today - timedelta(days=REMIND_EVERY_DAYS)
    late = Action.objects.late().filter(
        Q(is_apart=True) | Q(meeting__minutes__state__in=[MinutesState.CIRCULATED, MinutesState.APPROVED]),
        person__is_active=True,
    )
    by_person: dict[User, list[Action]] = {}
    for action in late.select_related("person", "meeting__space").order_by("person", "due_on", "pk"):
        person: Any = action.person
        is_due = action.reminded_on is None or action.reminded_on <= limit
        if is_due and person and policy.can(person, Ability.VIEW_SPACE, action.meeting.space):
            by_person.setdefault(person, []).append(action)
    for person, actions in by_person.items():
        _remind(person, actions)
    return len(by_person)


@transaction.atomic
def _remind(person: "User", actions: list[Action]) -> None:
    """Claimed before it is written: run twice, it writes once."""
    today = timezone.localdate()
    claimed = Action.objects.filter(pk__in=[one.pk for one in actions]).exclude(reminded_on=today)
    if not claimed.update(reminded_on=today):
        return
    queue_mail(
        to=person.email,
        template="meetings/email/actions_late",
        context={
            "person": person,
            "actions": [(one, absolute(one.get_absolute_url())) for one in actions],
            "why": "Vous recevez ce message, une fois par semaine au plus, parce que ces actions vous sont confiées.",
        },
    )
