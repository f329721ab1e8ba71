"""A file of the space stands for the minutes of a meeting."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.journal import log
from documents.models import Document
from meetings.enums import MinutesState
from meetings.models import DepositedMinutes, Meeting, Minutes
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


@transaction.atomic
def attach_minutes(*, meeting: Meeting, document: "UUID", by: "User") -> DepositedMinutes:
    """From now, that document of the space is the minutes of the meeting; another one that stood there no longer is.

    Raises `PermissionDenied`/`Http404` without CONVENE_MEETING, `Http404` when `by` does not read such a document in the space,
    `ValidationError` before the meeting, when minutes written on the site have been circulated, or when the document is another meeting's."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("space").get(pk=meeting.pk)
    found = get_object_or_404(Document.objects.visible_to(by), uuid=document, space=meeting.space_id)
    if meeting.starts_at > timezone.now():
        raise ValidationError("La réunion n’a pas encore eu lieu.")
    if Minutes.objects.filter(meeting=meeting).exclude(state=MinutesState.DRAFT).exists():
        raise ValidationError(
            "Le compte rendu de cette réunion a été diffusé depuis le site\u00a0: il ne se remplace pas."
        )
    if DepositedMinutes.objects.filter(document=found).exclude(meeting=meeting).exists():
        raise ValidationError("Ce document est déjà le compte rendu d’une autre réunion.")
    attached, _ = DepositedMinutes.objects.update_or_create(
        meeting=meeting, defaults={"document": found, "attached_by": by}
    )
    log(meeting, "meetings.minutes.attached", user=by, data={"document": str(found.uuid)})
    return attached


@transaction.atomic
def detach_minutes(*, meeting: Meeting, by: "User") -> None:
    """The document stays where it is. Raises `PermissionDenied`/`Http404` without CONVENE_MEETING."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if DepositedMinutes.objects.filter(meeting=meeting).delete()[0]:
        log(meeting, "meetings.minutes.detached", user=by)
