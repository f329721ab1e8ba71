"""What the tests of what is put up to upper bodies do over and over."""

from datetime import timedelta

from django.utils import timezone

from meetings.actions import prepare_meeting
from meetings.actions.escalations import answer_escalation
from meetings.enums import EscalationState, MeetingState
from meetings.models import Body, Escalation, Meeting


def coming(body: Body, by, days: int = 7, *, draft: bool = True) -> Meeting:
    starts_at = timezone.now() + timedelta(days=days)
    meeting = prepare_meeting(
        space=body.space, body=body, by=by, title="Séance", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    if not draft:
        Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CONVENED)
        meeting.refresh_from_db()
    return meeting


def step(one: Escalation) -> str:
    return Escalation.objects.with_step().get(pk=one.pk).step


def answer(one: Escalation, by, words: str = "Chaque structure.", state=EscalationState.TREATED) -> Escalation:
    return answer_escalation(escalation=one, by=by, state=state, answer=words)
