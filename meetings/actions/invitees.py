"""Who is invited: the body's members, and others with or without an account."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.journal import log
from directory.models import Network, Structure
from meetings import convocations, polling
from meetings.enums import Answer, AnsweredVia, MeetingState
from meetings.models import Invitee, Meeting
from meetings.protected import refuse_names
from meetings.queries.bodies import sitting
from spaces import policy
from spaces.audience import who_may
from spaces.enums import Ability
from spaces.models import Membership
from spaces.queries import animation_team, people_around

if TYPE_CHECKING:
    from accounts.models import User

MAX_INVITEES = 500
_CLOSED = {
    MeetingState.CIRCULATED: "Le compte rendu de cette réunion est diffusé : la liste des invités ne change plus.",
    MeetingState.APPROVED: "Le compte rendu de cette réunion est approuvé : la liste des invités ne change plus.",
    MeetingState.CANCELLED: "Cette réunion est annulée : on n’y invite plus.",
}


@dataclass(frozen=True)
class Person:
    email: str
    name: str = ""
    user: "User | None" = None
    structure: Structure | None = None
    network: Network | None = None


@transaction.atomic
def add_invitees(
    *, meeting: Meeting, people: Iterable[Person], by: "User", structure: Structure | None = None
) -> list[Invitee]:
    """Invite whoever of `people` is not invited yet, capitals in an address aside; returns them. Each represents the structure
    that is said of them, else that of their mandate in the space, else `structure`. When the convocation has
    gone out already, or dates are being chosen, theirs leaves now, and nobody else is told. Raises `PermissionDenied`/`Http404` when `by` may not
    convene there, `ValidationError` when an address is wrong, or beyond `MAX_INVITEES`."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if reason := _CLOSED.get(MeetingState(meeting.state)):
        raise ValidationError(reason)
    # Written twice, somebody is invited once, under the name that one of the lines gives.
    wanted = {person.email.strip().lower(): person for person in sorted(people, key=lambda one: one.name != "")}
    refuse_names(meeting.body, by, *(f"{person.name} {email}" for email, person in wanted.items()))
    present = {email.lower() for email in Invitee.objects.filter(meeting=meeting).values_list("email", flat=True)}
    if len(present | wanted.keys()) > MAX_INVITEES:
        raise ValidationError(f"Une réunion a {MAX_INVITEES} invités au plus.")
    accounts = {user.email: user for user in get_user_model().objects.active().filter(email__in=wanted)}
    people = [replace(one, email=email, user=one.user or accounts.get(email)) for email, one in wanted.items()]
    names, mandated = _names(people, by), _structures(meeting, people)
    added = [
        _invite(
            meeting,
            replace(one, name=one.name or (names.get(one.user.pk, "") if one.user else "")),
            one.structure or (mandated.get(one.user.pk) if one.user else None) or structure,
        )
        for one in people
        if one.email not in present
    ]
    readers = who_may(meeting.space, Ability.VIEW_SPACE).order_by().values("pk")
    Invitee.objects.filter(pk__in=[one.pk for one in added], user__in=readers).update(as_member=True)
    if added:
        log(meeting, "meetings.invitees.added", user=by, data={"count": len(added)})
        if has_been_sent(meeting) and not convocations.why_closed(meeting):
            next_revision(meeting)
            send(meeting, added, convocations.CONVOCATION, by=by)
        elif poll := polling.open_poll_of(meeting):
            polling.ask(poll, added, by=by)
    return added


def invite_body_members(*, meeting: Meeting, by: "User") -> list[Invitee]:
    """Invite those who sit in the meeting's body today. Raises as `add_invitees`."""
    members = sitting(meeting.body).select_related("user", "structure", "network") if meeting.body else []
    people = [Person(one.address, one.full_name, one.user, one.structure, one.network) for one in members]
    return add_invitees(meeting=meeting, people=people, by=by)


@transaction.atomic
def remove_invitee(*, invitee: Invitee, by: "User") -> None:
    """Take somebody off the list: their link closes, and a convocation that they received is cancelled in their calendar.
    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` once the meeting is over."""
    meeting = invitee.meeting
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if meeting.state not in {MeetingState.DRAFT, MeetingState.CONVENED, MeetingState.POSTPONED}:
        raise ValidationError("La réunion a eu lieu : la liste des invités ne se réduit plus.")
    if invitee.told_sequence is not None and not convocations.why_closed(meeting):
        next_revision(meeting)
        convocations.tell(meeting, [invitee], convocations.REMOVAL, by=by)
    polling.withdraw(meeting, polling.REMOVAL, by=by, invitee=invitee)
    log(meeting, "meetings.invitees.removed", user=by)
    invitee.delete()


