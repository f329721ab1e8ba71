"""Who may. The one place that decides; every screen, list, search, feed and mail asks here, and so does Wagtail's admin
through the groups projected below. The only module that knows django-guardian.

A right comes from a mandate in force today (`Membership`, `AnimationMandate`) or from a space being open to everybody
registered. `reader_of` reads both in one query; everything else is a table look-up. An ability absent from the table is
denied; a word that is not an ability raises `ValueError`. Outside one's spaces nothing exists (`Http404`); inside,
what one may not do is refused (`PermissionDenied`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Exists, F, FilteredRelation, Q, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend

from accounts.alphabet import alphabetical
from spaces.enums import Ability, Role, Visibility
from spaces.epochs import SpaceMark, mark_of
from spaces.models import AnimationMandate, Boundary, Membership, Share, Space, SpaceGroupObjectPermission, french_date
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


# --- Who can see this, and why --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Access:
    """One line of « Qui peut voir ceci ? »."""

    user: "User"
    role: Role
    reason: str
    is_waiting: bool = False
    """Invited, and never came in: has the right, and has not used it yet."""


def who_can_see(space: Space, *, boundary_id: int | None = None, object_id: UUID | None = None) -> list[Access]:
    """Everybody who reads `space` today, with the reason in plain words: members, technical accounts, the regional animation.
    Inside a boundary: its circle, and those who manage the space. `object_id` adds who reads that object by a share. A space
    open to all registered is read by every other account too, and so is what is shared with it: that is a sentence on the
    screen, not a list."""
    members = Membership.objects.in_force().filter(space=space, user__is_active=True)
    why = "Membre de l’espace"
    if boundary_id is not None:
        members = members.filter(inside(boundary_id))
        why = "Dans le cercle restreint, ou animateur de l’espace"
    animation = AnimationMandate.objects.in_force().filter(user__is_active=True)
    lines = {
        mandate.user_id: _access(mandate, Role(mandate.role), why)
        for mandate in members.select_related("user__invitation", "structure")
    }
    for user in get_user_model().objects.active().filter(is_superuser=True):
        lines[user.pk] = Access(user, Role.MANAGER, "Compte technique")
    for mandate in animation.select_related("user__invitation", "structure"):
        lines[mandate.user_id] = _access(mandate, Role.MANAGER, "Animation régionale")
    for line in _by_share(object_id) if object_id else ():
        lines.setdefault(line.user.pk, line)
    return sorted(lines.values(), key=_by_role_then_name)


def _by_role_then_name(line: Access) -> tuple[Any, ...]:
    return -line.role, alphabetical(line.user.last_name), alphabetical(line.user.first_name), line.user.pk


def inside(boundary_id: int) -> Q:
    """Of a space's mandates, those that read inside that boundary of it."""
    circle = Boundary.members.through.objects.filter(boundary=boundary_id).values("user")
    return Q(user__in=circle) | Q(role=Role.MANAGER)


def _by_share(object_id: UUID) -> list[Access]:
    shares = list(Share.objects.open().filter(object_id=object_id).select_related("to_space", "to_user"))
    lines = [_share_access(share, share.to_user) for share in shares if share.to_user and share.to_user.is_active]
    by_space = {share.to_space_id: share for share in shares if share.to_space_id and not share.is_for_everybody}
    mandates = Membership.objects.in_force().filter(space__in=by_space, user__is_active=True).select_related("user")
    return lines + [_share_access(by_space[mandate.space_id], mandate.user) for mandate in mandates]


def _share_access(share: Share, user: "User") -> Access:
    whom = share.with_space or "cette personne"
    return Access(user, Role.READER, f"Partagé avec {whom} jusqu’au {french_date(share.ends_on)}\u00a0: {share.reason}")


def _access(mandate: Membership | AnimationMandate, role: Role, why: str) -> Access:
    invitation = getattr(mandate.user, "invitation", None)
    is_waiting = invitation is not None and invitation.is_pending and not mandate.user.has_joined
    return Access(mandate.user, role, _reason(why, mandate), is_waiting)


def _reason(why: str, mandate: Membership | AnimationMandate) -> str:
    function = "" if mandate.function.casefold() == why.casefold() else mandate.function
    parts = [why, function, mandate.structure.name if mandate.structure else ""]
    if mandate.ends_on:
        parts.append(f"jusqu’au {french_date(mandate.ends_on)}")
    return ", ".join(part for part in parts if part)


# --- The projection: groups, guardian rows, Wagtail's permissions ---------------------------------------------------

ANIMATION_GROUP = "animation-regionale"
REGISTERED_GROUP = "inscrits"
SPACE_GROUP_PREFIX = "espace:"

