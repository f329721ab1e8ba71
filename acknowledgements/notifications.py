"""What is told when a document that is already there is to be read. An announcement says it itself (see `reading_facts`)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from accounts.models import User
from acknowledgements import queries, subjects
from acknowledgements.models import AcknowledgementRequest
from notifications.enums import Category, Timing
from notifications.registry import Details, Notification, register
from notifications.subjects import ids_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from notifications.models import Event


@register
class ReadingAsked(Notification):
    kind = "acknowledgement.asked"
    name = "À lire"
    category = Category.DOCUMENTS
    default = Timing.AT_ONCE
    action = "Lire, puis confirmer"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User]":
        """Those who have not read it yet."""
        requests = AcknowledgementRequest.objects.filter(kind__in=_kinds(event), stopped_at=None)
        request = requests.filter(object_id__in=ids_of([event])).select_related("asked_by").first()
        current = subjects.for_author(request) if request else None
        return queries.outstanding(request, current).order_by() if request and current else User.objects.none()

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        return {
            event.pk: Details(facts=queries.reading_facts(kind, [pk]).get(pk, ()))
            for event in events
            for kind in _kinds(event)
            for pk in ids_of([event])
        }


def _kinds(event: "Event") -> list[str]:
    """What acknowledgements call the object that the event names."""
    return subjects.keys_of(event.subject.partition(":")[0])
