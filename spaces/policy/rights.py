"""What each person may reach and do: a mandate in force today, read once a request; everything else is a table look-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, F, FilteredRelation, Q, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404
from django.utils import timezone

from spaces.enums import Ability, Role, Visibility
from spaces.epochs import SpaceMark, mark_of
from spaces.models import AnimationMandate, Boundary, Share, Space
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

_READER = frozenset({Ability.VIEW_SPACE, Ability.VIEW_MEMBERS})
_CONTRIBUTOR = _READER | {Ability.ADD_DOCUMENT, Ability.PROPOSE_ITEM}
_MANAGER = _CONTRIBUTOR | {
    Ability.PUBLISH_ANNOUNCEMENT,
    Ability.CONVENE_MEETING,
    Ability.EDIT_PAGES,
    Ability.MANAGE_DOCUMENTS,
    Ability.MANAGE_MEMBERS,
    Ability.SEE_PANEL_NAMES,
}

ABILITIES: Mapping[Role, frozenset[Ability]] = {
    Role.READER: _READER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.MANAGER: _MANAGER,
}
"""What each role may do in its space."""

REGION_ABILITIES = frozenset({Ability.MANAGE_REGION, Ability.MANAGE_ACCOUNTS})
"""What the regional animation may do beside managing every space."""

BY_MANDATE_ALONE = frozenset({Ability.SEE_PANEL_NAMES})
"""What only a mandate held in the space itself gives: managing every space, as the regional animation does, is not enough."""

NOTHING: frozenset[Ability] = frozenset()


@dataclass(frozen=True)
class Reader:
    """What one person may reach today: looked up once a request, then asked many times."""

    roles: Mapping[int, Role] = field(default_factory=dict)
    """Role by space id, in every space that the person may read (`READER` where a space is open to all registered)."""
    mandated: Mapping[int, Role] = field(default_factory=dict)
    """Role by space id, from a mandate held in that very space."""
    is_animation: bool = False
    boundary_ids: frozenset[int] = frozenset()
    """The circles that the person is in, in spaces where they hold a mandate. Managers read inside every circle of theirs."""
    shared_ids: frozenset[UUID] = frozenset()
    """The objects that a share in force today opens to the person, by name or by one of their spaces."""
    spaces: Mapping[str, SpaceMark] = field(default_factory=dict, compare=False)
    """By slug, the spaces that the person may read."""

    @property
    def space_ids(self) -> frozenset[int]:
        """The predicate of every list and search: `space_id__in=reader.space_ids`."""
        return frozenset(self.roles)

    @property
    def managed_ids(self) -> frozenset[int]:
        return frozenset(pk for pk, role in self.roles.items() if role >= Role.MANAGER)

    def space_ids_with(self, ability: Ability) -> frozenset[int]:
        """The spaces in which the person has `ability`: the predicate of what is shown to some readers alone."""
        roles = self.mandated if ability in BY_MANDATE_ALONE else self.roles
        return frozenset(pk for pk, role in roles.items() if ability in ABILITIES[role])

    @property
    def is_manager(self) -> bool:
        """Manages at least one space."""
        return bool(self.managed_ids)

    def reads(self, space_id: int, boundary_id: int | None) -> bool:
        """What `readable` says, of one row."""
        return space_id in self.roles and (
            boundary_id is None or boundary_id in self.boundary_ids or space_id in self.managed_ids
        )


NOBODY = Reader()


def reader_of(user: "User | Any") -> Reader:
    """The `Reader` for `user`; `NOBODY` for an anonymous, inactive or deleted one.

    One query, kept on the user object, as long as the request; `forget(user)` drops it after a write. A technical superuser
    counts as regional animation, so that the answers agree with Django's `has_perm`."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    cached: Reader | None = user.__dict__.get("_reader")
    if cached is None:
        cached = user.__dict__["_reader"] = _look_up(user)
    return cached


def forget(user: "User | Any") -> None:
    """Drop what `reader_of` remembered on this user object: its mandates have just changed."""
    user.__dict__.pop("_reader", None)


