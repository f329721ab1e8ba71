"""The same rights as groups and guardian's rows, for Wagtail's admin. The only module that knows django-guardian."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, Value
from guardian.backends import ObjectPermissionBackend

from spaces.enums import Role, Visibility
from spaces.models import AnimationMandate, Membership, Space, SpaceGroupObjectPermission
from spaces.policy.rights import forget, reader_of

if TYPE_CHECKING:
    from accounts.models import User

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