@transaction.atomic
def answer_invitation(
    *,
    invitee: Invitee,
    answer: Answer,
    represented_by: str = "",
    via: AnsweredVia,
    by: "User | None" = None,
    seen: int | None = None,
) -> Invitee:
    """Write down what the person answers. By the signed link, `by` is None: the link is the right, for that person alone, as
    long as they are called. On the site, `by` is the person, or somebody who may convene there and was told by voice (`ORGANISER`). `seen` is the
    date that was answered for, in seconds since 1970.

    Raises `PermissionDenied`/`Http404` for anybody else, `ValidationError` when it is too late, when the meeting has moved since that
    date was shown, or when nobody is named to represent the person."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("space", "body").get(pk=invitee.meeting_id)
    if via != AnsweredVia.LINK and (by is None or invitee.user_id != by.pk):
        policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    elif via == AnsweredVia.LINK and not convocations.is_still_called(invitee):
        raise PermissionDenied
    elif via == AnsweredVia.SITE:
        policy.require(by, Ability.VIEW_SPACE, meeting.space)
    if reason := convocations.why_closed(meeting):
        raise ValidationError(reason)
    if seen is not None and seen != int(meeting.starts_at.timestamp()):
        raise ValidationError("La date de cette réunion a changé entre-temps\u00a0: lisez la nouvelle, puis répondez.")
    represented_by = " ".join(represented_by.split()) if answer == Answer.REPRESENTED else ""
    if answer == Answer.REPRESENTED and not represented_by:
        raise ValidationError({"represented_by": "Par qui serez-vous représenté ?"})
    invitee.answer, invitee.represented_by = answer, represented_by
    invitee.answered_at, invitee.answered_via = timezone.now(), via
    invitee.full_clean(validate_unique=False, validate_constraints=False)
    invitee.save(update_fields=["answer", "represented_by", "answered_at", "answered_via"])
    log(meeting, "meetings.invitees.answered", user=by, data={"invitee": invitee.pk, "answer": answer})
    return invitee


def next_revision(meeting: Meeting) -> None:
    """For who is taken off the list, and for who comes onto it late: they may have been on it before, and a calendar that has read
    a CANCEL believes only a REQUEST of a higher SEQUENCE. Those who stay are not written to: what they have is still true."""
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db(fields=["sequence"])


def has_been_sent(meeting: Meeting) -> bool:
    """Whether a convocation has gone out to anybody."""
    return Invitee.objects.filter(meeting=meeting, told_sequence__isnull=False).exists()


def send(meeting: Meeting, invitees: list[Invitee], what: str, *, by: "User | None") -> int:
    """Queue the mails, and note which revision of the calendar entry each person has. Returns how many."""
    told = convocations.tell(meeting, invitees, what, by=by)
    Invitee.objects.filter(pk__in=[one.pk for one in told]).update(told_sequence=meeting.sequence)
    return len(told)


def _names(people: list[Person], by: "User") -> dict[int | None, str]:
    """By account, the names that `by` may learn: their own, those of people around them, and of the regional animation, whom
    everybody knows. Elsewhere, an address must not tell whose it is. One query."""
    known = Q(pk=by.pk) | Q(pk__in=people_around(by).order_by().values("pk")) | Q(pk__in=animation_team().values("pk"))
    users = get_user_model().objects.filter(known, pk__in=[one.user.pk for one in people if one.user])
    return {user.pk: user.get_full_name() for user in users}


def _structures(meeting: Meeting, people: list[Person]) -> dict[int | None, Structure]:
    """What people of the space represent there today, by account. One query."""
    users = [one.user.pk for one in people if one.user]
    mandates = Membership.objects.in_force().filter(space=meeting.space, user__in=users, structure__isnull=False)
    return {one.user_id: one.structure for one in mandates.select_related("structure__network").order_by("pk")}


def _invite(meeting: Meeting, person: Person, structure: Structure | None) -> Invitee:
    name = " ".join(person.name.split()) or person.email
    network = person.network or (structure.network if structure else None)
    invitee = Invitee(
        meeting=meeting, user=person.user, name=name[:160], email=person.email, structure=structure, network=network
    )
    invitee.full_clean()
    invitee.save()
    return invitee