@prepared
def _rows_of(user: int, today: date, *, everywhere: bool) -> Any:
    """The spaces that `user` reads with their role there, the circles that they are in, the shares that reach them."""
    spaces = (
        Space.objects.order_by()
        .annotate(
            mine=FilteredRelation(
                "memberships",
                condition=Q(memberships__user=user, memberships__ended_at=None, memberships__starts_on__lte=today)
                & (Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)),
            ),
            role=F("mine__role"),
            animated=Exists(AnimationMandate.objects.in_force(today).filter(user=user)),
        )
        .filter(Q() if everywhere else Q(mine__isnull=False) | Q(visibility=Visibility.REGISTERED) | Q(animated=True))
        .annotate(reference=Concat("slug", Value("/"), "epoch"))
        .values_list("pk", "visibility", "role", "animated", "reference")
    )
    circles = (
        Boundary.objects.filter(members=user).order_by().values_list("pk", *_columns(_CIRCLE, F("space_id"), Value("")))
    )
    shares = Share.objects.reaching(user, today).order_by()
    shared = shares.values_list("pk", *_columns(_SHARE, Value(0), Cast("object_id", CharField())))
    return spaces.union(circles, shared, all=True)


def _look_up(user: "User") -> Reader:
    found = _rows_of(user.pk, timezone.localdate(), everywhere=user.is_superuser)
    roles: dict[int, Role] = {}
    mandated: dict[int, Role] = {}
    circle_rows = [(pk, space_id) for pk, what, space_id, _, _ in found if what == _CIRCLE]
    shared_ids = frozenset(UUID(reference) for _, what, _, _, reference in found if what == _SHARE)
    rows = [row for row in found if row[1] not in (_CIRCLE, _SHARE)]
    is_animation = user.is_superuser
    if not rows:  # a region without any space yet has its animation already
        is_animation |= AnimationMandate.objects.in_force().filter(user=user).exists()
    spaces: dict[str, SpaceMark] = {}
    for pk, _, role, animated, reference in rows:
        is_animation = is_animation or animated
        if role is not None:
            mandated[pk] = Role(role)
        roles[pk] = Role.MANAGER if is_animation else mandated.get(pk, Role.READER)
        spaces |= mark_of(pk, reference)
    # Somebody whose mandate is over is out of the space's circles, even where the space is open to all registered.
    boundary_ids = frozenset(pk for pk, space_id in circle_rows if space_id in mandated)
    return Reader(roles, mandated, is_animation, boundary_ids, shared_ids, spaces)


_CIRCLE, _SHARE = "circle", "share"


def _columns(what: str, number: Any, reference: Any) -> list[Any]:
    """The last four columns of the one query, for what is not a space. Made afresh: an expression is used once."""
    return [Value(what), number, Value(False), reference]


def readable(user: "User | Any") -> Q:
    """The predicate of every `visible_to`, on rows with `space` and `boundary`: in one's spaces, and outside any boundary,
    or inside a circle of one's own, or anywhere in a space that one manages."""
    reader = reader_of(user)
    inside = Q(boundary=None)
    if reader.boundary_ids:
        inside |= Q(boundary_id__in=reader.boundary_ids)
    if reader.managed_ids:
        inside |= Q(space_id__in=reader.managed_ids)
    return Q(space_id__in=reader.space_ids) & (Q() if reader.is_animation else inside)


def abilities(user: "User | Any", space: Space | None = None) -> frozenset[Ability]:
    """All that `user` may do in `space`; without a space, in the region as a whole. Templates receive this same set."""
    reader = reader_of(user)
    if space is None:
        return REGION_ABILITIES if reader.is_animation else NOTHING
    role = reader.roles.get(space.pk)
    if role is None:
        return NOTHING
    mandated = reader.mandated.get(space.pk)
    return (ABILITIES[role] - BY_MANDATE_ALONE) | (ABILITIES[mandated] & BY_MANDATE_ALONE if mandated else NOTHING)


def can(
    user: "User | Any", ability: Ability | str, space: Space | None = None, *, boundary_id: int | None = None
) -> bool:
    """Whether `user` may, there and inside that boundary. Raises `ValueError` when `ability` is not one."""
    ability = Ability(ability)
    if boundary_id is not None and (space is None or not reader_of(user).reads(space.pk, boundary_id)):
        return False
    return ability in abilities(user, space)


def require(
    user: "User | Any", ability: Ability | str, space: Space | None = None, *, boundary_id: int | None = None
) -> None:
    """Raises `Http404` when the space, or what lies inside the boundary, does not exist for `user`; `PermissionDenied` when
    it does and the ability lacks."""
    if can(user, ability, space, boundary_id=boundary_id):
        return
    if space is None or can(user, Ability.VIEW_SPACE, space, boundary_id=boundary_id):
        raise PermissionDenied(space)
    raise Http404
