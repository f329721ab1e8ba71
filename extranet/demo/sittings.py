"""Meetings of the demo network whose minutes were taken on the site: approved, circulated, or still in preparation. The others'
are papers in their space's folder (library.py)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from documents.actions import set_text
from documents.models import Document, DocumentVersion
from extranet.demo.dates import at, shortly_after
from extranet.demo.minutes import CTT_ITEMS, REGIONAL_ITEMS, Item, taken
from meetings.actions import desk, papers, register
from meetings.actions import minutes as actions
from meetings.enums import ActionStatus, Answer, Attendance
from meetings.models import Action, AgendaItem, Amendment, Decision, Meeting, Minutes, Notes
from meetings.queries import minutes as queries
from notifications.actions import subject_of
from notifications.models import Event

APPROVED, CIRCULATED, HELD = "approved", "circulated", "held"
TAKEN = {
    "lille": (APPROVED, APPROVED, CIRCULATED),
    "douai": ("", APPROVED, HELD),
    "roubaix-tourcoing": ("", "", APPROVED),
    "commun": ("", APPROVED, HELD),
}
"""By space, how far the minutes of its past meetings are, oldest first."""
_SEEN = {
    Answer.PRESENT: Attendance.PRESENT,
    Answer.EXCUSED: Attendance.EXCUSED,
    Answer.REPRESENTED: Attendance.REPRESENTED,
    Answer.NONE: Attendance.ABSENT,
}


def how_far(slug: str, step: int) -> str:
    """Of the past meeting of that rank in the space, oldest first; empty: its minutes are a paper."""
    return (*TAKEN.get(slug, ()), "", "", "", "")[step]


def sit(meeting: Meeting, *, step: int, rank: int, how: str, by: User) -> None:
    """At the desk, then as far as `how` says; everything at the day when it was done."""
    items = taken(CTT_ITEMS if meeting.space.territory_id else REGIONAL_ITEMS, rank + step * 4)
    members = list(User.objects.filter(meeting_invitations__meeting=meeting).exclude(pk=by.pk).order_by("pk"))
    desk.hold_meeting(meeting=meeting, by=by)
    for guest in meeting.invitees.order_by("pk"):
        seen = _SEEN[Answer(guest.answer)]
        desk.mark_attendance(meeting=meeting, invitee=guest.uuid, by=by, attendance=seen)
    AgendaItem.objects.filter(meeting=meeting, carried_from=None, approves=None).delete()
    for number, item in enumerate(items):
        _note(meeting, item, number, by, members)
    if how != APPROVED:  # what the earlier ones put off has been treated since
        last = meeting.items.order_by("position", "pk").last()
        desk.set_item_state(meeting=meeting, item=last.uuid, by=by, state="postponed")
    later = at(meeting.ends_at.date(), 17)
    Notes.objects.filter(item__meeting=meeting).update(saved_at=later)
    Decision.objects.filter(meeting=meeting).update(created_at=later)
    Action.objects.filter(meeting=meeting).update(created_at=later)
    if how == HELD:
        return
    meeting.refresh_from_db()
    minutes, _ = actions.circulate_minutes(meeting=meeting, by=by)
    if how == CIRCULATED:
        _amend(minutes, members)
        told = timezone.now() - timedelta(days=6)
        _date(minutes, circulated_at=told, amend_until=timezone.localdate() + timedelta(days=9))
    else:
        told = shortly_after(meeting.starts_at.date())
        until = min((told + timedelta(days=15)).date(), timezone.localdate() - timedelta(days=3))
        _date(minutes, circulated_at=told, amend_until=until)
        minutes.refresh_from_db()
        told = min(told + timedelta(days=60), timezone.now() - timedelta(days=2))
        actions.approve_minutes(minutes=minutes, by=by, at=told)
        _follow_up(meeting, by)
    papers.print_waiting()
    minutes.refresh_from_db()
    _date_events(meeting, told)
    date_document(minutes.document, minutes.circulated_at, told)
    set_text(minutes.document, queries.words_of(minutes))  # search tells that day


def date_document(document: Document, first: datetime, last: datetime) -> None:
    """As if its first version were of that day, and the current one of the last. A version never changes, and the database
    itself holds to it: those of a document in the trash may leave, and come back."""
    versions = list(document.versions.order_by("number"))
    here = Document.objects.filter(pk=document.pk)
    here.update(withdrawn_at=last, published_at=last, created_at=first)
    document.versions.all().delete()
    for version in versions:
        version.created_at = last if version.number == document.current_number else first
    DocumentVersion.objects.bulk_create(versions)
    here.update(withdrawn_at=None)
    _date_events(document, last)


def _date_events(about: Meeting | Document, when: datetime) -> None:
    just_now = timezone.now() - timedelta(hours=1)
    Event.objects.filter(subject=subject_of(about), created_at__gte=just_now).update(created_at=when)


def _note(meeting: Meeting, item: Item, number: int, by: User, members: list[User]) -> None:
    added = desk.add_item(meeting=meeting, by=by, title=item.title)
    where: dict[str, Any] = {"meeting": meeting, "item": added.uuid, "by": by}
    desk.save_notes(**where, html=f"<p>{item.said}</p>", revision=0)
    if number != 1:
        desk.take_decision(**where, text=item.decided)
    due_on = meeting.starts_at.date() + timedelta(days=(28, 63, 98, 147)[number])
    who = {"person": members[number % len(members)]} if members and number else {"person": by}
    if item.who.startswith(("toutes", "têtes", "coordinateurs")):
        who = {"person_name": item.who}
    desk.note_action(**where, text=item.to_do, due_on=due_on, **who)
    desk.set_item_state(**where, state="treated")


def _amend(minutes: Minutes, members: list[User]) -> None:
    item = minutes.meeting.items.order_by("position", "pk").first()
    text = "Ajouter que deux des actions reportées attendent une réponse de la Région, promise pour le mois prochain."
    for member in members:
        if actions.may_amend(member, minutes.meeting):
            made = actions.propose_amendment(minutes=minutes, by=member, text=text, item=item)
            Amendment.objects.filter(pk=made.pk).update(proposed_at=timezone.now() - timedelta(days=3))
            return


def _follow_up(meeting: Meeting, by: User) -> None:
    """Half of what was promised is done."""
    for number, action in enumerate(Action.objects.filter(meeting=meeting).order_by("pk")):
        if number % 2:
            register.update_action(action=action, by=by, status=ActionStatus.DONE, comment="Fait, présenté en séance.")


def _date(minutes: Minutes, **fields: object) -> None:
    Minutes.objects.filter(pk=minutes.pk).update(**fields)
