"""What invitees receive, and the link by which they answer without an account.

The link is signed and names one invitee of one meeting: it can only answer for that person, and only until the meeting. It is
kept nowhere; taking the person off the list closes it."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from mail.actions import queue_mail
from meetings import calendars, dates, leaving
from meetings.enums import Answer, MeetingState
from meetings.models import Action, AgendaItem, Invitee, Meeting
from spaces import policy
from spaces.models import french_date

if TYPE_CHECKING:
    from accounts.models import User

_signer = Signer(salt="meetings.answer")
CONVOCATION, CHANGE, REMINDER, CANCELLATION, POSTPONEMENT, REMOVAL, RESTORATION = (
    "convocation", "change", "reminder", "cancellation", "postponement", "removal", "restoration",
)  # fmt: skip
UNKNOWN = "Ce lien ne permet pas de répondre\u00a0: son adresse est incomplète, ou vous n’êtes plus sur la liste des personnes invitées."
_GONE = {CANCELLATION, POSTPONEMENT, REMOVAL}


def answer_token(invitee: Invitee) -> str:
    return _signer.sign(invitee.uuid.hex)


def invitee_of(token: str) -> Invitee | None:
    """Who the link answers for; None when it was forged, or the person is no longer invited or has lost the space."""
    try:
        uuid = UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    invitee = Invitee.objects.filter(uuid=uuid).select_related("meeting__space").first()
    return invitee if invitee and is_still_called(invitee) else None


def is_still_called(invitee: Invitee) -> bool:
    return Invitee.objects.filter(pk=invitee.pk).still_called(invitee.meeting.space).exists()


def why_closed(meeting: Meeting) -> str:
    """Why nobody can answer any more, in a sentence; empty while one can."""
    if meeting.state == MeetingState.CANCELLED:
        return "Cette réunion est annulée : il n’y a plus à répondre."
    if meeting.state == MeetingState.POSTPONED:
        return "Cette réunion est reportée : vous recevrez une nouvelle date."
    if meeting.state != MeetingState.CONVENED or meeting.ends_at < timezone.now():
        return "Cette réunion a eu lieu : il n’est plus possible de répondre."
    return ""


def agenda_in_words(meeting: Meeting) -> list[str]:
    """« Plan d’action (20 min, décision) », in order. One query."""
    items = AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk")
    lines = []
    for item in items:
        facts = [f"{item.minutes} min"] if item.minutes else []
        facts += [item.get_purpose_display().lower()] + ([item.presenter] if item.presenter else [])
        lines.append(f"{item.title} ({', '.join(facts)})")
    return lines


def tell(meeting: Meeting, invitees: list[Invitee], what: str, *, by: "User | None" = None) -> list[Invitee]:
    """Queue one mail to each of `invitees` who is still called, and to nobody else, not even that the meeting is cancelled:
    what becomes of it is no longer theirs to know. Returns those written to. The calendar entry that goes with it has the
    meeting's own UID and SEQUENCE."""
    found = Invitee.objects.filter(pk__in=[one.pk for one in invitees]).still_called(meeting.space)
    called = dict(found.values_list("pk", "as_member"))
    invitees = [one for one in invitees if one.pk in called]
    agenda = agenda_in_words(meeting)
    has_documents = Document.objects.filter(agenda_items__meeting=meeting).exists()
    open_actions = _open_actions(meeting)
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(agenda, 1))
    method = calendars.CANCEL if what in _GONE else calendars.REQUEST
    rights = []
    for invitee in invitees:
        invitee.meeting = meeting
        mail = queue_mail(
            to=invitee.email,
            template="meetings/email/gone" if what in _GONE else "meetings/email/convocation",
            context=_context(meeting, invitee, what, by)
            | {"agenda": agenda, "documents": _documents(meeting, invitee) if has_documents else []}
            | {"open_actions": open_actions if open_actions and _reads(invitee, meeting) else {}},
            reply_to=by.email if by else "",
            holds_secret=True,
            calendar=calendars.invitation(
                invitee, method=method, agenda=f"Ordre du jour :\n{numbered}" if agenda else ""
            ),
            calendar_method=method,
            gate=leaving.GATE if invitee.user_id else "",
        )
        if invitee.user_id:
            rights.append((mail.pk, invitee.user_id, meeting.space_id if called[invitee.pk] else None))
    leaving.hold(rights)
    return invitees


def _context(meeting: Meeting, invitee: Invitee, what: str, by: "User | None") -> dict[str, object]:
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    return {
        "what": what,
        "meeting": meeting,
        "moment": dates.moment_in_words(meeting.starts_at),
        "when": dates.span_in_words(meeting.starts_at, meeting.ends_at),
        "invitee": invitee,
        "by": by,
        "answer_by": french_date(meeting.answer_by) if meeting.answer_by else "",
        "meeting_url": site + meeting.get_absolute_url() if invitee.user_id else "",
        "answer_url": site + reverse("meetings:respond", args=[answer_token(invitee)]),
        "expects_answer": invitee.answer == Answer.NONE,
        "why": f"Vous recevez ce message parce que vous êtes invité à cette réunion de {meeting.space.name}.",
    }


def open_in_words(rows: list[Action]) -> str:
    """« Actions en cours : 5, dont 2 en retard »."""
    late = sum(one.is_late for one in rows)
    return f"Actions en cours\u00a0: {len(rows)}" + (f", dont {late} en retard" if late else "")


def _open_actions(meeting: Meeting) -> dict[str, object]:
    """What earlier sittings left to do: « Afficher (Jean, pour le 4 avril 2026, en retard) ». One query."""
    rows = list(Action.objects.left_to(meeting).select_related("person", "structure").order_by("due_on", "pk"))
    return {"words": open_in_words(rows), "lines": [_action_in_words(one) for one in rows]} if rows else {}


def _action_in_words(one: Action) -> str:
    facts = [str(one.person or one.person_name or one.structure)]
    facts += [f"pour le {french_date(one.due_on)}"] if one.due_on else []
    return f"{one.text} ({', '.join(facts + ['en retard'] * one.is_late)})"


def _reads(invitee: Invitee, meeting: Meeting) -> bool:
    """What was promised is told in the minutes: to whoever reads them."""
    return invitee.user is not None and meeting.space_id in policy.reader_of(invitee.user).space_ids


def _documents(meeting: Meeting, invitee: Invitee) -> list[tuple[str, str]]:
    """Title and address of what this person may read of the agenda's documents: nothing for somebody without an account."""
    if invitee.user is None:
        return []
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    documents = Document.objects.visible_to(invitee.user).filter(agenda_items__meeting=meeting).distinct()
    return [(one.title, site + one.get_absolute_url()) for one in documents.order_by("title", "pk")]
