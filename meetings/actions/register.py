"""What becomes of actions once they are noted."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.journal import log
from directory.models import Structure
from documents.models import Document
from mail.actions import queue_mail
from meetings import leaving
from meetings.enums import ActionStatus
from meetings.models import Action, ActionUpdate, Meeting
from meetings.models.minutes import ActionQuerySet
from meetings.queries.minutes import absolute, who_does
from spaces import policy
from spaces.enums import Ability
from spaces.models import Membership
from spaces.queries import managers_of

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
        is_told=True,
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
    if document and not Document.objects.visible_to(by).filter(pk=document.pk, space=action.meeting.space_id).exists():
        raise ValidationError({"document": "Choisissez un document de cet espace."})
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


@transaction.atomic
def pass_actions(actions: ActionQuerySet, *, to: "User", by: "User") -> None:
    """Entrust open actions to somebody else; the history of each says so. Raises `PermissionDenied`/`Http404` when `by` may not convene
    where one was noted."""
    held = list(actions.select_for_update(of=("self",)).select_related("person", "meeting__space"))
    for space in {one.meeting.space for one in held}:
        policy.require(by, Ability.CONVENE_MEETING, space)
    ActionUpdate.objects.bulk_create(
        ActionUpdate(action=one, by=by, status=one.status, comment=f"Confiée à {to}, après {who_does(one)}.")
        for one in held
    )
    for one in held:
        log(one.meeting, "meetings.action.passed", user=by, data={"action": str(one.uuid), "to": to.pk})
    Action.objects.filter(pk__in=[one.pk for one in held]).update(person=to, person_name="", reminded_on=None)


@transaction.atomic
def remind_late() -> int:
    """Write once a week to whoever answers for an action that is late. Returns how many messages. Asks no right; claimed in the
    transaction that writes, it writes once when run twice."""
    today = timezone.localdate()
    late = Action.objects.late().filter(
        Q(reminded_on=None) | Q(reminded_on__lte=today - timedelta(days=REMIND_EVERY_DAYS)),
        is_told=True,
    )
    related = late.select_for_update(of=("self",)).select_related("person", "structure", "meeting__space")
    by_person: dict[User, list[Action]] = {}
    for action in related.order_by("due_on", "pk"):
        for person in _answers_for(action):
            by_person.setdefault(person, []).append(action)
    for person, actions in by_person.items():
        _remind(person, actions)
    told = {action.pk for actions in by_person.values() for action in actions}
    Action.objects.filter(pk__in=told).update(reminded_on=today)
    return len(by_person)


def _answers_for(action: Action) -> "list[User]":
    """Whoever has to do it, as long as they read the space; else those who represent its structure there; else those who run the
    space. Nobody is reminded of what they may not read."""
    space, person = action.meeting.space, cast("User | None", action.person)
    if person and person.is_active and policy.can(person, Ability.VIEW_SPACE, space):
        return [person]
    if action.structure_id:
        mandates = Membership.objects.in_force().filter(space=space, structure=action.structure_id)
        holders = get_user_model().objects.active().filter(pk__in=mandates.values("user"))
        if people := list(holders.order_by("pk")):
            return people
    return list(managers_of(space).order_by("pk"))


def _remind(person: "User", actions: list[Action]) -> None:
    is_theirs = all(one.person_id == person.pk for one in actions)
    why = (
        "vous sont confiées"
        if is_theirs
        else "vous sont confiées, à vous, à votre structure ou à l’espace que vous animez"
    )
    mail = queue_mail(
        to=person.email,
        template="meetings/email/actions_late",
        context={
            "person": person,
            "actions": [(one, who_does(one), absolute(one.get_absolute_url())) for one in actions],
            "why": f"Vous recevez ce message, une fois par semaine au plus, parce que ces actions {why}.",
        },
        gate=leaving.GATE,
    )
    leaving.hold((mail.pk, person.pk, space) for space in {one.meeting.space_id for one in actions})
