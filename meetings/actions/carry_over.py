"""What a meeting leaves to the next: nothing open is forgotten. Run as often as one likes: it does each thing once."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from meetings.dates import long_day
from meetings.enums import EscalationState, ItemState, MeetingState, MinutesState, Purpose
from meetings.models import Action, AgendaItem, Body, Decision, Escalation, Meeting, MeetingQuerySet, Minutes, Notes

_COMING = [MeetingState.DRAFT, MeetingState.CONVENED]
_GIVEN_UP = [MeetingState.CANCELLED, MeetingState.POSTPONED]
_OVER = [MeetingState.HELD, MeetingState.CIRCULATED, MeetingState.APPROVED]


def dealt_with() -> Q:
    """Something was noted on the item, decided or promised: it was spoken of, whatever was ticked."""
    on = {"item": OuterRef("pk")}
    noted = Notes.objects.filter(**on).exclude(html="")
    return Q(Exists(noted)) | Q(Exists(Decision.objects.filter(**on))) | Q(Exists(Action.objects.filter(**on)))


def next_meeting(body: Body) -> Meeting | None:
    """The body's next meeting yet to be held, drafts included."""
    return _to_come(body).order_by("starts_at", "pk").first()


def _to_come(body: Body) -> MeetingQuerySet:
    return Meeting.objects.filter(body=body, state__in=_COMING, ends_at__gte=timezone.now())


@transaction.atomic
def carry_over(body: Body) -> int:
    """Put on the next agenda of `body`: first, the approval of the last minutes not yet approved; last, the items postponed or left
    open, and what upper bodies have answered. What waited in the body waits there again when its meeting is given up, and is on
    its agenda again once it is on after all. Returns how many items came. Asks no right: it follows from what others have done."""
    Body.objects.select_for_update().get(pk=body.pk)
    _give_back(body)
    _take_back(body)
    _drop_settled(body)
    meeting = next_meeting(body)
    if meeting is None:
        return 0
    approvals = [*_waiting_elsewhere(meeting, Q(approves__isnull=False)), *_approvals(meeting)]
    carried = Q(carried_from__isnull=False, approves=None) | Q(returns__isnull=False)
    last = [*_waiting_elsewhere(meeting, carried), *_unfinished(meeting), *_answers(meeting)]
    if approvals or last:
        _place(meeting, approvals, last)
    return len(approvals) + len(last)


def carry_over_soon(body_id: int) -> None:
    """After the transaction of the caller, out of its request; should the queue be away, with the sweep."""
    from meetings.tasks import carry_over_of  # tasks import this module

    transaction.on_commit(lambda: carry_over_of.apply_async([body_id], retry=False), robust=True)


def carry_over_of(body_id: int) -> int:
    """For the task: what was asked of a body since deleted is nothing."""
    body = Body.objects.filter(pk=body_id).first()
    return carry_over(body) if body else 0


def carry_over_everywhere() -> int:
    """Every body that has a meeting to come, or one that its day has left behind; the sweep behind the actions that call
    `carry_over` themselves."""
    meetings = Meeting.objects.filter(Q(state__in=_COMING, ends_at__gte=timezone.now()) | _left_behind())
    bodies = Body.objects.filter(pk__in=meetings.exclude(body=None).order_by().values("body")).order_by("pk")
    return sum(carry_over(body) for body in bodies)


def _left_behind(prefix: str = "") -> Q:
    """A draft that nobody has announced by the time it was for."""
    return Q(**{f"{prefix}state": MeetingState.DRAFT, f"{prefix}ends_at__lt": timezone.now()})


def _give_back(body: Body) -> None:
    gone = Q(meeting__state__in=_GIVEN_UP) | _left_behind("meeting__")
    found = AgendaItem.objects.filter(gone, body=body, state=ItemState.OPEN, is_from_backlog=True)
    found.update(meeting=None, given_back_by=F("meeting"))  # it keeps its place on that agenda


def _take_back(body: Body) -> None:
    """Whatever another meeting has chosen or spoken of meanwhile, or somebody has taken off, waits no more for this one."""
    still_there = Q(meeting=None) | (Q(meeting__state__in=_COMING) & ~dealt_with())
    items = AgendaItem.objects.filter(still_there, body=body, state=ItemState.OPEN, given_back_by__in=_to_come(body))
    items.update(meeting=F("given_back_by"), given_back_by=None)


def _drop_settled(body: Body) -> None:
    """Left open, brought onto the next agenda, then dealt with all the same at the desk of its own meeting."""
    coming = AgendaItem.objects.filter(body=body, meeting__state__in=_COMING, state=ItemState.OPEN)
    untouched = coming.filter(~dealt_with(), approves=None)
    settled = AgendaItem.objects.filter(dealt_with() | Q(state__in=[ItemState.TREATED, ItemState.WITHDRAWN]), body=body)
    settled = settled.exclude(state=ItemState.POSTPONED)
    untouched.filter(
        carried_from__in=list(settled.filter(carried_to__isnull=False).values_list("pk", flat=True))
    ).delete()


