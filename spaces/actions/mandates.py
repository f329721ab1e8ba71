"""Giving, changing and ending mandates. Nobody grants more than they have, and whoever leaves names a successor first:
the day until which a space is sure to be managed never comes nearer by somebody's hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.journal import log
from directory.models import Structure
from spaces import policy, succession
from spaces.actions import notices
from spaces.enums import Ability, Role
from spaces.models import AnimationMandate, Boundary, MandateQuerySet, Membership, Space
from spaces.queries import members_in_force

if TYPE_CHECKING:
    from accounts.models import User

NO_SUCCESSOR = (
    "Après cela, plus personne n’animerait l’espace « {space} » : "
    "donnez d’abord à quelqu’un d’autre le rôle d’animateur d’espace."
)
NO_ANIMATION = (
    "Après cela, plus personne n’assurerait l’animation régionale : donnez d’abord ce mandat à quelqu’un d’autre."
)


def _covered_until(mandates: MandateQuerySet) -> date:
    """The last day until which, without a gap from today, one of these mandates is in force for an active account.
    `date.max` when one has no end; `date.min` when nobody holds one today."""
    today = timezone.localdate()
    day = None
    for starts_on, ends_on in (
        mandates.current().filter(user__is_active=True).order_by("starts_on").values_list("starts_on", "ends_on")
    ):
        if day == date.max or starts_on > (day + timedelta(days=1) if day else today):
            break
        day = max(day or today, ends_on or date.max)
    return day or date.min


def _managers(space: Space) -> MandateQuerySet:
    return Membership.objects.filter(space=space, role=Role.MANAGER)


@contextmanager
def keeping_a_manager(*spaces: Space) -> Iterator[None]:
    """What is written inside may not leave one of `spaces` without a manager sooner than before.

    Takes the spaces' locks, so that two managers who leave at the same time do not each count on the other.
    Raises `ValidationError`."""
    locked = list(Space.objects.select_for_update().filter(pk__in=[space.pk for space in spaces]).order_by("pk"))
    before = {space: _covered_until(_managers(space)) for space in locked}
    yield
    orphans = [space for space in locked if _covered_until(_managers(space)) < before[space]]
    if orphans:
        raise ValidationError([NO_SUCCESSOR.format(space=space) for space in orphans])


@contextmanager
def keeping_the_animation() -> Iterator[None]:
    """The same for the regional animation. Raises `ValidationError`."""
    list(AnimationMandate.objects.select_for_update().open().order_by("pk"))
    before = _covered_until(AnimationMandate.objects.all())
    yield
    if _covered_until(AnimationMandate.objects.all()) < before:
        raise ValidationError(NO_ANIMATION)


def _settle(user: "User", by: "User | None") -> None:
    policy.project(user)
    if by is not None and by.pk == user.pk:
        policy.forget(by)


def leave_circles(space: Space, user: "User") -> None:
    """A mandate given again does not bring the person back into the space's restricted circles: whatever ends a mandate, or
    finds one that has run out, calls this. The log says it; who does it is in the entry of the mandate."""
    left = Boundary.members.through.objects.filter(boundary__space=space, user=user)
    circles = list(left.values_list("boundary_id", flat=True))
    if circles:
        left.delete()
        log(space, "spaces.circles.leave", data={"user": user.pk, "circles": circles})


def _require_grant(by: "User", role: Role, space: Space) -> None:
    policy.require(by, Ability.MANAGE_MEMBERS, space)
    if role > policy.reader_of(by).roles[space.pk]:
        raise PermissionDenied


def _facts(mandate: Membership) -> dict[str, object]:
    """What the audit log keeps of a mandate."""
    return {
        "space": mandate.space.slug,
        "user": mandate.user_id,
        "role": Role(mandate.role).label,
        "function": mandate.function,
        "structure": mandate.structure.name if mandate.structure else "",
        "starts_on": mandate.starts_on.isoformat(),
        "ends_on": mandate.ends_on.isoformat() if mandate.ends_on else "",
    }


@transaction.atomic
def grant_membership(
    *,
    user: "User",
    space: Space,
    role: Role,
    by: "User | None",
    function: str = "",
    structure: Structure | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give `user` a mandate in `space`. `by` is None for the set-up command alone.

    A mandate that has run out there is closed first. Raises `PermissionDenied`/`Http404` when `by` may not manage members,
    `ValidationError` when the person already has an open mandate there or the dates are reversed."""
    if by is not None:
        _require_grant(by, role, space)
    with keeping_a_manager(space):
        Membership.objects.lapsed().filter(user=user, space=space).update(ended_at=timezone.now())
        leave_circles(space, user)
        membership = Membership(
            user=user,
            space=space,
            role=role,
            function=function,
            structure=structure,
            starts_on=starts_on or timezone.localdate(),
            ends_on=ends_on,
            created_by=by,
        )
        membership.full_clean()
        membership.save()
    _settle(user, by)
    log(membership, "spaces.membership.grant", user=by, data=_facts(membership))
    return membership


