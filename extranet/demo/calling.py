"""Who sits in the demo network's bodies, who is called to their meetings, and what they answered."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from extranet.demo.dates import at, in_days
from mail.models import OutgoingMail
from meetings.actions import (
    Person,
    add_body_member,
    add_invitees,
    add_item,
    answer_poll,
    invite_body_members,
    prepare_meeting,
    propose_dates,
)
from meetings.enums import Answer, AnsweredVia, BodyKind, Choice, MeetingState, Purpose
from meetings.models import AgendaItem, Ballot, Body, BodyMember, Invitee, Meeting, PollDate
from spaces.enums import Role
from spaces.models import Membership, Space

_KINDS = {
    "Comité technique territorial": BodyKind.CTT,
    "Groupe d’usagers": BodyKind.USER_PANEL,
    "Réunion des coordinateurs": BodyKind.COORDINATORS,
    "COTEC régional": BodyKind.COTEC,
    "Groupe Projet Ressources": BodyKind.GPR,
}
_ANSWERS = (Answer.PRESENT, Answer.PRESENT, Answer.EXCUSED, Answer.NONE, Answer.REPRESENTED)


def seat_members() -> None:
    """The members of a space sit in its bodies; the coordinators, in theirs. A user panel has its own seats."""
    for body in Body.objects.exclude(kind=BodyKind.USER_PANEL).select_related("space"):
        if body.kind == BodyKind.COORDINATORS:
            mandates = Membership.objects.in_force().filter(role=Role.MANAGER, space__territory__isnull=False)
        else:
            mandates = Membership.objects.in_force().filter(space=body.space)
        for mandate in mandates.select_related("user", "structure__network").order_by("pk"):
            add_body_member(body=body, user=mandate.user, structure=mandate.structure, by=None)


def body_of(space: Space, title: str) -> Body | None:
    return Body.objects.filter(space=space, kind=_KINDS.get(title, "")).first()


def call(meeting: Meeting, *, by: User) -> None:
    """Invited, called and answered; no mail leaves, since the demo network writes to nobody. What is over was held."""
    if meeting.body is None:
        return
    first = AgendaItem.objects.filter(meeting=meeting).order_by("position").first()
    if first:
        AgendaItem.objects.filter(pk=first.pk).update(minutes=40, purpose=Purpose.DECISION)
    else:
        add_item(meeting=meeting, by=by, title="Tour de table", minutes=20)
    invite_body_members(meeting=meeting, by=by)
    now, is_over = timezone.now(), meeting.ends_at < timezone.now()
    invitees = list(Invitee.objects.filter(meeting=meeting).order_by("pk"))
    for rank, invitee in enumerate(invitees):
        # The organiser comes; most of the others have answered.
        answer = Answer.PRESENT if invitee.user_id == by.pk else _ANSWERS[(rank + meeting.pk) % len(_ANSWERS)]
        invitee.answer, invitee.told_sequence, invitee.reminded_at = answer, 0, now
        if answer != Answer.NONE:
            invitee.answered_at, invitee.answered_via = now - timedelta(days=1), AnsweredVia.LINK
        if answer == Answer.REPRESENTED:
            invitee.represented_by = "une collègue de la structure"
    Invitee.objects.bulk_update(
        invitees, ["answer", "told_sequence", "reminded_at", "answered_at", "answered_via", "represented_by"]
    )
    state = {"state": MeetingState.HELD, "held_at": F("ends_at")} if is_over else {}
    Meeting.objects.filter(pk=meeting.pk).update(
        answer_by=timezone.localdate(meeting.starts_at - timedelta(days=2)), **state
    )


def choose_date(space: Space, by: User) -> int:
    """A meeting whose date is being chosen: two members in three have answered. Returns how many have. Nobody is written to."""
    spans = [
        (at(in_days(day), hour), at(in_days(day), hour + 3)) for day, hour in ((14, 9), (16, 14), (21, 9), (23, 14))
    ]
    meeting = prepare_meeting(
        space=space, by=by, title="Séminaire du territoire", place="Maison de l’emploi, salle 2",
        starts_at=spans[0][0], ends_at=spans[0][1],
    )  # fmt: skip
    members = BodyMember.objects.filter(body__space=space, body__kind=BodyKind.CTT).select_related("user", "structure")
    people = [Person(one.user.email, user=one.user, structure=one.structure) for one in members]
    sent_before = set(OutgoingMail.objects.values_list("pk", flat=True))
    add_invitees(meeting=meeting, people=people, by=by)
    poll = propose_dates(meeting=meeting, spans=spans, closes_on=in_days(8), by=by)
    OutgoingMail.objects.exclude(pk__in=sent_before).delete()
    ballots = [one for rank, one in enumerate(Ballot.objects.filter(poll=poll).select_related("invitee")) if rank % 3]
    dates, choices = list(PollDate.objects.filter(poll=poll)), (Choice.YES, Choice.YES, Choice.MAYBE, Choice.NO)
    for rank, ballot in enumerate(ballots):
        given = {date.pk: choices[(rank + step) % len(choices)] for step, date in enumerate(dates)}
        answer_poll(ballot=ballot, choices=given, via=AnsweredVia.LINK)
    return len(ballots)
