"""Inviting people into spaces. The account and the mail are made by `accounts.actions`; the right is asked here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import actions as account_actions
from accounts.journal import log
from accounts.models import User
from directory.models import Structure
from spaces import policy
from spaces.actions.mandates import end_membership, grant_membership
from spaces.enums import Ability, Role
from spaces.models import AccessRequest, AccessRequestState, AnimationMandate, Membership, Space, french_date

if TYPE_CHECKING:
    from accounts.models import Invitation


@dataclass(frozen=True)
class Invitee:
    email: str
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True)
class Outcome:
    """Who was told, and who needed nothing because they were in every one of the spaces already."""

    invited: tuple[User, ...]
    already: tuple[User, ...]


@transaction.atomic
def invite(
    *,
    by: User,
    people: Sequence[Invitee],
    spaces: Sequence[Space],
    role: Role,
    function: str = "",
    structure: Structure | None = None,
    ends_on: date | None = None,
    answering: AccessRequest | None = None,
) -> Outcome:
    """Bring each of `people` into each of `spaces`; whoever has a mandate there already keeps it as it is.

    `answering` is the request for access that this accepts. All or nothing: raises `Http404`/`PermissionDenied` when `by`
    does not manage the members of one of the spaces, `ValidationError` for a deactivated account that `by` may know of,
    reversed dates or a request that somebody else has answered. Where `by` may not know, a deactivated account is given its
    mandate like any other, without effect and without a mail until the regional animation opens it again."""
    for space in spaces:
        policy.require(by, Ability.MANAGE_MEMBERS, space)
    if answering is not None:
        _accept(answering, by)
    known = {
        user.email: user
        for user in User.objects.filter(email__in=[_address(person) for person in people]).select_related("invitation")
    }
    closed = {user.pk: user.email for user in known.values() if _is_closed(user)}
    if told := _known_to(by, closed):
        said = ", ".join(sorted(closed[pk] for pk in told))
        raise ValidationError(f"Compte désactivé\u00a0: {said}. Seule l’animation régionale peut rouvrir un compte.")
    present = set(
        Membership.objects.current()
        .filter(user__in=known.values(), space__in=spaces)
        .values_list("user_id", "space_id")
    )
    invited, already = [], []
    for person in people:
        user = known.get(_address(person))
        missing = [space for space in spaces if user is None or (user.pk, space.pk) not in present]
        if user is not None and not missing:
            already.append(user)
            continue
        if user is None or user.pk not in closed:
            user = account_actions.invite_account(
                email=_address(person),
                first_name=person.first_name,
                last_name=person.last_name,
                granted=[_granted(space, role, ends_on) for space in missing],
                by=by,
            )
        for space in missing:
            grant_membership(
                user=user, space=space, role=role, by=by, function=function, structure=structure, ends_on=ends_on
            )
        invited.append(user)
    return Outcome(tuple(invited), tuple(already))


def _address(person: Invitee) -> str:
    return person.email.strip().lower()


def _is_closed(user: User) -> bool:
    """Closed by the regional animation; an account closed by the withdrawal of its invitation opens with a new one."""
    return not user.is_active and (
        user.has_joined or getattr(user, "invitation", None) is None or user.invitation.is_pending
    )


def _known_to(by: User, closed: Collection[int]) -> set[int]:
    """The closed accounts that may be named to `by`: for a manager, those of people who were there while theirs was open."""
    if policy.reader_of(by).is_animation:
        return set(closed)
    were_there = Membership.objects.filter(
        user__in=closed, space__in=policy.reader_of(by).managed_ids, created_at__lte=F("user__last_seen_at")
    )
    return set(were_there.order_by().values_list("user_id", flat=True)) if closed else set()


def _granted(space: Space, role: Role, ends_on: date | None) -> str:
    """« Lille, en tant que contributeur, jusqu’au 31 mai 2027 »."""
    phrase = f"{space.name}, en tant que {role.label.lower()}"
    return f"{phrase}, jusqu’au {french_date(ends_on)}" if ends_on else phrase


def _accept(access_request: AccessRequest, by: User) -> None:
    taken = (
        AccessRequest.objects.visible_to(by)
        .pending()
        .filter(pk=access_request.pk)
        .update(state=AccessRequestState.ACCEPTED, decided_at=timezone.now(), decided_by=by)
    )
    if not taken:
        raise ValidationError("Cette demande d’accès a déjà reçu une réponse.")
    log(access_request, "spaces.request.accept", user=by)


def _pending_invitation(membership: Membership, by: User) -> "Invitation":
    """The invitation of somebody who never came in. Raises `ValidationError` when there is none."""
    policy.require(by, Ability.MANAGE_MEMBERS, membership.space)
    invitation: Invitation | None = getattr(membership.user, "invitation", None)
    if invitation is None or not invitation.is_pending:
        raise ValidationError("Il n’y a pas d’invitation en attente pour cette personne.")
    return invitation


@transaction.atomic
def resend_invitation(*, membership: Membership, by: User) -> None:
    """Send a fresh link to somebody who has not come yet; the former link stops working.

    Raises `Http404`/`PermissionDenied`, `ValidationError` when nothing waits."""
    account_actions.resend_invitation(invitation=_pending_invitation(membership, by), by=by)
    log(membership, "spaces.invitation.resend", user=by)


@transaction.atomic
def withdraw_invitation(*, membership: Membership, by: User) -> None:
    """Take back what `by` may take back: the mandates of that person in the spaces that `by` manages; and the link itself
    when no other mandate is left.

    Raises `Http404`/`PermissionDenied`, `ValidationError` when nothing waits or a space would lose its last manager."""
    invitation = _pending_invitation(membership, by)
    user = membership.user
    for mine in Membership.objects.current().filter(user=user, space__in=policy.reader_of(by).managed_ids):
        end_membership(membership=mine, by=by, is_told=False)
    others = Membership.objects.current().filter(user=user).exists()
    if not others and not AnimationMandate.objects.current().filter(user=user).exists():
        account_actions.withdraw_invitation(invitation=invitation, by=by)
        policy.project(invitation.user)
    log(membership, "spaces.invitation.withdraw", user=by)
