"""What is told when something that is already there is to be read. A new announcement says it itself (see `reading_facts`)."""

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
    reason = "la lecture de ce document vous est demandée"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User]":
        """Those who have not read it yet, in the spaces that whoever asks manages today."""
        request = _requests(cls.kind, [event]).get(event.pk)
        current = subjects.for_author(request) if request else None
        if request is None or current is None:
            return User.objects.none()
        return queries.outstanding(request, queries.within_reach(request.asked_by, current)).order_by()

    @classmethod
    def still_for(cls, user: "User", events: "Sequence[Event]") -> set[int]:
        """What they have not said meanwhile to have read."""
        waiting = {row.request_id for row in queries.to_read(user)}
        return {event_id for event_id, request in _requests(cls.kind, events).items() if request.pk in waiting}

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        return {
            event_id: Details(facts=queries.facts_of(request))
            for event_id, request in _requests(cls.kind, events).items()
        }


def _requests(news: str, events: "Sequence[Event]") -> dict[int, AcknowledgementRequest]:
    """By event, what is asked today of what it names."""
    subject, ids = subjects.asked_by(news), ids_of(events)
    sources = subject.sources(ids.keys())
    rows = AcknowledgementRequest.objects.filter(kind=subject.key, object_id__in=sources.values(), stopped_at=None)
    asked = {request.object_id: request for request in rows.select_related("asked_by")}
    return {event_id: asked[source] for pk, source in sources.items() if source in asked for event_id in ids[pk]}
