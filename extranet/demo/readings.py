"""What has to be read: an announcement to everybody and a document of one territory, read by some and not yet by others."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from acknowledgements import queries, subjects
from acknowledgements.actions import ask_acknowledgement
from acknowledgements.models import Acknowledgement, AcknowledgementRequest
from documents.models import Document
from extranet.demo.dates import in_days
from pages.models import AnnouncementPage
from spaces.models import Space

HAVE_READ = 3
"""Of five people, by the order of their names."""


def load(animation: User, coordinator: User, spaces: dict[str, Space]) -> int:
    """Returns how many readings are asked."""
    announcement = (
        AnnouncementPage.objects.current().filter(space=spaces["commun"]).order_by("-is_pinned", "pk").first()
    )
    document = (
        Document.objects.visible_to(coordinator).filter(space=spaces["lille"]).order_by("-published_at", "pk").first()
    )
    asked = 0
    if announcement is not None:
        asked += _ask("annonce", announcement.pk, spaces["commun"], animation, in_days(5))
    if document is not None:
        asked += _ask("document", document.pk, spaces["lille"], coordinator, in_days(9))
    return asked


def _ask(kind: str, object_id: int, space: Space, by: User, deadline: date) -> int:
    request = ask_acknowledgement(kind=kind, object_id=object_id, space=space, by=by, deadline=deadline)
    current = subjects.find(by, [request.subject])[request.subject]
    people = queries.coverage(request, current).people
    asked_at = max(current.version_since, timezone.now() - timedelta(days=6))
    AcknowledgementRequest.objects.filter(pk=request.pk).update(asked_at=asked_at)
    for rank, person in enumerate(people):
        if rank % 5 < HAVE_READ:
            said = Acknowledgement.objects.create(request=request, user_id=person.user_id, version=current.version)
            Acknowledgement.objects.filter(pk=said.pk).update(at=_some_time_after(asked_at, rank))
    return 1


def _some_time_after(moment: datetime, rank: int) -> datetime:
    return min(moment + timedelta(hours=5 + rank % 40, minutes=rank * 7 % 60), timezone.now())
