"""The file that stands for a meeting's minutes, and those that could."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from documents.enums import DocumentKind
from documents.models import Document
from meetings.enums import MinutesState
from meetings.models import DepositedMinutes, Meeting, Minutes

if TYPE_CHECKING:
    from accounts.models import User

OFFERED = 30
"""Documents that are offered, the latest first."""
FOLDER = "comptes-rendus"


@dataclass(frozen=True)
class Deposited:
    """`choices` are (uuid, title) of the files that the organiser may attach; empty for anybody else."""

    title: str
    url: str
    can_attach: bool
    choices: list[tuple[UUID, str]]
    deposit_url: str


def deposited(user: "User", meeting: Meeting, minutes: Minutes | None, may_convene: bool) -> Deposited | None:
    """For the page of a meeting that is over; None before, and once minutes
    written on the site have been circulated. Two queries at the most."""
    is_told = minutes is not None and minutes.state != MinutesState.DRAFT
    if is_told or meeting.starts_at > timezone.now() or meeting.cancelled_at:
        return None
    attached = DepositedMinutes.objects.visible_to(user).filter(meeting=meeting)
    title, uuid = attached.values_list("document__title", "document__uuid").first() or ("", None)
    free = Document.objects.visible_to(user).filter(space=meeting.space, kind=DocumentKind.MINUTES, minutes_of=None)
    free = free.filter(minutes=None).order_by("-published_at", "-pk")
    return Deposited(
        title,
        reverse("documents:document", args=[uuid]) if uuid else "",
        may_convene,
        list(free.values_list("uuid", "title")[:OFFERED]) if may_convene and not uuid else [],
        f"{reverse('documents:upload', args=[meeting.space.slug])}?dossier={FOLDER}",
    )
