"""What `check_rights` says of Wagtail's own tables."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from pages.actions import add_space_pages
from pages.audit import wagtail_rights
from spaces import audit
from tests.factories import make_animation, make_space

IN_ORDER = (0, "Les droits correspondent aux mandats.\n")


def check(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_rights", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as exit:
        return int(exit.code), out.getvalue().replace("\u00a0", " ")
    return 0, out.getvalue().replace("\u00a0", " ")


def _permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)


@pytest.fixture
def douai_managers(lille, douai) -> Group:
    """Two spaces with their pages; the group of those who manage one of them."""
    make_animation()
    for space in (lille, douai):
        add_space_pages(space=space)
    return Group.objects.get(name="espace:douai:manager")


def test_the_managers_of_another_space_given_a_page_by_hand(douai_managers, lille):
    assert check() == IN_ORDER
    GroupPagePermission.objects.create(group=douai_managers, page=lille.page, permission=_permission("add_page"))
    sentence = (
        "- Wagtail, page « Lille » : le groupe « espace:douai:manager » a en trop le droit « wagtailcore.add_page ».\n"
    )
    assert check() == (1, sentence)
    assert check() == (1, sentence), "looking repairs nothing"
    assert check("--repair")[0] == 0
    assert check() == IN_ORDER
    assert not GroupPagePermission.objects.filter(group=douai_managers, page=lille.page).exists()


def _on_the_root(group, lille):
    GroupPagePermission.objects.create(
        group=group, page=Page.get_first_root_node(), permission=_permission("change_page")
    )


def _more_on_ones_own_page(group, lille):
    page = GroupPagePermission.objects.filter(group=group).first().page
    GroupPagePermission.objects.create(group=group, page=page, permission=_permission("lock_page"))


def _a_page_permission_removed(group, lille):
    GroupPagePermission.objects.filter(group=group, permission__codename="publish_page").delete()


def _another_collection(group, lille):
    permission = Permission.objects.get(content_type__app_label="wagtaildocs", codename="choose_document")
    GroupCollectionPermission.objects.create(group=group, collection=lille.collection, permission=permission)


def _every_collection(group, lille):
    permission = Permission.objects.get(content_type__app_label="wagtaildocs", codename="choose_document")
    GroupCollectionPermission.objects.create(
        group=group, collection=Collection.get_first_root_node(), permission=permission
    )


def _the_collection_removed(group, lille):
    GroupCollectionPermission.objects.filter(group=group).delete()


def _readers_let_in(group, lille):
    enter = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    Group.objects.get(name="espace:douai:reader").permissions.add(enter)


def _managers_shut_out(group, lille):
    group.permissions.clear()


def _everything_everywhere(group, lille):
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtaildocs", codename="delete_document"))


def _group_deleted(group, lille):
    group.delete()


@pytest.mark.parametrize(
    "sabotage",
    [
        _on_the_root,
        _more_on_ones_own_page,
        _a_page_permission_removed,
        _another_collection,
        _every_collection,
        _the_collection_removed,
        _readers_let_in,
        _managers_shut_out,
        _everything_everywhere,
        _group_deleted,
    ],
    ids=lambda sabotage: sabotage.__name__.strip("_"),
)
def test_each_sabotage_is_found_and_repaired(sabotage, douai_managers, lille):
    sabotage(douai_managers, lille)
    assert check()[0] == 1
    assert check("--repair")[0] == 0
    assert check() == IN_ORDER


def test_a_group_of_another_nature_is_left_alone(douai_managers, lille):
    editors = Group.objects.create(name="rédaction")
    GroupPagePermission.objects.create(group=editors, page=lille.page, permission=_permission("add_page"))
    assert check() == IN_ORDER


def test_it_is_compared_with_the_rest(douai_managers):
    assert wagtail_rights in audit._checkers


def test_it_costs_the_same_for_two_spaces_and_six(douai_managers, django_assert_num_queries):
    with django_assert_num_queries(5):
        assert list(wagtail_rights()) == []
    for _ in range(4):
        add_space_pages(space=make_space())
    with django_assert_num_queries(5):
        assert list(wagtail_rights()) == []
