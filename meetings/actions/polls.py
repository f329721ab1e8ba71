"""Finding the date of a meeting: propose several, let people answer, keep one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.journal import log
from meetings import polling
from meetings.actions.convening import REMIND_AFTER_DAYS, REMIND_DAYS_BEFORE, convene_meeting
from meetings.actions.invitees import invite_body_members
from meetings.actions.meetings import change_meeting, locked
from meetings.enums import AnsweredVia, Choice
from meetings.models import Ballot, Invitee, Meeting, Poll, PollAnswer, PollDate
from meetings.models.polls import POLLED
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

MAX_DATES = 20


@transaction.atomic
def propose_dates(*, meeting: Meeting, spans: Sequence[tuple[datetime, datetime]], closes_on: date, by: "User") -> Poll:
    """Ask the invitees (the body's members when nobody is invited yet) which of `spans`, (start, end), suit them, until the
    end of `closes_on`. Called again, it changes the dates: what was answered of those that stay is kept, and everybody is
    asked of those that are new.

    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when the meeting has its date, nobody
    is invited, or the dates are too few, too many, past, or before the answers are due."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    meeting = locked(meeting)
    wanted = sorted(set(spans))
    _check(meeting, wanted, closes_on)
    if meeting.body_id and not Invitee.objects.filter(meeting=meeting).exists():
        invite_body_members(meeting=meeting, by=by)
    invitees = list(Invitee.objects.filter(meeting=meeting).still_called(meeting.space))
    if not invitees:
        raise ValidationError("Personne n’est invité. Choisissez d’abord les invités.")
    poll, is_new = Poll.objects.update_or_create(
        meeting=meeting,
        defaults={"closes_on": closes_on, "chosen": None},
        create_defaults={"closes_on": closes_on, "opened_by": by},
    )
    has_more = _set_dates(poll, wanted) and not is_new
    log(meeting, "meetings.poll.opened" if is_new else "meetings.poll.changed", user=by, data={"dates": len(wanted)})
    if has_more:
        ballots = Ballot.objects.filter(poll=poll)
        ballots.update(answered_at=None, answered_via="", reminded_at=None, asked_at=timezone.now())
        polling.tell(poll, list(ballots.select_related("invitee")), polling.NEW_DATES, by=by)
    polling.ask(poll, invitees, by=by)
    return poll


@transaction.atomic
def answer_poll(*, ballot: Ballot, choices: Mapping[int, Choice], via: AnsweredVia, by: "User | None" = None) -> None:
    """Write down what a person says of every date, by the date's id. By the signed link `by` is None: the link is the right,
    for that person alone, as long as they are called. On the site, `by` is the person.

    Raises `PermissionDenied`/`Http404` for anybody else, `ValidationError` when it is too late, or a date is left out."""
    poll, meeting = _locked(ballot.poll)
    if via == AnsweredVia.LINK:
        if not polling.is_still_called(ballot):
            raise PermissionDenied
    else:
        policy.require(by, Ability.VIEW_SPACE, meeting.space)
        if by is None or ballot.invitee.user_id != by.pk:
            policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if reason := polling.why_closed(poll):
        raise ValidationError(reason)
    proposed = set(PollDate.objects.filter(poll=poll).values_list("pk", flat=True))
    if choices.keys() != proposed:
        raise ValidationError("Les dates proposées ont changé : répondez pour chacune.")
    PollAnswer.objects.bulk_create(
        [PollAnswer(ballot=ballot, date_id=pk, choice=Choice(choice)) for pk, choice in choices.items()],
        update_conflicts=True,
        unique_fields=["ballot", "date"],
        update_fields=["choice"],
    )
    ballot.answered_at, ballot.answered_via = timezone.now(), via
    ballot.save(update_fields=["answered_at", "answered_via"])
    log(meeting, "meetings.poll.answered", user=by, data={"invitee": ballot.invitee_id})


@transaction.atomic
def choose_date(*, date: PollDate, by: "User") -> int:
    """Keep this date: it becomes the meeting's, and the invitees are convened. Returns how many were written to; keeping
    the same date twice convenes once.

    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when another was kept, when the
    meeting has its date, or when this one is past."""
    policy.require(by, Ability.CONVENE_MEETING, date.poll.meeting.space)
    poll, meeting = _locked(date.poll)
    if poll.chosen_id == date.pk:
        return 0
    if poll.chosen_id or meeting.state not in POLLED:
        raise ValidationError(polling.why_closed(poll))
    if date.starts_at <= timezone.now():
        raise ValidationError("Cette date est passée. Proposez-en d’autres.")
    poll.chosen = date
    poll.save(update_fields=["chosen"])
    log(meeting, "meetings.poll.chosen", user=by, data={"date": date.starts_at.isoformat()})
    kept = {name: getattr(meeting, name) for name in ("title", "place", "link", "description")}
    change_meeting(meeting=meeting, by=by, starts_at=date.starts_at, ends_at=date.ends_at, **kept)
    return convene_meeting(meeting=meeting, by=by)


@transaction.atomic
def remind_poll(*, poll: Poll, by: "User") -> int:
    """Write again to those who have not answered; returns how many. Raises as `choose_date`."""
    policy.require(by, Ability.CONVENE_MEETING, poll.meeting.space)
    poll, _ = _locked(poll)
    if reason := polling.why_closed(poll):
        raise ValidationError(reason)
    return _remind(poll, Q(), by=by)


def remind_polled() -> int:
    """Remind, once each, those who have not answered as the last day comes near; returns how many. Asks no right: the
    schedule calls it, and running it twice reminds once."""
    near = timezone.localdate() + timedelta(days=REMIND_DAYS_BEFORE)
    count = 0
    for poll in Poll.objects.open().filter(closes_on__lte=near).select_related("meeting", "opened_by").order_by("pk"):
        with transaction.atomic():
            long_enough = Q(asked_at__lte=timezone.now() - timedelta(days=REMIND_AFTER_DAYS), reminded_at=None)
            count += _remind(_locked(poll)[0], long_enough, by=poll.opened_by)
    return count


def _remind(poll: Poll, which: Q, *, by: "User | None") -> int:
    silent = list(Ballot.objects.filter(which, poll=poll, answered_at=None).select_related("invitee"))
    told = polling.tell(poll, silent, polling.REMINDER, by=by)
    Ballot.objects.filter(pk__in=[one.pk for one in told]).update(reminded_at=timezone.now())
    if told:
        log(poll.meeting, "meetings.poll.reminded", user=by, data={"count": len(told)})
    return len(told)


def _locked(poll: Poll) -> tuple[Poll, Meeting]:
    """As they are now, kept from other writers: an answer and the choice of a date come one after the other."""
    meeting = locked(poll.meeting)
    poll = Poll.objects.get(pk=poll.pk)
    poll.meeting = meeting
    return poll, meeting


def _check(meeting: Meeting, spans: list[tuple[datetime, datetime]], closes_on: date) -> None:
    if meeting.state not in POLLED:
        raise ValidationError("Cette réunion a sa date. Pour en changer, reportez-la d’abord.")
    if not 2 <= len(spans) <= MAX_DATES:
        raise ValidationError(f"Proposez de 2 à {MAX_DATES} dates différentes.")
    if any(start <= timezone.now() or end <= start for start, end in spans):
        raise ValidationError("Une des dates est passée, ou finit avant de commencer.")
    if (meeting.starts_at, meeting.ends_at) in spans and meeting.state not in POLLED[:1]:
        raise ValidationError("Une des dates est celle dont la réunion vient d’être reportée.")
    if not timezone.localdate() <= closes_on < timezone.localdate(spans[0][0]):
        raise ValidationError({"closes_on": "Choisissez un jour avant la première date proposée, et pas encore passé."})


def _set_dates(poll: Poll, spans: list[tuple[datetime, datetime]]) -> bool:
    """Whether some are new."""
    present = {(one.starts_at, one.ends_at): one for one in PollDate.objects.filter(poll=poll)}
    PollDate.objects.filter(pk__in=[one.pk for span, one in present.items() if span not in spans]).delete()
    new = [PollDate(poll=poll, starts_at=start, ends_at=end) for start, end in spans if (start, end) not in present]
    return bool(PollDate.objects.bulk_create(new))
