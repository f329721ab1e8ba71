"""Writes: announce a meeting, change it, cancel it."""

from datetime import datetime
from typing import TYPE_CHECKING, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.journal import log
from meetings import convocations, polling
from meetings.actions.carry_over import carry_over
from meetings.actions.invitees import send
from meetings.dates import moment_in_words, span_in_words
from meetings.enums import Answer, MeetingState
from meetings.models import AgendaItem, Body, Escalation, Invitee, Meeting, Minutes
from notifications.actions import record_event
from search.actions import index
from search.models import Kind
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


class Contents(TypedDict, total=False):
    """What whoever convenes says of a meeting."""

    title: Required[str]
    starts_at: Required[datetime]
    ends_at: Required[datetime]
    place: str
    link: str
    description: str


_UNCHANGEABLE = {
    MeetingState.CANCELLED: "Cette réunion est annulée\u00a0: rétablissez-la d’abord, ou annoncez-en une autre.",
    MeetingState.CIRCULATED: "Le compte rendu de cette réunion est diffusé : sa date et son lieu ne changent plus.",
    MeetingState.APPROVED: "Le compte rendu de cette réunion est approuvé : elle ne se modifie plus.",
}


@transaction.atomic
def prepare_meeting(*, space: Space, by: "User", body: Body | None = None, **contents: Unpack[Contents]) -> Meeting:
    """A draft: nobody else than those who may convene in `space` knows of it. With a body, its usual agenda is there.
    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when a field is wrong."""
    meeting = _make(space, by, body, contents)
    log(meeting, "meetings.meeting.prepared", user=by)
    return meeting


@transaction.atomic
def schedule_meeting(*, space: Space, by: "User", body: Body | None = None, **contents: Unpack[Contents]) -> Meeting:
    """Announce a meeting to whoever reads `space`; nobody is invited by mail (see `convene_meeting`). Raises as
    `prepare_meeting`."""
    return announce_meeting(meeting=_make(space, by, body, contents), by=by)


@transaction.atomic
def announce_meeting(*, meeting: Meeting, by: "User") -> Meeting:
    """A draft becomes known to whoever reads its space; nobody is written to. Raises `PermissionDenied`/`Http404` when `by`
    may not convene there."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if meeting.state == MeetingState.DRAFT:
        meeting.state, meeting.convened_at = MeetingState.CONVENED, timezone.now()
        meeting.save()
        tell_space(meeting, "meeting.scheduled", by)
    return meeting


@transaction.atomic
def change_meeting(*, meeting: Meeting, by: "User", seen: str = "", **contents: Unpack[Contents]) -> Meeting:
    """Give the meeting these contents. Once announced, its calendar entry takes its next SEQUENCE, and whoever was called is
    told; at another date, they are asked again whether they come. When nothing differs, nothing is written nor told, but for a
    meeting put off, which is on again. `seen` is when the meeting on screen had last changed, as `isoformat` writes it.
    Raises as `prepare_meeting`; `ValidationError` too when the meeting is cancelled or its minutes are out, for a future
    date given to one that was held, and when it has changed since it was `seen`."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if reason := why_unchangeable(meeting):
        raise ValidationError(reason)
    if seen and seen != meeting.updated_at.isoformat():
        raise ValidationError(_changed_meanwhile(meeting))
    is_held = meeting.state == MeetingState.HELD
    if is_held and contents["starts_at"] > timezone.now():
        raise ValidationError({"day": "Cette réunion a eu lieu : créez la suivante plutôt que de la déplacer."})
    before = _contents(meeting)
    _fill(meeting, **contents)
    is_put_off = meeting.state == MeetingState.POSTPONED
    if _contents(meeting) == before and not is_put_off:
        return meeting
    if meeting.state == MeetingState.DRAFT:
        meeting.save()
        log(meeting, "meetings.meeting.changed", user=by)
        _carry(meeting)
        return meeting
    meeting.sequence += 1
    if is_put_off and meeting.ends_at < timezone.now():
        raise ValidationError({"day": "Cette date est passée\u00a0: choisissez-en une à venir."})
    if is_put_off or (_contents(meeting)[:2] != before[:2] and not is_held):
        _ask_again(meeting)
    meeting.save()
    tell_space(meeting, "meeting.changed", by)
    if not convocations.why_closed(meeting):
        send(meeting, _told(meeting), convocations.CHANGE, by=by)
    _carry(meeting)
    return meeting


