"""What is told of meetings. Convocations are letters of their own: they go to those who are invited, whatever they have chosen."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from meetings.dates import span_in_words
from meetings.models import Escalation, Invitee, Meeting
from notifications.enums import Category
from notifications.registry import Details, Notification, register
from notifications.subjects import ids_of
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import Event


class AboutMeeting(Notification):
    category = Category.MEETINGS
    action = "Voir la réunion"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User]":
        """Not those whom a convocation has told already: what changes comes to them with the entry for their calendar."""
        convened = Invitee.objects.filter(meeting__in=ids_of([event]), told_sequence__isnull=False, user__isnull=False)
        return get_user_model().objects.exclude(pk__in=convened.values("user")).order_by()

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        meetings = Meeting.objects.in_bulk(ids_of(events).keys())
        return {
            event_id: Details(text=meetings[pk].description, facts=_facts(meetings[pk]))
            for pk, some in ids_of(events).items()
            if pk in meetings
            for event_id in some
        }


def _facts(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    facts = [("Quand", span_in_words(meeting.starts_at, meeting.ends_at)), ("Où", meeting.place or meeting.link)]
    return tuple((label, value) for label, value in facts if value)


@register
class MeetingScheduled(AboutMeeting):
    kind = "meeting.scheduled"
    name = "Réunion"


@register
class MeetingChanged(AboutMeeting):
    kind = "meeting.changed"
    name = "Réunion modifiée"


@register
class MeetingCancelled(AboutMeeting):
    kind = "meeting.cancelled"
    name = "Réunion annulée"


class AboutEscalation(Notification):
    """Whoever runs the side that it reaches is told; the others read it in the space's activity."""

    category = Category.MEETINGS
    ability = Ability.CONVENE_MEETING

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        found = Escalation.objects.in_bulk(ids_of(events).keys())
        return {
            event_id: cls.words(found[pk]) for pk, some in ids_of(events).items() if pk in found for event_id in some
        }

    @classmethod
    def words(cls, escalation: Escalation) -> Details:
        raise NotImplementedError


@register
class EscalationReceived(AboutEscalation):
    kind = "escalation.received"
    name = "Remontée"
    action = "Lire la remontée"

    @classmethod
    def words(cls, escalation: Escalation) -> Details:
        return Details(text=escalation.text, facts=(("Remonté par", escalation.origin),))


@register
class EscalationAnswered(AboutEscalation):
    kind = "escalation.answered"
    name = "Réponse à une remontée"
    action = "Lire la réponse"

    @classmethod
    def words(cls, escalation: Escalation) -> Details:
        return Details(text=escalation.answer, facts=(("Suite", escalation.get_state_display()),))
