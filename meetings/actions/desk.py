"""Writes of the minutes desk: small, many, and by two people at once. What is said is told to nobody before it is circulated,
so nothing here is an event; who last saved what is kept on the rows."""

from datetime import date
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.journal import log
from directory.models import Structure
from meetings import rich_text
from meetings.actions.carry_over import carry_over_soon
from meetings.actions.meetings import locked
from meetings.actions.room import find_place, require_room_for_items, require_room_for_text
from meetings.enums import Answer, Attendance, ItemState, MeetingState, Purpose
from meetings.models import Action, AgendaItem, Decision, Invitee, Meeting, Minutes, Notes
from meetings.protected import refuse_names
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

FROZEN = "Ce compte rendu est approuvé : il ne change plus. Publiez un erratum."
_NOT_HELD = {
    MeetingState.DRAFT: "Cette réunion est un brouillon : convoquez-la ou annoncez-la, son secrétariat s’ouvrira ensuite.",
    MeetingState.CANCELLED: "Cette réunion est annulée : elle n’a ni secrétariat ni compte rendu.",
    MeetingState.POSTPONED: "Cette réunion est reportée : son secrétariat s’ouvrira quand elle aura une nouvelle date.",
}


class ConflictError(Exception):
    """Somebody else has saved these notes since they were read. Carries what is there now."""

    def __init__(self, notes: Notes) -> None:
        super().__init__()
        self.html, self.revision = notes.html, notes.revision
        self.by = notes.saved_by


def why_closed(meeting: Meeting) -> str:
    """Why nothing can be noted, in a sentence; empty for a meeting that takes place."""
    return _NOT_HELD.get(MeetingState(meeting.state), "")


def open_desk(*, meeting: Meeting, by: "User") -> Minutes:
    """The minutes of the meeting, held until the end of the transaction: whoever approves them waits for this write, or
    this write for them. Raises `PermissionDenied`/`Http404` when `by` may not write them, `ValidationError` once frozen, or
    when the meeting does not take place."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if reason := why_closed(meeting):
        raise ValidationError(reason)
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if minutes is None:
        minutes, is_new = Minutes.objects.get_or_create(meeting=meeting)
        if is_new:
            _take_answers(meeting)
    if minutes.is_frozen:
        _refuse()
    return minutes


def _take_answers(meeting: Meeting) -> None:
    """Who said that they would not come is noted so until somebody sees otherwise: nobody is missing from the minutes because
    nobody tapped their name."""
    for answer, attendance in ((Answer.EXCUSED, Attendance.EXCUSED), (Answer.REPRESENTED, Attendance.REPRESENTED)):
        unseen = Invitee.objects.filter(meeting=meeting, answer=answer, attendance=Attendance.UNKNOWN)
        unseen.update(attendance=attendance)


def _refuse() -> NoReturn:
    raise ValidationError(FROZEN, code="frozen")


@transaction.atomic
def hold_meeting(*, meeting: Meeting, by: "User") -> Minutes:
    """« Ouvrir le secrétariat »: the meeting takes place. Opening twice opens once. Raises as `open_desk`, `ValidationError`
    too when the meeting is cancelled, postponed or still a draft."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)  # as it is now: it may just have been cancelled
    minutes = open_desk(meeting=meeting, by=by)
    if meeting.state == MeetingState.CONVENED:
        Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HELD, held_at=timezone.now())
        log(meeting, "meetings.minutes.opened", user=by)
    return minutes


@transaction.atomic
def save_notes(*, meeting: Meeting, item: UUID, by: "User", html: str, revision: int) -> Notes:
    """Keep what was typed on an item. `revision` is the one that was read: another one there now raises `ConflictError`, unless
    both say the same. Raises as `open_desk`, `ValidationError` too when it is too long, `Http404` when the item is not on this agenda."""
    open_desk(meeting=meeting, by=by)
    cleaned = rich_text.accept(html)
    refuse_names(meeting.body, by, rich_text.to_plain(cleaned))
    found = Notes.objects.select_for_update(of=("self",)).select_related("saved_by")
    notes = found.filter(item__uuid=item, item__meeting=meeting).first()
    if notes is None:
        notes = Notes(item=get_object_or_404(AgendaItem, meeting=meeting, uuid=item))
    if notes.html == cleaned and notes.pk:
        return notes
    if notes.revision != revision:
        raise ConflictError(notes)
    require_room_for_text(meeting, adding=len(cleaned) - len(notes.html))
    notes.html, notes.revision, notes.saved_by = str(cleaned), notes.revision + 1, by
    notes.save()
    return notes