def _changed_meanwhile(meeting: Meeting) -> str:
    """What a form left open would undo: a meeting put off, on again for a word corrected in its description."""
    now = [meeting.get_state_display().lower(), span_in_words(meeting.starts_at, meeting.ends_at), meeting.place]
    return (
        f"Cette réunion a changé pendant que vous écriviez\u00a0; la voici\u00a0: {', '.join(filter(None, now))}. Relisez ce que vous "
        "aviez écrit, puis envoyez-le de nouveau s’il vaut encore."
    )


def why_unchangeable(meeting: Meeting) -> str:
    """Why title, date and place change no more, in a sentence; empty while they do."""
    return _UNCHANGEABLE.get(MeetingState(meeting.state), "")


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: "User") -> Meeting:
    """The meeting will not be held: it stays where it was, said to be cancelled, so that nobody comes; whoever was called is
    told. Cancelling twice cancels once. Raises `PermissionDenied`/`Http404` when `by` may not convene in its space,
    `ValidationError` for one that was held."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if Minutes.objects.filter(meeting=meeting).exists():
        raise ValidationError("Le secrétariat de cette réunion est ouvert : elle a eu lieu, et ne s’annule plus.")
    if meeting.cancelled_at is None:
        is_expected = not convocations.why_closed(meeting)
        polling.withdraw(meeting, polling.ABANDON, by=by)
        meeting.state, meeting.cancelled_at = MeetingState.CANCELLED, timezone.now()
        meeting.sequence += 1
        meeting.save()
        tell_space(meeting, "meeting.cancelled", by)
        if is_expected:
            send(meeting, _told(meeting), convocations.CANCELLATION, by=by)
        _carry(meeting)
    return meeting


@transaction.atomic
def restore_meeting(*, meeting: Meeting, by: "User") -> Meeting:
    """A meeting cancelled or put off takes place after all, at its date: whoever was called is told, and asked again whether they
    come. One that had never been announced is a draft again. Restoring twice restores once.

    Raises `PermissionDenied`/`Http404` when `by` may not convene in its space, `ValidationError` when its date is past."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if meeting.state not in {MeetingState.CANCELLED, MeetingState.POSTPONED}:
        return meeting
    if meeting.ends_at < timezone.now():
        raise ValidationError("Cette date est passée\u00a0: la réunion ne se rétablit plus. Annoncez-en une autre.")
    meeting.state = MeetingState.CONVENED if meeting.convened_at else MeetingState.DRAFT
    meeting.cancelled_at = meeting.postponed_to = None
    meeting.sequence += 1
    _ask_again(meeting)
    meeting.save()
    if meeting.state == MeetingState.DRAFT:
        log(meeting, "meetings.meeting.restored", user=by)
    else:
        tell_space(meeting, "meeting.restored", by)
        send(meeting, _told(meeting), convocations.RESTORATION, by=by)
    _carry(meeting)
    return meeting