_CODENAMES: Mapping[Role, tuple[str, ...]] = {
    Role.READER: ("view_space",),
    Role.CONTRIBUTOR: ("view_space", "contribute_space"),
    Role.MANAGER: ("view_space", "contribute_space", "manage_space"),
}

PROJECTED_GROUPS = Q(name__startswith=SPACE_GROUP_PREFIX) | Q(name__in=[ANIMATION_GROUP, REGISTERED_GROUP])
"""The groups that mirror mandates. Whatever else a person belongs to is none of the projection's business."""


def group_name(slug: str, role: Role) -> str:
    """« espace:lille:manager »: the slug never changes, so the name is the key."""
    return f"{SPACE_GROUP_PREFIX}{slug}:{role.name.lower()}"


def projected_rows(space: Space) -> set[tuple[str, str]]:
    """Guardian's rows for `space` as they should be: (group name, codename)."""
    rows = {(group_name(space.slug, role), codename) for role in Role for codename in _CODENAMES[role]}
    rows |= {(ANIMATION_GROUP, codename) for codename in _CODENAMES[Role.MANAGER]}
    if space.visibility == Visibility.REGISTERED:
        rows.add((REGISTERED_GROUP, "view_space"))
    return rows


def projected_groups(user: "User | None" = None) -> dict[int, set[str]]:
    """Names of the groups in which `user`, or everybody, should be today, by user id. One query for one active person;
    an inactive account is in none, and may be missing from the answer."""
    if user is not None:
        if not user.is_active:
            return {user.pk: set()}
        accounts, whose = [user.pk], Q(user=user)
    else:
        accounts, whose = get_user_model().objects.active().values_list("pk", flat=True), Q(user__is_active=True)
    names = {pk: {REGISTERED_GROUP} for pk in accounts}
    members = Membership.objects.in_force().filter(whose).order_by()
    animation = AnimationMandate.objects.in_force().filter(whose).order_by()
    for pk, slug, role in members.values_list("user_id", "space__slug", "role").union(
        animation.annotate(slug=Value(""), role=Value(0)).values_list("user_id", "slug", "role")
    ):
        names[pk].add(group_name(slug, Role(role)) if role else ANIMATION_GROUP)
    return names


def project_groups(space: Space) -> dict[Role, Group]:
    """Make the space's three groups, and make guardian's rows what they should be; idempotent. Wagtail's own permissions
    on the space's pages and collections are given to these groups by the rooms that own them."""
    rows = projected_rows(space)
    names = sorted({name for name, _ in rows} | {REGISTERED_GROUP})
    Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.filter(name__in=names)}
    permissions = {one.codename: one for one in Permission.objects.filter(content_type__app_label="spaces")}
    held = SpaceGroupObjectPermission.objects.filter(content_object=space)
    found = {(name, may): pk for name, may, pk in held.values_list("group__name", "permission__codename", "pk")}
    held.filter(pk__in=[found[row] for row in found.keys() - rows]).delete()
    lacking = sorted(rows - found.keys())
    given = [held.model(group=groups[name], permission=permissions[may], content_object=space) for name, may in lacking]
    held.bulk_create(given, ignore_conflicts=True)
    return {role: groups[group_name(space.slug, role)] for role in Role}


@transaction.atomic
def project(user: "User") -> bool:
    """Bring the person's groups into line with the mandates of today. Returns whether anything was changed."""
    expected = projected_groups(user)[user.pk]
    present = {group.name: group for group in user.groups.filter(PROJECTED_GROUPS)}
    forget(user)
    stale = [group for name, group in present.items() if name not in expected]
    missing = list(Group.objects.filter(name__in=expected - present.keys())) if expected - present.keys() else []
    if stale:
        user.groups.remove(*stale)
    if missing:
        user.groups.add(*missing)
    return bool(stale or missing)


def project_if_stale(user: "User") -> bool:
    """Before a door that looks at groups alone (Wagtail's admin): a mandate that began or ran out since the last closing
    counts from now. Two queries, and no write lock, when nothing has changed."""
    present = set(user.groups.filter(PROJECTED_GROUPS).values_list("name", flat=True))
    return present != projected_groups(user)[user.pk] and project(user)


class SpacePermissionBackend(ObjectPermissionBackend):
    """Guardian's backend, held against the policy: a row that has outlived its mandate gives nothing.

    `user.has_perm("spaces.view_space", space)` is then true exactly when both the projection and the mandates say so."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(obj, Space):
            return False
        role = reader_of(user_obj).roles.get(obj.pk)
        if role is None or perm.rpartition(".")[2] not in _CODENAMES[role]:
            return False
        return super().has_perm(user_obj, perm, obj)
