from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from spaces import policy
from spaces.enums import Ability, Role
from spaces.models import Membership, Space, SpaceGroupObjectPermission
from tests.factories import make_animation, make_member, make_space, make_user

TODAY = timezone.localdate


def fresh(user):
    policy.forget(user)
    return user


@pytest.mark.parametrize("role", list(Role))
def test_a_role_in_one_space_gives_nothing_in_another(role, lille, douai):
    user = make_member(douai, role)
    assert policy.abilities(user, lille) == frozenset()
    assert list(Space.objects.visible_to(user)) == [douai]
    assert not user.has_perm("spaces.view_space", lille)
    with pytest.raises(Http404):
        policy.require(user, Ability.VIEW_SPACE, lille)


@pytest.mark.parametrize("role", list(Role))
def test_abilities_and_has_perm_agree(role, lille):
    user = make_member(lille, role)
    assert policy.abilities(user, lille) == policy.ABILITIES[role]
    assert user.has_perm("spaces.view_space", lille)
    assert user.has_perm("spaces.contribute_space", lille) == (role >= Role.CONTRIBUTOR)
    assert user.has_perm("spaces.manage_space", lille) == (role >= Role.MANAGER)


def test_inside_but_not_allowed_is_refused(lille):
    with pytest.raises(PermissionDenied):
        policy.require(make_member(lille), Ability.MANAGE_MEMBERS, lille)


def test_a_word_that_is_no_ability_raises(lille):
    with pytest.raises(ValueError, match="fly"):
        policy.can(make_member(lille), "fly", lille)


def test_a_mandate_gives_access_from_its_first_to_its_last_day(lille):
    today = TODAY()
    for starts, ends, expected in [
        (today, today, True),
        (today + timedelta(days=1), None, False),
        (today - timedelta(days=9), today - timedelta(days=1), False),
        (today - timedelta(days=9), None, True),
    ]:
        user = make_member(lille, starts_on=starts, ends_on=ends)
        assert policy.can(user, "view_space", lille) is expected
        assert user.has_perm("spaces.view_space", lille) is expected


def test_a_projection_left_behind_gives_nothing(lille):
    user = make_member(lille)
    Membership.objects.filter(user=user).update(ended_at=timezone.now())
    user = type(user).objects.get(pk=user.pk)
    assert user.groups.filter(name="espace:lille:reader").exists()
    assert not user.has_perm("spaces.view_space", lille)


def test_registered_space_is_read_by_every_active_account(commun, lille):
    user = make_user()
    assert policy.abilities(user, commun) == policy.ABILITIES[Role.READER]
    user.is_active = False
    assert policy.abilities(fresh(user), commun) == frozenset()
    assert policy.abilities(AnonymousUser(), commun) == frozenset()


def test_regional_animation_manages_every_space_and_the_region(commun, lille, douai):
    user = make_animation()
    assert policy.abilities(user, lille) == policy.ABILITIES[Role.MANAGER] - policy.BY_MANDATE_ALONE
    assert policy.can(user, "manage_region")
    assert user.has_perm("spaces.manage_space", douai)
    assert not policy.can(make_member(lille, Role.MANAGER), "manage_region")


def test_what_a_mandate_alone_gives_is_not_the_animation_s(lille, douai):
    """The names of a user panel: seen by those who manage its space, by a mandate of that space."""
    animation = make_animation()
    root = make_user(is_superuser=True)
    for user in (animation, root):
        assert not policy.can(user, "see_panel_names", lille)
        assert policy.reader_of(user).space_ids_with(Ability.SEE_PANEL_NAMES) == frozenset()
    make_member(lille, Role.MANAGER, user=animation)
    make_member(douai, Role.CONTRIBUTOR, user=animation)
    animation = fresh(animation)
    assert policy.can(animation, "see_panel_names", lille)
    assert not policy.can(animation, "see_panel_names", douai)
    assert policy.reader_of(animation).space_ids_with(Ability.SEE_PANEL_NAMES) == {lille.pk}


def test_one_query_for_a_reader(lille, douai, commun, django_assert_num_queries):
    user = type(make_member(lille)).objects.get(memberships__space=lille)
    with django_assert_num_queries(1):
        assert policy.reader_of(user).space_ids == {lille.pk, commun.pk}
        assert policy.can(user, "view_space", lille)


@pytest.mark.django_db
def test_projecting_a_space_again_corrects_its_rights_in_few_queries(django_assert_max_num_queries):
    space = make_space()
    held = SpaceGroupObjectPermission.objects.filter(content_object=space)
    held.filter(group__name=policy.group_name(space.slug, Role.MANAGER)).delete()
    held.filter(group__name=policy.group_name(space.slug, Role.READER)).update(
        permission=Permission.objects.get(codename="manage_space")
    )
    with django_assert_max_num_queries(8):
        policy.project_groups(space)
    assert set(held.values_list("group__name", "permission__codename")) == policy.projected_rows(space)