@transaction.atomic
def discard_draft(*, meeting: Meeting, by: "User") -> None:
    """It leaves no trace but in the log, and only those who were asked about its dates are told; what came from the backlog waits there again. Raises
    `PermissionDenied`/`Http404` as the others, `ValidationError` when it is no longer a draft."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    if meeting.state != MeetingState.DRAFT:
        raise ValidationError("Cette réunion est déjà annoncée : annulez-la plutôt.")
    log(meeting, "meetings.meeting.discarded", user=by)
    polling.withdraw(meeting, polling.ABANDON, by=by)
    # What an earlier meeting or an upper body left is not proposed again: it comes by itself on the next agenda.
    Escalation.objects.filter(returned_item__meeting=meeting).update(returned_at=None)
    AgendaItem.objects.filter(meeting=meeting, is_from_backlog=True).exclude(body=None).update(meeting=None, position=0)
    meeting.delete()
    _carry(meeting)


def index_all() -> int:
    """Put every meeting in the search index; returns how many. Asks no right: called by `manage.py rebuild_search`."""
    count = 0
    for meeting in Meeting.objects.announced().select_related("space").order_by("pk").iterator():
        _index(meeting)
        count += 1
    return count


def locked(meeting: Meeting) -> Meeting:
    """The row as it is now with its space, kept from other writers: two changes at once give two sequence numbers."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("space").get(pk=meeting.pk)


def _make(space: Space, by: "User", body: Body | None, contents: Contents) -> Meeting:
    policy.require(by, Ability.CONVENE_MEETING, space)
    meeting = Meeting(space=space, body=_of(space, body), created_by=by, state=MeetingState.DRAFT)
    _fill(meeting, **contents)
    meeting.save()
    lines = body.agenda_lines if body else []
    AgendaItem.objects.bulk_create(
        AgendaItem(body=body, meeting=meeting, position=rank, title=line, proposed_by=by)
        for rank, line in enumerate(lines, 1)
    )
    _carry(meeting)
    return meeting


def _carry(meeting: Meeting) -> None:
    """What the body left open goes to the meeting that is now its next one."""
    if meeting.body:
        carry_over(meeting.body)


def _of(space: Space, body: Body | None) -> Body | None:
    if body is not None and body.space_id != space.pk:
        raise ValidationError({"body": "Cette instance est celle d’un autre espace."})
    return body


def _ask_again(meeting: Meeting) -> None:
    """Another date: an answer given for the first one says nothing. A meeting put off is on again."""
    if meeting.state == MeetingState.POSTPONED:
        meeting.state, meeting.postponed_to = MeetingState.CONVENED, None
    # The day set for answering may be past by now.
    meeting.answer_by = None
    Invitee.objects.filter(meeting=meeting).update(
        answer=Answer.NONE, represented_by="", answered_at=None, answered_via="", reminded_at=None
    )


def _told(meeting: Meeting) -> list[Invitee]:
    return list(Invitee.objects.filter(meeting=meeting, told_sequence__isnull=False).select_related("user"))


def _contents(meeting: Meeting) -> tuple[object, ...]:
    return (meeting.starts_at, meeting.ends_at, meeting.title, meeting.place, meeting.link, meeting.description)


def _fill(
    meeting: Meeting,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    link: str = "",
    description: str = "",
) -> None:
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": "La fin doit suivre le début."})
    meeting.title, meeting.place = " ".join(title.split()), " ".join(place.split())
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.link, meeting.description = link.strip(), description.replace("\r\n", "\n").strip()
    meeting.full_clean()


def tell_space(meeting: Meeting, kind: str, by: "User") -> None:
    log(meeting, f"meetings.{kind}", user=by)
    record_event(
        space=meeting.space,
        kind=kind,
        about=meeting,
        title=f"{meeting.title} – {moment_in_words(meeting.starts_at)}",
        url=meeting.get_absolute_url(),
        actor=by,
    )
    _index(meeting)


def _index(meeting: Meeting) -> None:
    state = {MeetingState.CANCELLED: "Réunion annulée.", MeetingState.POSTPONED: "Réunion reportée."}.get(
        MeetingState(meeting.state), ""
    )
    when = span_in_words(meeting.starts_at, meeting.ends_at).capitalize()
    parts = [state, f"{when}.", meeting.place, meeting.description]
    index(
        kind=Kind.MEETING,
        object_id=meeting.pk,
        space=meeting.space,
        title=meeting.title,
        body="\n".join(part for part in parts if part),
        url=meeting.get_absolute_url(),
        happened_at=meeting.starts_at,
    )
