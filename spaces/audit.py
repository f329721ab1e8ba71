"""Does the projection say what the mandates say? Compared here, for the command `check_rights` and the daily turn."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from spaces import policy
from spaces.enums import Role
from spaces.models import Space, SpaceGroupObjectPermission, SpaceUserObjectPermission


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the mandates say: a French sentence, and what puts it right."""

    sentence: str
    repair: Callable[[], object]


Checker = Callable[[], Iterable[Difference]]

_checkers: list[Checker] = []


def register_checker(checker: Checker) -> Checker:
    """Let a room that gives rights of its own to the projected groups (pages, documents) have them compared too.
    Usable as a decorator, in the room's `apps.ready` or `wagtail_hooks`."""
    if checker not in _checkers:
        _checkers.append(checker)
    return checker


def differences() -> Iterator[Difference]:
    """Every difference, in an order that can be repaired from first to last."""
    for checker in (_groups, _group_rows, _user_rows, _memberships, *_checkers):
        yield from checker()


def stale_users() -> list[User]:
    """The accounts whose groups are not what their mandates of today say."""
    return [user for user, expected, present in _groups_of_users() if expected != present]


def _groups() -> Iterator[Difference]:
    present = {group.name: group for group in Group.objects.filter(policy.PROJECTED_GROUPS).order_by("name")}
    expected = {policy.ANIMATION_GROUP, policy.REGISTERED_GROUP}
    for space in Space.objects.order_by("pk"):
        names = {policy.group_name(space.slug, role) for role in Role}
        expected |= names
        for name in sorted(names - present.keys()):
            yield Difference(f"Il manque le groupe « {name} ».", lambda space=space: policy.project_groups(space))
    for name in sorted({policy.ANIMATION_GROUP, policy.REGISTERED_GROUP} - present.keys()):
        yield Difference(f"Il manque le groupe « {name} ».", lambda name=name: Group.objects.get_or_create(name=name))
    for name in sorted(present.keys() - expected):
        yield Difference(f"Le groupe « {name} » ne correspond à aucun espace.", present[name].delete)


def _group_rows() -> Iterator[Difference]:
    rows = SpaceGroupObjectPermission.objects.select_related("group", "permission", "content_object").order_by("pk")
    present: dict[int, dict[tuple[str, str], SpaceGroupObjectPermission]] = {}
    for row in rows:
        present.setdefault(row.content_object_id, {})[row.group.name, row.permission.codename] = row
    for space in Space.objects.order_by("pk"):
        expected, found = policy.projected_rows(space), present.get(space.pk, {})
        for name, codename in sorted(expected - found.keys()):
            yield Difference(
                f"{space} : le groupe « {name} » n’a pas le droit « {codename} ».",
                lambda space=space: policy.project_groups(space),
            )
        for name, codename in sorted(found.keys() - expected):
            yield Difference(
                f"{space} : le groupe « {name} » a en trop le droit « {codename} ».", found[name, codename].delete
            )


def _user_rows() -> Iterator[Difference]:
    """Rights pass by groups: none is ever given to one person."""
    for row in SpaceUserObjectPermission.objects.select_related("user", "permission", "content_object").order_by("pk"):
        yield Difference(
            f"{row.content_object} : {row.user.email} a en propre le droit « {row.permission.codename} », sans mandat.",
            row.delete,
        )
    for row in User.user_permissions.through.objects.select_related("user", "permission").order_by("pk"):
        yield Difference(
            f"{row.user.email} a en propre le droit « {row.permission.codename} », sans mandat.", row.delete
        )


def _memberships() -> Iterator[Difference]:
    for user, expected, present in _groups_of_users():
        for name in sorted(expected - present):
            yield Difference(
                f"{user.email} n’est pas dans le groupe « {name} », que ses mandats lui donnent.",
                lambda user=user: policy.project(user),
            )
        for name in sorted(present - expected):
            yield Difference(
                f"{user.email} est dans le groupe « {name} » sans mandat en vigueur.",
                lambda user=user: policy.project(user),
            )


def _groups_of_users() -> list[tuple[User, set[str], set[str]]]:
    """(user, groups expected, groups present) for every account, in three queries. A technical superuser passes everywhere
    without a group, and is made without being projected: nothing to compare."""
    users = list(User.objects.filter(is_superuser=False).order_by("email"))
    expected = policy.projected_groups(None)
    present: dict[int, set[str]] = {}
    for user_id, name in User.groups.through.objects.filter(
        group__in=Group.objects.filter(policy.PROJECTED_GROUPS)
    ).values_list("user_id", "group__name"):
        present.setdefault(user_id, set()).add(name)
    return [(user, expected.get(user.pk, set()), present.get(user.pk, set())) for user in users]


@transaction.atomic
def repair() -> None:
    """Put every difference right, one kind after the other: groups exist before people are put into them."""
    for checker in (_groups, _group_rows, _user_rows, _memberships, *_checkers):
        for difference in list(checker()):
            difference.repair()
