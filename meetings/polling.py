"""What is sent about a poll of dates, and the link by which somebody without an account answers it.

The link is signed, names one person's sheet and can do nothing but fill it in (a convocation's link has another salt). It is kept
nowhere; it closes with the poll, and with the person's invitation."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from mail.actions import Letter, queue_letters, render
from meetings import dates, leaving
from meetings.enums import MeetingState
from meetings.models import Ballot, Invitee, Meeting, Poll, PollDate
from meetings.models.polls import POLLED
from spaces.models import french_date

if TYPE_CHECKING:
    from accounts.models import User

_signer = Signer(salt="meetings.poll")
QUESTION, NEW_DATES, REMINDER, REMOVAL, ABANDON = "question", "new_dates", "reminder", "removal", "abandon"
WITHDRAWN = (
    "Ce lien ne sert plus : la réunion a été abandonnée, ou vous n’êtes plus sur la liste des personnes invitées."
)


def ballot_token(ballot: Ballot) -> str:
    return _signer.sign(ballot.uuid.hex)


def read_token(token: str) -> UUID | None:
    """The sheet that the link names, whether it still exists or not; None for a forged one."""
    try:
        return UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None


def why_closed(poll: Poll) -> str:
    """Why nobody can answer any more, in a sentence; empty while one can. Needs the poll's meeting."""
    meeting = poll.meeting
    if meeting.state == MeetingState.CANCELLED:
        return "Cette réunion est annulée : il n’y a plus à répondre."
    if poll.chosen_id or meeting.state not in POLLED:
        return f"La date est choisie : {dates.span_in_words(meeting.starts_at, meeting.ends_at)}."
    if poll.is_over:
        return "Le délai de réponse est passé. La date choisie vous sera envoyée."
    return ""


def ask(poll: Poll, invitees: Iterable[Invitee], *, by: "User | None") -> list[Ballot]:
    """A sheet and a mail to each of `invitees` who has none; returns the sheets."""
    asked = set(Ballot.objects.filter(poll=poll).values_list("invitee_id", flat=True))
    new = [Ballot(poll=poll, invitee=one) for one in invitees if one.pk not in asked]
    return tell(poll, Ballot.objects.bulk_create(new), QUESTION, by=by)


def is_still_called(ballot: Ballot) -> bool:
    return bool(_still_called(ballot.poll, [ballot]))


def tell(poll: Poll, ballots: Sequence[Ballot], what: str, *, by: "User | None") -> list[Ballot]:
    """Queue one mail for each of `ballots`, whose invitees are at hand, if that person is still called; returns these. One
    query for the dates, one for the people."""
    ballots = _still_called(poll, ballots)
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    proposed = [dates.span_in_words(*span) for span in _spans(poll)]
    letters = [
        Letter(
            to=ballot.invitee.email,
            words=render(
                "meetings/email/poll",
                {
                    "what": what,
                    "meeting": poll.meeting,
                    "invitee": ballot.invitee,
                    "dates": proposed,
                    "closes_on": french_date(poll.closes_on),
                    "answer_url": site + reverse("meetings:poll_respond", args=[ballot_token(ballot)]),
                    "why": f"Vous recevez ce message parce que vous êtes invité à cette réunion de {poll.meeting.space.name}.",
                },
            ),
            reply_to=by.email if by else "",
            holds_secret=True,
            gate=leaving.GATE if ballot.invitee.user_id else "",
        )
        for ballot in ballots
    ]
    sent = [(mail.pk, one.invitee) for mail, one in zip(queue_letters(letters), ballots, strict=True)]
    space = poll.meeting.space_id
    leaving.hold((mail, one.user_id, space if one.as_member else None) for mail, one in sent if one.user_id)
    return ballots


def _still_called(poll: Poll, ballots: Sequence[Ballot]) -> list[Ballot]:
    invitees = Invitee.objects.filter(pk__in=[one.invitee_id for one in ballots])
    called = set(invitees.still_called(poll.meeting.space).values_list("pk", flat=True))
    return [one for one in ballots if one.invitee_id in called]


def withdraw(meeting: Meeting, what: str, *, by: "User", invitee: Invitee | None = None) -> None:
    """Tell those who were asked (or `invitee` alone) that there is nothing to answer any more, if they still could."""
    if poll := open_poll_of(meeting):
        ballots = Ballot.objects.filter(poll=poll).select_related("invitee")
        tell(poll, list(ballots.filter(invitee=invitee) if invitee else ballots), what, by=by)


def open_poll_of(meeting: Meeting) -> Poll | None:
    return Poll.objects.open().filter(meeting=meeting).select_related("meeting__space").first()


def _spans(poll: Poll) -> list[tuple[object, object]]:
    return list(PollDate.objects.filter(poll=poll).values_list("starts_at", "ends_at"))