@transaction.atomic
def mark_attendance(
    *, meeting: Meeting, invitee: UUID, by: "User", attendance: str, represented_by: str | None = None
) -> Invitee:
    """One tap. Raises as `open_desk`, `Http404` for somebody not invited, `ValidationError` for an unknown word."""
    open_desk(meeting=meeting, by=by)
    found = get_object_or_404(Invitee, meeting=meeting, uuid=invitee)
    found.attendance = attendance
    if represented_by is not None:
        found.represented_by = " ".join(represented_by.split())
        refuse_names(meeting.body, by, found.represented_by)
    found.clean_fields(exclude=["email", "name", "user", "structure", "network", "meeting"])
    found.save(update_fields=["attendance", "represented_by"])
    return found


@transaction.atomic
def take_decision(*, meeting: Meeting, item: UUID | None, by: "User", text: str, key: UUID | None = None) -> Decision:
    """Number a decision in its body's series of the year; sent again under the same `key`, it is taken once. Raises as
    `open_desk`, `ValidationError` when it says nothing."""
    open_desk(meeting=meeting, by=by)
    place = find_place(meeting, Decision, item=item, name=key)
    if place.sent:
        return Decision.objects.get(pk=place.sent)
    place.require_room_for(text)
    series = f"body:{meeting.body_id}" if meeting.body_id else f"space:{meeting.space_id}"
    year = timezone.localtime(meeting.starts_at).year
    decision = Decision(
        uuid=key or uuid4(),
        meeting=meeting,
        item_id=place.item,
        series=series,
        year=year,
        rank=_next_number(series, year),
        text=_text(text),
        created_by=by,
    )
    refuse_names(meeting.body, by, decision.text)
    # Held: its number is nobody else's, nor is its name.
    decision.full_clean(exclude=["meeting", "item", "created_by"], validate_unique=False, validate_constraints=False)
    decision.save()
    log(meeting, "meetings.decision.taken", user=by, data={"number": decision.number})
    return decision


