"""Do Wagtail's own tables give the projected groups what `actions.give_managers_their_rights` does, and nothing else?
Compared with the rest of the projection, by the command `check_rights`."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import Group
from wagtail.models import GroupCollectionPermission, GroupPagePermission, GroupSitePermission

from pages.actions import COLLECTION_PERMISSIONS, PAGE_PERMISSIONS, give_managers_their_rights
from pages.models import SpacePage
from spaces import policy
from spaces.audit import Difference
from spaces.enums import Role

_ENTER = "wagtailadmin.access_admin"

Right = tuple[str, str, int]
"""Group, permission (« application.codename »), and the page or collection on which it is given (0: everywhere)."""


def wagtail_rights() -> Iterator[Difference]:
    """What is missing, then what is too much. Same number of queries for two spaces and for twenty."""
    pages, collections, everywhere = {}, {}, {}
    for page in SpacePage.objects.select_related("space__collection").order_by("pk"):
        space = page.space

        def give(space: Any = space, page: Any = page) -> None:
            give_managers_their_rights(space, page)

        for group in (policy.group_name(space.slug, Role.MANAGER), policy.ANIMATION_GROUP):
            everywhere[group, _ENTER, 0] = (group, give)
            for codename in PAGE_PERMISSIONS:
                pages[group, f"wagtailcore.{codename}", page.pk] = (page.title, give)
            for app, codename in COLLECTION_PERMISSIONS:
                collections[group, f"{app}.{codename}", space.collection_id] = (space.collection.name, give)
    yield from _compare("page", pages, _present(GroupPagePermission, "page"))
    yield from _compare("collection", collections, _present(GroupCollectionPermission, "collection"))
    yield from _compare("site", {}, _present(GroupSitePermission, "site"))
    yield from _compare("site", everywhere, _present(Group.permissions.through))


def _present(model: Any, target: str = "") -> dict[Right, tuple[str, Callable[[], object]]]:
    """The rows of the projected groups: the name of what each is about, and what deletes it."""
    names = Group.objects.filter(policy.PROJECTED_GROUPS)
    related = ["group", "permission__content_type", *([target] if target else [])]
    rows = model.objects.filter(group__in=names).select_related(*related).order_by("pk")
    return {
        (
            row.group.name,
            f"{row.permission.content_type.app_label}.{row.permission.codename}",
            getattr(row, f"{target}_id") if target else 0,
        ): (str(getattr(row, target)) if target else row.group.name, row.delete)
        for row in rows
    }


def _compare(what: str, expected: dict[Right, Any], present: dict[Right, Any]) -> Iterator[Difference]:
    for right in sorted(expected.keys() - present.keys()):
        name, give = expected[right]
        yield Difference(f"Wagtail, {_on(what, name, right)} n’a pas le droit « {right[1]} ».", give)
    for right in sorted(present.keys() - expected.keys()):
        name, delete = present[right]
        yield Difference(f"Wagtail, {_on(what, name, right)} a en trop le droit « {right[1]} ».", delete)


def _on(what: str, name: str, right: Right) -> str:
    where = f"{what} « {name} »" if right[2] else "tout le site"
    return f"{where} : le groupe « {right[0]} »"
