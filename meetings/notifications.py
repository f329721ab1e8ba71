"""What is told of meetings. Convocations are letters of their own: they go to those who are invited, whatever they have chosen."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from meetings.dates import span_in_words
from meetings.enums import AmendmentState, MeetingState
from meetings.models import Amendment, Body, Escalation, Invitee, Meeting, Minutes
from meetings.queries.minutes import state_in_words
from notifications.enums import Category, Timing
from notifications.registry import Details, Followable, Notification, register, register_followable
from notifications.subjects import ids_of, subject_for
from spaces.enums import Ability
from spaces.queries import animation_team, managers_of

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import Event


class AboutMeeting(Notification):
    category = Category.MEETINGS
    action = "Voir la réunion"

    @classmethod
    def followed(cls, event: "Event") -> list[str]:
        return [event.subject, *_bodies_of(event)]

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


def _bodies_of(event: "Event") -> list[str]:
    """The body whose meeting it is: whoever follows it is told."""
    return [subject_for(body) for body in Body.objects.filter(meetings__in=ids_of([event]))]


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


@register
class MeetingPostponed(AboutMeeting):
    """Whoever reads the space may have noted the date, called or not."""

    kind = "meeting.postponed"
    name = "Réunion reportée"

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        found = Meeting.objects.select_related("postponed_to").in_bulk(ids_of(events).keys())
        return {
            event_id: Details(facts=_put_off(found[pk]))
            for pk, some in ids_of(events).items()
            if pk in found
            for event_id in some
        }


def _put_off(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    to, was = meeting.postponed_to, span_in_words(meeting.starts_at, meeting.ends_at)
    is_told = to is not None and to.state != MeetingState.DRAFT
    return ("Était prévue", was), ("Nouvelle date", span_in_words(to.starts_at, to.ends_at) if is_told else "à venir")


class AboutMinutes(Notification):
    """Read once a day at most: what waits for an answer comes to the participants as a letter of its own."""

    category = Category.MEETINGS
    default = Timing.DAILY
    action = "Lire le compte rendu"

    @classmethod
    def followed(cls, event: "Event") -> list[str]:
        return [event.subject, *_bodies_of(event)]

    @classmethod
    def things(cls, events: "Sequence[Event]") -> Mapping[int, str]:
        """The document that they are: its new version is not told beside them."""
        ids = ids_of(events)
        kept = Minutes.objects.filter(meeting__in=ids, document__isnull=False).select_related("document").order_by("pk")
        return {event_id: subject_for(minutes.document) for minutes in kept for event_id in ids[minutes.meeting_id]}

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        found = Minutes.objects.in_bulk(ids_of(events).keys(), field_name="meeting_id")
        return {
            event_id: Details(text=cls.words(found[pk]))
            for pk, some in ids_of(events).items()
            if pk in found
            for event_id in some
        }

    @classmethod
    def words(cls, minutes: Minutes) -> str:
        return state_in_words(minutes)


@register
class MinutesCirculated(AboutMinutes):
    kind = "minutes.circulated"
    name = "Compte rendu diffusé"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User]":
        """Not those who were invited: the letter has told them."""
        invited = Invitee.objects.filter(meeting__in=ids_of([event]), user__isnull=False)
        return get_user_model().objects.exclude(pk__in=invited.values("user")).order_by()


@register
class MinutesApproved(AboutMinutes):
    kind = "minutes.approved"
    name = "Compte rendu approuvé"


@register
class MinutesCorrected(AboutMinutes):
    kind = "minutes.corrected"
    name = "Erratum"

    @classmethod
    def words(cls, minutes: Minutes) -> str:
        last = minutes.errata.order_by("number").last()
        return last.text if last else ""


@register
class MeetingRestored(AboutMeeting):
    kind = "meeting.restored"
    name = "Réunion rétablie"


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


@register
class EscalationWaiting(EscalationReceived):
    """Those who run the upper body: its sitting has spoken of it, and nothing was answered."""

    kind = "escalation.waiting"
    name = "Remontée sans réponse"
    action = "Répondre au territoire"


class AboutAmendment(Notification):
    category = Category.MEETINGS
    action = "Lire les amendements"

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        found = Amendment.objects.select_related("item").in_bulk(ids_of(events).keys())
        return {
            event_id: Details(text=found[pk].text, facts=_said_of(found[pk]))
            for pk, some in ids_of(events).items()
            if pk in found
            for event_id in some
        }


def _said_of(amendment: Amendment) -> tuple[tuple[str, str], ...]:
    facts = [("Point", amendment.item.title if amendment.item else "")]
    if amendment.state != AmendmentState.PROPOSED:
        facts += [("Suite", amendment.get_state_display()), ("Réponse", amendment.answer)]
    return tuple((label, value) for label, value in facts if value)


def _organisers(event: "Event") -> "QuerySet[User]":
    """Who answers amendments: those who run the space, or the regional animation where nobody does."""
    managers = managers_of(event.space)
    return managers if managers.exists() else animation_team()


@register
class AmendmentProposed(AboutAmendment):
    kind = "amendment.proposed"
    name = "Amendement proposé"
    ability = Ability.CONVENE_MEETING
    action = "Répondre à l’amendement"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User]":
        return _organisers(event)


@register
class AmendmentSettled(AboutAmendment):
    kind = "amendment.settled"
    name = "Réponse à votre amendement"

    @classmethod
    def audience(cls, event: "Event") -> list[int]:
        """Whoever proposed it."""
        authors = Amendment.objects.filter(pk__in=ids_of([event])).values_list("proposed_by", flat=True)
        return [pk for pk in authors if pk is not None]


@register
class AmendmentsWaiting(AboutAmendment):
    """The deadline has passed, and the minutes cannot be approved yet; or it passes, and leaves out what was noted since."""

    kind = "amendment.waiting"
    name = "Compte rendu à terminer"
    action = "Voir ce qui attend"
    ability = Ability.CONVENE_MEETING

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User]":
        return _organisers(event)

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        waiting = {one.pk: one for one in Minutes.objects.unfinished().filter(pk__in=ids_of(events).keys())}
        return {
            event_id: Details(text=waiting[pk].what_waits)
            for pk, some in ids_of(events).items()
            if pk in waiting
            for event_id in some
        }


def followable_bodies(user: "User", ids: Collection[int]) -> dict[int, Followable]:
    readable = Body.objects.visible_to(user).filter(pk__in=ids).select_related("space")
    return {body.pk: Followable(f"{body.name} ({body.space.name})", body.get_absolute_url()) for body in readable}


register_followable("meetings.body", "Instance", followable_bodies)