def _next_number(series: str, year: int) -> int:
    """Never given before, even to a decision since taken back. Two desks of one body take theirs one after the other: the one
    statement that gives a number holds the series until the end of the transaction. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO meetings_decisionseries (series, year, last)"
            " SELECT %s, %s, COALESCE(MAX(rank), 0) + 1 FROM meetings_decision WHERE series = %s AND year = %s"
            " ON CONFLICT (series, year) DO UPDATE SET last = meetings_decisionseries.last + 1 RETURNING last",
            [series, year, series, year],
        )
        ((last,),) = cursor.fetchall()  # to its end: SQLite opens no savepoint while a statement has rows to give
    return last


@transaction.atomic
def note_action(
    *,
    meeting: Meeting,
    item: UUID | None,
    by: "User",
    text: str,
    person: "User | None" = None,
    person_name: str = "",
    structure: Structure | None = None,
    due_on: date | None = None,
    key: UUID | None = None,
) -> Action:
    """Note what somebody will do, by when; once for one `key`. Raises as `open_desk`, `ValidationError` when a field is wrong
    or nobody is named."""
    open_desk(meeting=meeting, by=by)
    place = find_place(meeting, Action, item=item, name=key)
    if place.sent:
        return Action.objects.get(pk=place.sent)
    place.require_room_for(text)
    action = Action(
        uuid=key or uuid4(),
        meeting=meeting,
        item_id=place.item,
        text=" ".join(text.split()),
        person=person,
        person_name=" ".join(person_name.split()),
        structure=structure,
        due_on=due_on,
        created_by=by,
    )
    if not (person or action.person_name or structure):
        raise ValidationError({"person_name": "Dites qui s’en charge\u00a0: une personne ou une structure."})
    if due_on and due_on < timezone.localdate(meeting.starts_at):
        raise ValidationError({"due_on": "Cette échéance précède la réunion\u00a0: vérifiez le jour et l’année."})
    refuse_names(meeting.body, by, action.text, action.person_name)
    action.full_clean(exclude=["meeting", "item", "person", "structure", "created_by"], validate_unique=False)
    action.save()
    return action


@transaction.atomic
def remove_line(*, meeting: Meeting, by: "User", decision: UUID | None = None, action: UUID | None = None) -> None:
    """Take back a decision or an action noted by mistake, before a circulation says it. Raises as `open_desk`, `ValidationError`
    once it has been: people have read it."""
    open_desk(meeting=meeting, by=by)
    if decision:
        taken = get_object_or_404(Decision, meeting=meeting, uuid=decision)
        _require_untold(taken)
        log(meeting, "meetings.decision.removed", user=by, data={"number": taken.number, "text": taken.text})
        taken.delete()
    if action:
        noted = get_object_or_404(Action, meeting=meeting, uuid=action)
        _require_untold(noted)
        noted.delete()


def _require_untold(line: Decision | Action) -> None:
    if line.is_told:
        raise ValidationError("Ce compte rendu a été diffusé\u00a0: une ligne lue par tous ne se retire plus.")


@transaction.atomic
def add_item(*, meeting: Meeting, by: "User", title: str, key: UUID | None = None) -> AgendaItem:
    """An item that nobody had planned, last of the agenda; once for one `key`. Raises as `open_desk`, `ValidationError` for a
    wrong title or a full agenda."""
    open_desk(meeting=meeting, by=by)
    if added := _added_before(meeting, key):
        return added
    require_room_for_items(meeting)
    last = meeting.items.aggregate(last=Max("position"))["last"]
    item = AgendaItem(
        uuid=key or uuid4(),
        meeting=meeting,
        body_id=meeting.body_id,
        position=0 if last is None else last + 1,
        title=" ".join(title.split()),
        purpose=Purpose.DISCUSSION,
        proposed_by=by,
    )
    refuse_names(meeting.body, by, item.title)
    item.full_clean(exclude=["meeting", "body", "proposed_by", "carried_from"], validate_unique=False)
    item.save()
    return item


@transaction.atomic
def move_item(*, meeting: Meeting, item: UUID, by: "User", step: int) -> None:
    """One place up (-1) or down (+1); at the end of the list nothing moves. Raises as `open_desk`."""
    open_desk(meeting=meeting, by=by)
    items = list(meeting.items.select_for_update().order_by("position", "pk"))
    index = next((n for n, one in enumerate(items) if one.uuid == item), None)
    if index is None:
        get_object_or_404(AgendaItem, meeting=meeting, uuid=item)
        return
    other = index + (1 if step > 0 else -1)
    if 0 <= other < len(items):
        items[index], items[other] = items[other], items[index]
    for position, one in enumerate(items):
        one.position = position
    AgendaItem.objects.bulk_update(items, ["position"])


@transaction.atomic
def set_item_state(*, meeting: Meeting, item: UUID, by: "User", state: str) -> AgendaItem:
    """Treated, open again, withdrawn, or postponed – which puts it on the body's next agenda, as soon as there is one: right after
    this write, which does not wait for it.
    Raises as `open_desk`, `ValidationError` for an unknown word or an item already taken up elsewhere."""
    open_desk(meeting=meeting, by=by)
    found = get_object_or_404(AgendaItem, meeting=meeting, uuid=item)
    if state not in ItemState.values:
        raise ValidationError("Cet état n’existe pas.")
    is_carried = found.carried_to.exists()
    if found.state == ItemState.POSTPONED != state and is_carried:
        raise ValidationError("Ce point figure déjà à l’ordre du jour suivant : retirez-le là-bas d’abord.")
    found.state = state
    found.save(update_fields=["state"])
    if meeting.body_id and (is_carried or state == ItemState.POSTPONED):
        carry_over_soon(meeting.body_id)
    return found


def _added_before(meeting: Meeting, key: UUID | None) -> AgendaItem | None:
    """The item already added under the name that the script gave it. Raises `Http404` when another meeting has that name."""
    found = AgendaItem.objects.filter(uuid=key).first() if key else None
    if found and found.meeting_id != meeting.pk:
        raise Http404
    return found


def _text(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")).strip()
