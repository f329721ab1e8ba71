"""This room's part of what somebody holds in a space (see `spaces.succession`): actions, seats, meetings to which they are called."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from meetings.actions import Person, add_body_member, add_invitees, remove_body_member
from meetings.actions.register import pass_actions
from meetings.enums import ActionStatus, MeetingState
from meetings.models import Action, BodyMember, Invitee, Meeting, MeetingQuerySet
from meetings.models.minutes import ActionQuerySet
from spaces.models import Membership, Space
from spaces.succession import Held

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def held_by(user: "User", space: Space) -> list[Held]:
    actions, meetings = _actions(user, space).count(), _meetings(user, space).count()
    found = []
    if actions:
        wanted = urlencode({"personne": user.last_name or user.email, "etat": ActionStatus.OPEN})
        found.append(
            Held(f"{actions} action{'s' if actions > 1 else ''} à mener", f"{reverse('meetings:register')}?{wanted}")
        )
    found += [
        Held(f"un siège\u00a0: {one.body}", reverse("meetings:body_members", args=[space.slug, one.body.slug]))
        for one in _seats(user, space)
    ]
    if meetings:
        words = f"une convocation à {meetings} réunion{'s' if meetings > 1 else ''} à venir"
        found.append(Held(words, reverse("meetings:space", args=[space.slug])))
    return found


def hand_over(user: "User", space: Space, to: "User", by: "User") -> None:
    """The successor sits, and is called, for the structure of their own mandate, else for that of the seat."""
    pass_actions(_actions(user, space), to=to, by=by)
    mandate = Membership.objects.in_force().filter(space=space, user=to).select_related("structure").first()
    structure = mandate.structure if mandate else None
    for seat in _seats(user, space):
        add_body_member(body=seat.body, user=to, by=by, structure=structure or seat.structure)
        remove_body_member(member=seat, by=by)
    for meeting in _meetings(user, space):
        add_invitees(meeting=meeting, people=[Person(to.email, user=to)], by=by)


def _actions(user: "User", space: Space) -> ActionQuerySet:
    return Action.objects.open().of(user).filter(meeting__space=space)


def _seats(user: "User", space: Space) -> "QuerySet[BodyMember]":
    seats = BodyMember.objects.filter(body__space=space, user=user, left_at=None, is_guest=False)
    return seats.select_related("body__space", "structure")


def _meetings(user: "User", space: Space) -> MeetingQuerySet:
    called = Invitee.objects.filter(user=user).still_called(space).values("meeting")
    to_come = Meeting.objects.filter(pk__in=called, space=space, starts_at__gt=timezone.now())
    return to_come.filter(state__in=[MeetingState.DRAFT, MeetingState.CONVENED]).select_related("space", "body")
