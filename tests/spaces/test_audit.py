from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from spaces import audit, policy
from spaces.enums import Role
from spaces.models import Membership, SpaceGroupObjectPermission, SpaceUserObjectPermission
from tests.factories import make_animation, make_member, make_user


def check(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_rights", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as exit:
        return int(exit.code), out.getvalue()
    return 0, out.getvalue()


def _permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label="spaces")


def _in_by_hand(user, lille):
    user.groups.add(Group.objects.get(name="espace:lille:manager"))


def _out_by_hand(user, lille):
    user.groups.clear()


def _mandate_ended_behind_the_back(user, lille):
    Membership.objects.filter(user=user).update(ended_at=timezone.now())


def _mandate_run_out(user, lille):
    Membership.objects.filter(user=user).update(
        starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1)
    )


def _closed_behind_the_back(user, lille):
    User.objects.filter(pk=user.pk).update(is_active=False)


def _group_row_removed(user, lille):
    SpaceGroupObjectPermission.objects.filter(group__name="espace:lille:reader").delete()


def _group_row_added(user, lille):
    SpaceGroupObjectPermission.objects.create(
        content_object=lille,
        group=Group.objects.get(name="espace:douai:reader"),
        permission=_permission("manage_space"),
    )


def _user_row_added(user, lille):
    SpaceUserObjectPermission.objects.create(content_object=lille, user=user, permission=_permission("manage_space"))


def _user_permission_added(user, lille):
    user.user_permissions.add(_permission("manage_space"))


def _group_deleted(user, lille):
    Group.objects.get(name="espace:lille:reader").delete()


def _stray_group(user, lille):
    user.groups.add(Group.objects.create(name="espace:ancien:manager"))


@pytest.mark.parametrize(
    "sabotage",
    [
        _in_by_hand,
        _out_by_hand,
        _mandate_ended_behind_the_back,
        _mandate_run_out,
        _closed_behind_the_back,
        _group_row_removed,
        _group_row_added,
        _user_row_added,
        _user_permission_added,
        _group_deleted,
        _stray_group,
    ],
    ids=lambda sabotage: sabotage.__name__.strip("_"),
)
def test_each_sabotage_is_found_and_repaired(sabotage, lille, douai):
    user = make_member(lille)
    make_animation()
    assert check() == (0, "Les droits correspondent aux mandats.\n")
    sabotage(user, lille)
    code, report = check()
    assert code == 1
    assert report.startswith("- ")
    assert check()[0] == 1  # looking repairs nothing
    assert check("--repair")[0] == 0
    assert check() == (0, "Les droits correspondent aux mandats.\n")


def test_a_technical_account_has_no_group_to_be_in(lille):
    User.objects.create_superuser("outils@test.example", "mot-de-passe-de-test-2026")
    assert check() == (0, "Les droits correspondent aux mandats.\n")


def test_a_group_of_another_nature_is_left_alone(lille):
    user = make_user()
    user.groups.add(Group.objects.create(name="rédaction"))
    assert check()[0] == 0
    policy.project(user)
    assert user.groups.filter(name="rédaction").exists()


def test_another_room_adds_its_own_checker(lille, monkeypatch):
    monkeypatch.setattr(audit, "_checkers", [])
    left = ["une page"]
    audit.register_checker(lambda: [audit.Difference(f"{name} de trop", left.clear) for name in left])
    assert check() == (1, "- une page de trop\n")
    assert check("--repair")[0] == 0
    assert left == []


def test_the_comparison_costs_the_same_for_two_people_and_twenty(lille, django_assert_max_num_queries):
    for _ in range(20):
        make_member(lille, Role.READER)
    with django_assert_max_num_queries(16):
        assert list(audit.differences()) == []


def test_a_stale_projection_repairs_itself_at_the_door(lille, django_assert_num_queries):
    user = make_member(lille)
    with django_assert_num_queries(2):
        assert policy.project_if_stale(user) is False
    _mandate_run_out(user, lille)
    assert policy.project_if_stale(user) is True
    assert set(user.groups.values_list("name", flat=True)) == {policy.REGISTERED_GROUP}
