"""From a draft to a meeting to which people are called, and what is sent to them when it changes."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.journal import log
from meetings import convocations
from meetings.actions.agenda import hand_over
from meetings.actions.carry_over import carry_over
from meetings.actions.invitees import send
from meetings.actions.meetings import locked, tell_space
from meetings.enums import Answer, MeetingState
from meetings.models import Invitee, Meeting, MeetingQuerySet
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

REMIND_DAYS_BEFORE = 3
"""A reminder leaves that many days before the answer is due, or before the meeting when no day was set."""
REMIND_AFTER_DAYS = 2
"""Nobody is reminded of what they received less than that many days ago."""


@transaction.atomic
def convene_meeting(*, meeting: Meeting, by: "User", answer_by: date | None = None) -> int:
    """Call the invitees: one mail to each who has had none, and the meeting is in everybody's calendar. Returns how many
    were written to; calling twice writes once.

    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when nobody is invited, when the
    meeting is over, cancelled or put off, or when the answer would be due after it."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if meeting.state not in {MeetingState.DRAFT, MeetingState.CONVENED} or meeting.starts_at <= timezone.now():
        raise ValidationError("On ne convoque qu’à une réunion à venir. Changez d’abord sa date.")
    if answer_by and answer_by > timezone.localdate(meeting.starts_at):
        raise ValidationError({"answer_by": "La réponse est attendue au plus tard le jour de la réunion."})
    called = Invitee.objects.filter(meeting=meeting).still_called(meeting.space)
    waiting = list(called.filter(told_sequence=None).select_related("user"))
    if not waiting and not called.exists():
        raise ValidationError("Personne n’est invité. Choisissez d’abord les invités.")
    if meeting.state == MeetingState.DRAFT or waiting:
        is_new = meeting.state == MeetingState.DRAFT
        if not is_new:
            meeting.sequence += 1  # they may have been on the list before (`invitees.next_revision`)
        meeting.state, meeting.answer_by = MeetingState.CONVENED, answer_by
        meeting.convened_at = meeting.convened_at or timezone.now()
        meeting.save()
        if is_new:
            tell_space(meeting, "meeting.scheduled", by)
        log(meeting, "meetings.meeting.convened", user=by, data={"count": len(waiting)})
    if meeting.body:
        carry_over(meeting.body)
    return send(meeting, waiting, convocations.CONVOCATION, by=by)


@transaction.atomic
def resend_convocation(*, meeting: Meeting, by: "User") -> int:
    """The agenda has changed since the convocation: everybody receives it again, under the next SEQUENCE. Raises as
    `convene_meeting`."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if reason := convocations.why_closed(meeting):
        raise ValidationError(reason)
    meeting.sequence += 1
    meeting.save()
    log(meeting, "meetings.meeting.sent_again", user=by)
    return send(meeting, _told(meeting), convocations.CHANGE, by=by)


@transaction.atomic
def postpone_meeting(*, meeting: Meeting, by: "User", to: Meeting | None = None) -> Meeting:
    """Put off without a date, or to another meeting already planned (`to`), which speaks of its items: everybody is told, and
    calendars are freed. Giving it a new date later, or at once (`change_meeting`), calls everybody again under the same UID.

    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when it is not to come, or `to` is not a
    meeting to come of the same body, or has no room for them."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if meeting.state == MeetingState.POSTPONED:
        return meeting
    if convocations.why_closed(meeting):
        raise ValidationError("On ne reporte qu’une réunion à venir.")
    if to and not others_to_come(meeting).filter(pk=to.pk).exists():
        raise ValidationError({"to": "Choisissez une réunion à venir de la même instance."})
    meeting.state, meeting.postponed_to = MeetingState.POSTPONED, to
    meeting.sequence += 1
    meeting.save()
    tell_space(meeting, "meeting.postponed", by)
    send(meeting, _told(meeting), convocations.POSTPONEMENT, by=by)
    if to:
        hand_over(meeting=meeting, to=to, by=by)
    if meeting.body:
        carry_over(meeting.body)
    return meeting


def others_to_come(meeting: Meeting) -> MeetingQuerySet:
    """To which its items may be put off: the other announced meetings of its body."""
    return Meeting.objects.expected().upcoming().filter(body__isnull=False, body=meeting.body_id).exclude(pk=meeting.pk)


@transaction.atomic
def remind_now(*, meeting: Meeting, by: "User") -> int:
    """Write again to those who were called and have not answered; returns how many. Raises as `convene_meeting`."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if reason := convocations.why_closed(locked(meeting)):
        raise ValidationError(reason)
    return _remind(meeting, _told(meeting, Q(answer=Answer.NONE)), by=by)


def remind_unanswered() -> int:
    """Remind, once each, those who have not answered as the day comes near; returns how many. Asks no right: the schedule
    calls it, and running it twice reminds once."""
    today, now = timezone.localdate(), timezone.now()
    near = timezone.now() + timedelta(days=REMIND_DAYS_BEFORE)
    due = Meeting.objects.filter(
        Q(answer_by__lte=today + timedelta(days=REMIND_DAYS_BEFORE)) | Q(answer_by=None, starts_at__lte=near),
        state=MeetingState.CONVENED,
        starts_at__gt=now,
        convened_at__lte=now - timedelta(days=REMIND_AFTER_DAYS),
    )
    count = 0
    for meeting in due.select_related("space", "created_by").order_by("pk"):
        with transaction.atomic():
            silent = Q(answer=Answer.NONE, reminded_at=None, created_at__lte=now - timedelta(days=REMIND_AFTER_DAYS))
            count += _remind(meeting, _told(locked(meeting), silent), by=meeting.created_by)
    return count


def close_past_meetings() -> int:
    """A meeting that was not cancelled has been held once its end is past. Returns how many. For the schedule."""
    over = Meeting.objects.filter(state=MeetingState.CONVENED, ends_at__lt=timezone.now())
    return over.update(state=MeetingState.HELD, held_at=F("ends_at"))


def _remind(meeting: Meeting, invitees: list[Invitee], *, by: "User | None") -> int:
    told = convocations.tell(meeting, invitees, convocations.REMINDER, by=by)
    Invitee.objects.filter(pk__in=[one.pk for one in told]).update(reminded_at=timezone.now())
    if told:
        log(meeting, "meetings.meeting.reminded", user=by, data={"count": len(told)})
    return len(told)


def _told(meeting: Meeting, which: Q | None = None) -> list[Invitee]:
    told = Invitee.objects.filter(which or Q(), meeting=meeting, told_sequence__isnull=False)
    return list(told.select_related("user"))
