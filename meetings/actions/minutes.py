"""The life of minutes: circulated, amended, approved, then frozen; corrected by errata only."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.journal import log
from mail.actions import queue_mail
from meetings import leaving
from meetings.actions.carry_over import carry_over
from meetings.actions.desk import open_desk
from meetings.actions.papers import order_papers, someone_in_charge
from meetings.enums import AmendmentState, Approval, ItemState, MeetingState, MinutesState
from meetings.models import Action, AgendaItem, Amendment, Decision, Erratum, Meeting, Minutes
from meetings.queries import minutes as queries
from notifications.actions import record_event
from search.actions import index
from search.models import Kind
from spaces import policy
from spaces.enums import Ability, Role

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

REMIND_DAYS = 7
"""Between two reminders of the same minutes."""
WARN_DAYS = 3
"""Before silence approves minutes without what was noted since they were circulated."""
WRITTEN_HERE = "Ce compte rendu s’écrit depuis sa réunion : il ne se remplace, ne se renomme ni ne se retire ici."


@transaction.atomic
def circulate_minutes(*, meeting: Meeting, by: "User") -> tuple[Minutes, int]:
    """Make what the desk holds the provisional minutes, and tell those who sit in the meeting and may read it: by mail, with the
    last day to ask for a change. Their papers, and the links of those who do not read the space, come after (`papers`).
    Returns the minutes and how many were written to.

    Raises as `open_desk`; `ValidationError` too when the meeting has not begun, and when those who were told have these very
    words before them, with no amendment to answer since and days left to propose one (a button pressed twice)."""
    minutes = open_desk(meeting=meeting, by=by)
    if meeting.starts_at > timezone.now():
        raise ValidationError("Cette réunion n’a pas commencé : son compte rendu ne se diffuse pas encore.")
    told, today = minutes.sha256, timezone.localdate()
    _write_content(minutes, meeting)
    is_amended = Minutes.objects.amended().filter(pk=minutes.pk).exists()
    if minutes.sha256 == told and not is_amended and minutes.amend_until and minutes.amend_until >= today:
        raise ValidationError("Rien n’a changé depuis la dernière diffusion : personne n’a été prévenu de nouveau.")
    days = meeting.body.amendment_days if meeting.body else 15
    minutes.state = MinutesState.CIRCULATED
    minutes.circulated_at = timezone.now()
    minutes.circulations += 1
    minutes.amend_until = today + timedelta(days=days)
    minutes.save()
    order_papers(minutes, by=by, is_circulation=True)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=MeetingState.CIRCULATED, held_at=meeting.held_at or meeting.starts_at
    )
    _tell(minutes, meeting, "minutes.circulated", by)
    if meeting.body:
        carry_over(meeting.body)
    return minutes, _write_to_participants(minutes, meeting, by)


def _write_content(minutes: Minutes, meeting: Meeting) -> None:
    """What the desk holds now is what is read from now on, in the minutes and in the register."""
    content = queries.content_of(meeting)
    minutes.content, minutes.sha256 = content.as_data(), content.sha256()
    for lines in (Decision.objects, Action.objects):
        lines.filter(meeting=meeting, is_told=False).update(is_told=True)


def _tell(minutes: Minutes, meeting: Meeting, kind: str, by: "User | None") -> None:
    log(meeting, f"meetings.{kind}", user=by, data={"sha256": minutes.sha256})
    url = minutes.get_absolute_url()
    record_event(space=meeting.space, kind=kind, about=meeting, title=queries.title_of(meeting), url=url, actor=by)
    index_minutes(minutes, meeting)


def index_minutes(minutes: Minutes, meeting: Meeting) -> None:
    """Circulated minutes are found by all that they say, and stand for the document that holds them."""
    index(
        kind=Kind.MINUTES,
        object_id=meeting.pk,
        space=meeting.space,
        title=queries.title_of(meeting),
        body=queries.words_of(minutes),
        url=minutes.get_absolute_url(),
        happened_at=meeting.starts_at,
        copied_in=minutes.document.uuid if minutes.document else "",
    )


def index_all_minutes() -> int:
    """For `manage.py rebuild_search`; returns how many."""
    count = 0
    told = Minutes.objects.exclude(content=None).select_related("meeting__space", "document").order_by("pk")
    for minutes in told.iterator():
        index_minutes(minutes, minutes.meeting)
        count += 1
    return count


def _write_to_participants(minutes: Minutes, meeting: Meeting, by: "User") -> int:
    """A link, never the file: whoever may no longer read the space when the mail is opened reads nothing."""
    rights = []
    for user in queries.participants_who_read(meeting):
        if user.pk != by.pk:
            mail = queue_mail(
                to=user.email,
                template="meetings/email/minutes_circulated",
                context={
                    "person": user,
                    "meeting": meeting,
                    "minutes": minutes,
                    "again": minutes.circulations > 1,
                    "url": queries.absolute(minutes.get_absolute_url()),
                    "why": f"Vous recevez ce message parce que vous étiez invité à cette réunion de l’espace {meeting.space}.",
                },
                reply_to=by.email,
                gate=leaving.GATE,
            )
            rights.append((mail.pk, user.pk, meeting.space_id))
    leaving.hold(rights)
    return len(rights)


@transaction.atomic
def propose_amendment(*, minutes: Minutes, by: "User", text: str, item: AgendaItem | None = None) -> Amendment:
    """Ask for a change of circulated minutes. Raises `PermissionDenied`/`Http404` unless `by` sat in the meeting or contributes
    to its space, `ValidationError` when the time is over."""
    require_amender(by, minutes.meeting)
    minutes = _locked(minutes)
    if not minutes.is_open_to_amendments:
        raise ValidationError("Le délai est passé : ce compte rendu ne reçoit plus d’amendement.")
    if item is not None and item.meeting_id != minutes.meeting_id:
        raise ValidationError("Ce point n’est pas à cet ordre du jour.")
    amendment = Amendment(minutes=minutes, item=item, text=text.replace("\r\n", "\n").strip(), proposed_by=by)
    amendment.full_clean(exclude=["minutes", "item", "proposed_by"])
    amendment.save()
    log(minutes.meeting, "meetings.amendment.proposed", user=by)
    _tell_of(amendment, "amendment.proposed", by)
    return amendment


def _tell_of(amendment: Amendment, kind: str, by: "User") -> None:
    meeting = amendment.minutes.meeting
    url = f"{amendment.minutes.get_absolute_url()}#amendements"
    record_event(space=meeting.space, kind=kind, about=amendment, title=queries.title_of(meeting), url=url, actor=by)


def may_amend(user: "User", meeting: Meeting) -> bool:
    """Those who were invited, and those who write in the space."""
    role = policy.reader_of(user).roles.get(meeting.space_id)
    return role is not None and (role >= Role.CONTRIBUTOR or meeting.invitees.filter(user=user).exists())


def require_amender(by: "User", meeting: Meeting) -> None:
    policy.require(by, Ability.VIEW_SPACE, meeting.space)
    if not may_amend(by, meeting):
        raise PermissionDenied


@transaction.atomic
def settle_amendment(*, amendment: Amendment, by: "User", accepted: bool, answer: str) -> Amendment:
    """Accept or refuse, with a word why. An accepted amendment is written into the notes by hand, then circulated or approved
    with them. Raises `PermissionDenied`/`Http404`, `ValidationError` without a word, when settled already or frozen."""
    minutes = open_desk(meeting=amendment.minutes.meeting, by=by)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk, minutes=minutes)
    if amendment.state != AmendmentState.PROPOSED:
        raise ValidationError("Cet amendement a déjà reçu une réponse.")
    amendment.state = AmendmentState.ACCEPTED if accepted else AmendmentState.REFUSED
    amendment.answer = " ".join(answer.split())
    if not amendment.answer:
        raise ValidationError("Dites pourquoi, en un mot : la réponse est lue par qui l’a proposé.")
    amendment.settled_by, amendment.settled_at = by, timezone.now()
    amendment.full_clean(exclude=["minutes", "item", "proposed_by", "settled_by"])
    amendment.save()
    log(minutes.meeting, f"meetings.amendment.{amendment.state}", user=by)
    _tell_of(amendment, "amendment.settled", by)
    return amendment


@transaction.atomic
def approve_minutes(*, minutes: Minutes, by: "User | None", at: datetime | None = None) -> Minutes:
    """Approve, and freeze: the content as the desk holds it now, its fingerprint and its final PDF. `by` is None when approval
    comes by itself after the deadline; `at` says when, if it was not now. Approving twice approves once.

    Raises `PermissionDenied`/`Http404`, `ValidationError` while an amendment waits, before any circulation, and while the members have
    time left to ask for a change (see `queries.minutes.why_not_yet`)."""
    meeting = minutes.meeting
    if by is not None:
        policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    minutes = _locked(minutes)
    if minutes.is_frozen:
        return minutes
    if minutes.state != MinutesState.CIRCULATED:
        raise ValidationError("Ce compte rendu n’a pas été diffusé : il ne peut pas être approuvé.")
    if minutes.amendments.filter(state=AmendmentState.PROPOSED).exists():
        raise ValidationError("Un amendement attend une réponse : acceptez-le ou refusez-le d’abord.")
    if by is not None and (reason := queries.why_not_yet(minutes)):
        raise ValidationError(reason)
    if by is None and Minutes.objects.amended().filter(pk=minutes.pk).exists():
        raise ValidationError("Un amendement accepté n’a pas été diffusé.")
    minutes.state = MinutesState.APPROVED
    minutes.approved_at, minutes.approved_by = at or timezone.now(), by
    minutes.approval = Approval.EXPRESS if by else Approval.TACIT
    if by is not None:  # silence approves what was read, an assembly approves what is on the table
        _write_content(minutes, meeting)
    minutes.save()
    order_papers(minutes, by=by or someone_in_charge(meeting.space))
    _close_item(minutes)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.APPROVED)
    _tell(minutes, meeting, "minutes.approved", by)
    return minutes


def _close_item(minutes: Minutes) -> None:
    """The item that was to approve them: done at the meeting; before it, there is nothing left to approve."""
    item = minutes.approval_item
    if item is None or item.state != ItemState.OPEN:
        return
    if item.meeting and item.meeting.starts_at > timezone.now():
        item.delete()
    else:
        item.state = ItemState.TREATED
        item.save(update_fields=["state"])


@transaction.atomic
def add_erratum(*, minutes: Minutes, by: "User", text: str) -> Erratum:
    """Correct approved minutes in the open: what was approved stays, the correction follows it with its number.
    Raises `PermissionDenied`/`Http404`, `ValidationError` before the approval or when it says nothing."""
    policy.require(by, Ability.CONVENE_MEETING, minutes.meeting.space)
    minutes = _locked(minutes)
    if not minutes.is_frozen:
        raise ValidationError("Ce compte rendu n’est pas encore approuvé : corrigez-le et diffusez-le de nouveau.")
    erratum = Erratum(
        minutes=minutes, number=minutes.errata.count() + 1, text=text.replace("\r\n", "\n").strip(), created_by=by
    )
    erratum.full_clean(exclude=["minutes", "created_by"])
    erratum.save()
    order_papers(minutes, by=by)
    _tell(minutes, minutes.meeting, "minutes.corrected", by)
    return erratum


def approve_tacitly() -> int:
    """Where the body's rule says so: minutes whose deadline has passed and on which no amendment waits, for an answer or to be
    circulated (`remind_of_amendments` tells their organisers). Returns how many.
    Asks no right: the rule decided. One that cannot be approved today does not keep the others."""
    due = Minutes.objects.filter(
        state=MinutesState.CIRCULATED,
        meeting__body__approval=Approval.TACIT,
        amend_until__lt=timezone.localdate(),
    ).exclude(pk__in=Minutes.objects.amended().values("pk"))
    count = 0
    for minutes in due.select_related("meeting__space", "meeting__body").order_by("pk"):
        try:
            approve_minutes(minutes=minutes, by=None)
        except ValidationError as error:
            logger.warning("Minutes %s could not be approved by themselves: %s", minutes.pk, error)
        else:
            count += 1
    return count


def remind_of_amendments() -> int:
    """Once the deadline has passed, tell the organisers every `REMIND_DAYS` of the amendments for which approval waits; from
    `WARN_DAYS` before it, of what silence will leave out, or has. Returns of how many minutes. Asks no right: the schedule calls it."""
    today = timezone.localdate()
    lately = Q(reminded_on__gt=today - timedelta(days=REMIND_DAYS))
    soon = Q(to_tell__gt=0, amend_until__lte=today + timedelta(days=WARN_DAYS))
    due = Minutes.objects.unfinished().filter(soon | Q(amend_until__lt=today)).exclude(lately)
    count = 0
    for minutes in due.select_related("meeting__space").order_by("pk"):
        with transaction.atomic():
            # Two workers at once: the second finds nothing to update.
            if Minutes.objects.filter(pk=minutes.pk).exclude(lately).update(reminded_on=today):
                title, url = queries.title_of(minutes.meeting), minutes.where_it_waits
                record_event(space=minutes.meeting.space, kind="amendment.waiting", about=minutes, title=title, url=url)
                count += 1
    return count


def _locked(minutes: Minutes) -> Minutes:
    """The row as it is now, held: an approval and a write never cross."""
    return (
        Minutes.objects.select_for_update(of=("self",))
        .select_related("meeting__space", "meeting__body", "document", "approval_item__meeting")
        .get(pk=minutes.pk)
    )