def _waiting_elsewhere(meeting: Meeting, which: Q) -> Iterable[AgendaItem]:
    """Already carried, to a meeting that was then given up or never announced, or to a later draft: it comes to this one."""
    later_draft = Q(meeting__state=MeetingState.DRAFT, meeting__starts_at__gt=meeting.starts_at)
    elsewhere = Q(meeting__state__in=_GIVEN_UP) | later_draft | _left_behind("meeting__")
    found = AgendaItem.objects.filter(which, elsewhere, meeting__body=meeting.body, state=ItemState.OPEN)
    return found.exclude(meeting=meeting).distinct().order_by("meeting__starts_at", "position", "pk")


def _approvals(meeting: Meeting) -> Iterable[AgendaItem]:
    """One for each minutes circulated and not approved; again when the meeting that should have approved them is over."""
    earlier = Minutes.objects.filter(
        meeting__body=meeting.body, meeting__starts_at__lt=meeting.starts_at, state=MinutesState.CIRCULATED
    )
    pending = earlier.filter(Q(approval_item=None) | Q(approval_item__meeting__state__in=_OVER))
    for minutes in pending.select_related("meeting", "approval_item").order_by("meeting__starts_at", "pk"):
        day = long_day(timezone.localdate(minutes.meeting.starts_at))
        title = f"Approbation du compte rendu du {day}"
        minutes.approval_item = AgendaItem.objects.create(
            meeting=meeting,
            body=meeting.body,
            title=title,
            purpose=Purpose.DECISION,
            minutes=5,
            carried_from=minutes.approval_item,
        )
        minutes.save(update_fields=["approval_item"])
        yield minutes.approval_item


def _unfinished(meeting: Meeting) -> Iterable[AgendaItem]:
    """A copy, that says where it comes from, of each item postponed; and of those that the last meeting held left « À traiter »
    without a word, but for the usual ones: each agenda has its own. Put off in so many words, a usual one is the history of that
    line, which is not there twice. Those that an older meeting left have had their turn."""
    earlier = Meeting.objects.filter(body=meeting.body, starts_at__lt=meeting.starts_at)
    last = earlier.filter(state__in=_OVER).order_by("-starts_at", "-pk")[:1]
    forgotten = Q(meeting__in=list(last), state=ItemState.OPEN, approves=None) & ~dealt_with()
    forgotten &= ~Q(title__in=meeting.body.agenda_lines if meeting.body else [])
    found = AgendaItem.objects.filter(Q(state=ItemState.POSTPONED) | forgotten, meeting__in=earlier, carried_to=None)
    unfinished = list(found.order_by("meeting__starts_at", "position", "pk"))
    usual = _usual_lines(meeting) if unfinished else {}
    for item in unfinished:
        if same := usual.pop(item.title, None):
            same.carried_from = item
            same.save(update_fields=["carried_from"])
            continue
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


def _usual_lines(meeting: Meeting) -> dict[str, AgendaItem]:
    """Those of the body's agenda that nothing was brought to yet, by their title."""
    titles = meeting.body.agenda_lines if meeting.body else []
    lines = AgendaItem.objects.filter(meeting=meeting, title__in=titles, state=ItemState.OPEN, carried_from=None)
    return {line.title: line for line in lines.order_by("-position", "-pk")}


def _answers(meeting: Meeting) -> Iterable[AgendaItem]:
    """Once each: an answer that was taken off the agenda does not come back by itself."""
    answered = Escalation.objects.filter(
        from_body=meeting.body, state__in=[EscalationState.TREATED, EscalationState.RETURNED], returned_at=None
    ).select_related("to_body")
    for escalation in answered.order_by("closed_at", "pk"):
        escalation.returned_at = timezone.now()
        escalation.returned_item = AgendaItem.objects.create(
            meeting=meeting,
            body=meeting.body,
            title=f"Réponse de l’instance régionale\u00a0: {escalation.title}"[:200],
            description=f"{escalation.to_body.name}\u00a0: {escalation.answer}",
            purpose=Purpose.INFORMATION,
        )
        escalation.save(update_fields=["returned_at", "returned_item"])
        yield escalation.returned_item


def _place(meeting: Meeting, first: list[AgendaItem], last: list[AgendaItem]) -> None:
    came = {item.pk for item in [*first, *last]}
    present = AgendaItem.objects.filter(meeting=meeting).exclude(pk__in=came).order_by("position", "pk")
    agenda = [*first, *present, *last]
    for position, item in enumerate(agenda, 1):
        item.meeting, item.position = meeting, position
    AgendaItem.objects.bulk_update(agenda, ["meeting", "position"])