@transaction.atomic
def change_membership(
    *,
    membership: Membership,
    by: "User",
    role: Role,
    function: str,
    structure: Structure | None,
    starts_on: date,
    ends_on: date | None,
) -> Membership:
    """Give a mandate another role, function, structure or dates; a new end is announced again when it comes near.

    Raises `PermissionDenied`/`Http404` without the right to manage members, `ValidationError` when the mandate is over, the
    dates are reversed, somebody prolongs their own mandate, or the space would be left without a manager."""
    space = membership.space
    _require_grant(by, role, space)
    with keeping_a_manager(space):
        membership = Membership.objects.select_related("user", "space", "structure").get(pk=membership.pk)
        before, said = _facts(membership), notices.terms(membership)
        _require_open(membership)
        _refuse_own_extension(membership, by, ends_on)
        if ends_on != membership.ends_on:
            membership.warned_at = None
        membership.role, membership.function, membership.structure = role, function, structure
        membership.starts_on, membership.ends_on = starts_on, ends_on
        membership.full_clean()
        membership.save()
    _settle(membership.user, by)
    log(membership, "spaces.membership.change", user=by, data={"before": before, "after": _facts(membership)})
    notices.say_changed(membership, by=by, before=said)
    return membership


def _require_open(mandate: Membership | AnimationMandate) -> None:
    today = timezone.localdate()
    if mandate.ended_at is not None or (mandate.ends_on is not None and mandate.ends_on < today):
        raise ValidationError("Ce mandat a déjà pris fin : pour redonner un accès, invitez de nouveau la personne.")


def _refuse_own_extension(membership: Membership, by: "User", ends_on: date | None) -> None:
    if membership.user_id != by.pk or policy.reader_of(by).is_animation:
        return
    if membership.ends_on is not None and (ends_on is None or ends_on > membership.ends_on):
        raise ValidationError(
            {
                "ends_on": "On ne prolonge pas soi-même son mandat : "
                "demandez-le à un autre animateur de l’espace ou à l’animation régionale."
            }
        )


@transaction.atomic
def end_membership(
    *, membership: Membership, by: "User", is_told: bool = True, successor: "User | None" = None
) -> None:
    """Take the mandate back, from this second; the person is told by mail, unless an invitation is being withdrawn. What they held
    in the space goes to `successor`, a member of it, who is told too; without one it stays to be found again (`succession.py`).

    Raises `PermissionDenied`/`Http404` without the right to manage members, `ValidationError` when it is over already, when the
    space would be left without a manager, or when the successor is not a member."""
    space = membership.space
    policy.require(by, Ability.MANAGE_MEMBERS, space)
    with keeping_a_manager(space):
        membership = Membership.objects.select_related("user", "space", "structure").get(pk=membership.pk)
        _require_open(membership)
        held = _hand_over(membership, successor, by) if successor else []
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
    leave_circles(space, membership.user)
    _settle(membership.user, by)
    facts = _facts(membership) | ({"successor": successor.pk} if successor else {})
    log(membership, "spaces.membership.end", user=by, data=facts)
    if is_told:
        notices.say_ended(membership, by=by)
    if successor and held:
        notices.say_handed_over(membership, to=successor, held=held, by=by)


def _hand_over(membership: Membership, to: "User", by: "User") -> list[succession.Held]:
    """Done while the right of `by`, who may be the one who leaves, is still there."""
    if to.pk == membership.user_id or not members_in_force(membership.space).filter(pk=to.pk).exists():
        raise ValidationError({"successor": "Choisissez un autre membre de cet espace."})
    held = succession.held_by(membership.user, membership.space)
    succession.hand_over(held_by=membership.user, space=membership.space, to=to, by=by)
    return held


@transaction.atomic
def grant_animation(
    *,
    user: "User",
    by: "User | None",
    function: str = "",
    structure: Structure | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> AnimationMandate:
    """Make `user` one of the regional animation. `by` is None for the set-up command alone.

    Raises `PermissionDenied` unless `by` is of it, `ValidationError` when the person has an open mandate already or the dates
    are reversed."""
    if by is not None:
        policy.require(by, Ability.MANAGE_REGION)
    with keeping_the_animation():
        AnimationMandate.objects.lapsed().filter(user=user).update(ended_at=timezone.now())
        mandate = AnimationMandate(
            user=user,
            function=function,
            structure=structure,
            starts_on=starts_on or timezone.localdate(),
            ends_on=ends_on,
            created_by=by,
        )
        mandate.full_clean()
        mandate.save()
    _settle(user, by)
    log(mandate, "spaces.animation.grant", user=by, data={"user": user.pk})
    return mandate


@transaction.atomic
def end_animation(*, mandate: AnimationMandate, by: "User") -> None:
    """Take an animation mandate back, from this second.

    Raises `PermissionDenied` unless `by` is of the animation, `ValidationError` when it is over already or the last one."""
    policy.require(by, Ability.MANAGE_REGION)
    with keeping_the_animation():
        mandate = AnimationMandate.objects.select_related("user").get(pk=mandate.pk)
        _require_open(mandate)
        mandate.ended_at = timezone.now()
        mandate.save(update_fields=["ended_at"])
    _settle(mandate.user, by)
    log(mandate, "spaces.animation.end", user=by, data={"user": mandate.user_id})
    notices.say_ended(mandate, by=by)
