"""What a meeting leaves to the next: nothing open is forgotten. Run as often as one likes: it does each thing once."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings.dates import long_day
from meetings.enums import EscalationState, ItemState, MeetingState, MinutesState, Purpose
from meetings.models import AgendaItem, Body, Escalation, Meeting, Minutes

_COMING = [MeetingState.DRAFT, MeetingState.CONVENED]
_GIVEN_UP = [MeetingState.CANCELLED, MeetingState.POSTPONED]
LEFT = Q(carried_from__isnull=False) | Q(approves__isnull=False)
"""Items that an earlier meeting left to a later one."""


def next_meeting(body: Body) -> Meeting | None:
    """The body's next meeting yet to be held, drafts included."""
    coming = Meeting.objects.filter(body=body, state__in=_COMING, ends_at__gte=timezone.now())
    return coming.order_by("starts_at", "pk").first()


@transaction.atomic
def carry_over(body: Body) -> int:
    """Put on the next agenda of `body`: first, the approval of the last minutes not yet approved; last, the items postponed and
    not yet taken up, and what upper bodies have answered. Returns how many items came. Asks no right: it follows from what others have done."""
    Body.objects.select_for_update().get(pk=body.pk)
    meeting = next_meeting(body)
    if meeting is None:
        return 0
    approvals = [*_waiting_elsewhere(meeting, Q(approves__isnull=False)), *_approvals(meeting)]
    postponed = [*_waiting_elsewhere(meeting, Q(carried_from__isnull=False)), *_postponed(meeting)]
    last = [*postponed, *_answers(meeting)]
    if approvals or last:
        _place(meeting, approvals, last)
    return len(approvals) + len(last)


def carry_over_everywhere() -> int:
    """Every body that has a meeting to come; the sweep behind the actions that call `carry_over` themselves."""
    coming = Meeting.objects.filter(state__in=_COMING, ends_at__gte=timezone.now()).exclude(body=None)
    bodies = Body.objects.filter(pk__in=coming.order_by().values("body")).order_by("pk")
    return sum(carry_over(body) for body in bodies)


def _waiting_elsewhere(meeting: Meeting, which: Q) -> Iterable[AgendaItem]:
    """Already carried, to a meeting that was then given up, or to a later draft: it comes to this one."""
    later_draft = Q(meeting__state=MeetingState.DRAFT, meeting__starts_at__gt=meeting.starts_at)
    found = AgendaItem.objects.filter(which, meeting__body=meeting.body, state=ItemState.OPEN)
    found = found.filter(Q(meeting__state__in=_GIVEN_UP) | later_draft).exclude(meeting=meeting)
    return found.order_by("meeting__starts_at", "position", "pk")


def _approvals(meeting: Meeting) -> Iterable[AgendaItem]:
    """One for each minutes circulated and not approved; again when the meeting that should have approved them is over."""
    earlier = Minutes.objects.filter(
        meeting__body=meeting.body, meeting__starts_at__lt=meeting.starts_at, state=MinutesState.CIRCULATED
    )
    is_over = Q(approval_item__meeting__state__in=[MeetingState.HELD, MeetingState.CIRCULATED, MeetingState.APPROVED])
    pending = earlier.filter(Q(approval_item=None) | is_over)
    for minutes in pending.select_related("meeting").order_by("meeting__starts_at", "pk"):
        day = long_day(timezone.localtime(minutes.meeting.starts_at).date())
        title = f"Approbation du compte rendu du {day}"
        minutes.approval_item = AgendaItem.objects.create(
            meeting=meeting, body=meeting.body, title=title, purpose=Purpose.DECISION, minutes=5
        )
        minutes.save(update_fields=["approval_item"])
        yield minutes.approval_item


def _postponed(meeting: Meeting) -> Iterable[AgendaItem]:
    """A copy of each, that says where it comes from."""
    postponed = AgendaItem.objects.filter(
        meeting__body=meeting.body, meeting__starts_at__lt=meeting.starts_at, state=ItemState.POSTPONED, carried_to=None
    )
    for item in postponed.order_by("meeting__starts_at", "position", "pk"):
        copy = AgendaItem.objects.create(
            meeting=meeting,
            body=meeting.body,
            title=item.title,
            description=item.description,
            purpose=item.purpose,
            minutes=item.minutes,
            presenter=item.presenter,
            carried_from=item,
            proposed_by=item.proposed_by,
        )
        copy.documents.set(item.documents.all())
        yield copy


def _answers(meeting: Meeting) -> Iterable[AgendaItem]:
    """Once each: an answer that was taken off the agenda does not come back by itself."""
    answered = Escalation.objects.filter(
        from_body=meeting.body, state__in=[EscalationState.TREATED, EscalationState.RETURNED], returned_at=None
    ).select_related("to_body")
    for escalation in answered.order_by("closed_at", "pk"):
        escalation.returned_at = timezone.now()
        escalation.save(update_fields=["returned_at"])
        yield AgendaItem.objects.create(
            meeting=meeting,
            body=meeting.body,
            title=f"Réponse de l’instance régionale\u00a0: {escalation.title}"[:200],
            description=f"{escalation.to_body.name}\u00a0: {escalation.answer}",
            purpose=Purpose.INFORMATION,
        )


def _place(meeting: Meeting, first: list[AgendaItem], last: list[AgendaItem]) -> None:
    came = {item.pk for item in [*first, *last]}
    present = AgendaItem.objects.filter(meeting=meeting).exclude(pk__in=came).order_by("position", "pk")
    agenda = [*first, *present, *last]
    for position, item in enumerate(agenda, 1):
        item.meeting, item.position = meeting, position
    AgendaItem.objects.bulk_update(agenda, ["meeting", "position"])
