"""All who may, in one query however many they are: what `policy` answers for one person, answered for everybody. A test holds
the two against each other."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from spaces.enums import Ability, Role, Visibility
from spaces.models import AnimationMandate, Boundary, Membership, Share, Space
from spaces.policy import ABILITIES, BY_MANDATE_ALONE
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User


def who_may(
    space: Space,
    ability: Ability | str,
    *,
    boundary_id: int | None = None,
    since: datetime | None = None,
    today: date | None = None,
) -> "QuerySet[User]":
    """Everybody for whom `policy.can(user, ability, space, boundary_id=…)` is true today. With `since`, only those who could
    already read the space at that moment: whoever arrives later is not told the past. `today` is for a prepared query, which asks for it.

    Raises `ValueError` when `ability` is not one."""
    roles = [role for role in Role if Ability(ability) in ABILITIES[role]]
    users: QuerySet[User] = get_user_model().objects.active()
    is_open = space.visibility == Visibility.REGISTERED
    if not is_open or Role.READER not in roles or boundary_id is not None:
        members = Membership.objects.in_force(today).filter(space=space, role__in=roles)
        if boundary_id is not None:
            circle = Boundary.members.through.objects.filter(boundary=boundary_id).values("user")
            members = members.filter(Q(user__in=circle) | Q(role=Role.MANAGER))
        is_mandated = Q(pk__in=members.values("user"))
        by_mandate_alone = Ability(ability) in BY_MANDATE_ALONE
        users = users.filter(
            is_mandated if by_mandate_alone else _mandated(members, AnimationMandate.objects.in_force(today))
        )
    if since is None:
        return users
    if is_open:
        return users.filter(created_at__lte=since)
    then = _in_force_at(since)
    return users.filter(
        _mandated(Membership.objects.filter(then, space=space), AnimationMandate.objects.filter(then))
    ).filter(created_at__lte=since)


def reader_count(space: Space, *, object_id: UUID) -> int | None:
    """How many lines `policy.who_can_see` has for an object outside any boundary; None when a share opens it to whoever has an
    account. One query."""
    readers = _readers(space.pk, object_id, timezone.localdate())
    return None if any(pk == _EVERYBODY for (pk,) in readers) else len(readers)


_EVERYBODY = 0
"""In the place of a person."""


@prepared
def _readers(space: int, object_id: UUID, today: date) -> "QuerySet[User]":
    mandates = Membership.objects.in_force(today)
    shares = Share.objects.open(today).filter(object_id=object_id)
    users = get_user_model().objects.active().order_by()
    everybody = shares.filter(to_space__visibility=Visibility.REGISTERED).order_by().values_list(Value(_EVERYBODY))
    people = users.filter(
        Q(is_superuser=True)
        | Q(pk__in=mandates.filter(space=space).values("user"))
        | Q(pk__in=AnimationMandate.objects.in_force(today).values("user"))
        | Q(pk__in=shares.filter(to_user__isnull=False).values("to_user"))
        | Q(pk__in=mandates.filter(space__in=shares.values("to_space")).values("user"))
    )
    return people.values_list("pk").union(everybody, all=True)


def _mandated(members: QuerySet[Membership], animation: QuerySet[AnimationMandate]) -> Q:
    """A technical superuser counts as regional animation, as in the policy."""
    return Q(is_superuser=True) | Q(pk__in=members.values("user")) | Q(pk__in=animation.values("user"))


def _in_force_at(moment: datetime) -> Q:
    day = timezone.localdate(moment)
    return (
        Q(created_at__lte=moment, starts_on__lte=day)
        & (Q(ends_on=None) | Q(ends_on__gte=day))
        & (Q(ended_at=None) | Q(ended_at__gt=moment))
    )
