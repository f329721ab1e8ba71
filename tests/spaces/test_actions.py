from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import User
from mail.models import OutgoingMail
from spaces import actions, policy
from spaces.actions import Invitee
from spaces.enums import Role
from spaces.models import AnimationMandate, Boundary, Membership, Space
from tests.factories import make_animation, make_member, make_space, make_user


def day(offset: int):
    return timezone.localdate() + timedelta(days=offset)


def mandate_of(user: User, space: Space) -> Membership:
    return Membership.objects.open().get(user=user, space=space)


def change(membership: Membership, by: User, **fields: object) -> Membership:
    values = {name: getattr(membership, name) for name in ("role", "function", "structure", "starts_on", "ends_on")}
    return actions.change_membership(membership=membership, by=by, **{**values, **fields})


def lapse(user: User, space: Space) -> None:
    Membership.objects.filter(user=user, space=space).update(starts_on=day(-9), ends_on=day(-1))


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
@pytest.mark.parametrize("way", ["lapsed, before the daily turn", "lapsed, closed by it", "taken back"])
def test_a_new_mandate_does_not_bring_back_into_the_circles(way, role, lille, douai):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille)
    make_member(douai, user=member)
    here, there = Boundary.objects.create(space=lille), Boundary.objects.create(space=douai)
    for circle in (here, there):
        circle.members.add(member)
    if way == "taken back":
        actions.end_membership(membership=mandate_of(member, lille), by=manager)
    else:
        lapse(member, lille)
    if way == "lapsed, closed by it":
        actions.close_mandates()
    actions.invite(by=manager, people=[Invitee(member.email)], spaces=[lille], role=role)
    assert policy.reader_of(User.objects.get(pk=member.pk)).boundary_ids == {there.pk}
    assert member.email not in [line.user.email for line in policy.who_can_see(lille, boundary_id=here.pk)]
    left = ModelLogEntry.objects.get(action="spaces.circles.leave")
    assert (left.object_id, left.data) == (str(lille.pk), {"user": member.pk, "circles": [here.pk]})


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_in_another_space_changes_nothing_here(role, lille, douai):
    stranger, member = make_member(douai, role), make_member(lille)
    mandate = mandate_of(member, lille)
    with pytest.raises(Http404):
        actions.grant_membership(user=make_user(), space=lille, role=Role.READER, by=stranger)
    with pytest.raises(Http404):
        change(mandate, stranger, role=Role.MANAGER)
    with pytest.raises(Http404):
        actions.end_membership(membership=mandate, by=stranger)
    with pytest.raises(Http404):
        actions.invite(by=stranger, people=[Invitee("a@b.example")], spaces=[lille, douai], role=Role.READER)
    mandate.refresh_from_db()
    assert (mandate.role, mandate.ended_at) == (Role.READER, None)
    assert not User.objects.filter(email="a@b.example").exists()


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_a_member_who_does_not_manage_is_refused(role, lille):
    member = make_member(lille, role)
    mandate = mandate_of(member, lille)
    for attempt in (
        lambda: actions.grant_membership(user=make_user(), space=lille, role=Role.READER, by=member),
        lambda: change(mandate, member, role=Role.MANAGER),
        lambda: actions.end_membership(membership=mandate, by=member),
        lambda: actions.invite(by=member, people=[Invitee("a@b.example")], spaces=[lille], role=Role.READER),
        lambda: actions.grant_animation(user=member, by=member),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_manager_gives_no_regional_animation(lille):
    manager = make_member(lille, Role.MANAGER)
    with pytest.raises(PermissionDenied):
        actions.grant_animation(user=manager, by=manager)
    with pytest.raises(PermissionDenied):
        actions.deactivate_account(user=make_user(), by=manager)


def test_an_ended_mandate_stops_everything_in_the_same_second(lille, client):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille, Role.CONTRIBUTOR)
    client.force_login(member)
    assert client.get("/espaces/lille/membres/").status_code == 200
    actions.end_membership(membership=mandate_of(member, lille), by=manager)
    assert client.get("/espaces/lille/membres/").status_code == 404
    assert not User.objects.get(pk=member.pk).has_perm("spaces.view_space", lille)
    assert not member.groups.filter(name__startswith="espace:").exists()


def test_a_demotion_counts_in_the_same_second(lille, client):
    first, second = make_member(lille, Role.MANAGER), make_member(lille, Role.MANAGER)
    client.force_login(second)
    assert client.get("/espaces/lille/membres/inviter/").status_code == 200
    change(mandate_of(second, lille), first, role=Role.READER)
    assert client.get("/espaces/lille/membres/inviter/").status_code == 403


def test_a_deactivated_account_loses_its_open_session(lille, client):
    member = make_member(lille)
    client.force_login(member)
    actions.deactivate_account(user=User.objects.get(pk=member.pk), by=make_animation())
    assert client.get("/espaces/lille/membres/").status_code == 302
    assert not member.groups.exists()


@pytest.mark.parametrize(
    "fields", [{"role": Role.CONTRIBUTOR}, {"ends_on": day(30)}, {"starts_on": day(3)}], ids=["role", "end", "start"]
)
def test_the_last_manager_does_not_leave_the_space_empty_handed(fields, lille):
    manager = make_member(lille, Role.MANAGER, ends_on=None)
    for by in (manager, make_animation()):
        with pytest.raises(ValidationError, match="plus personne n’animerait"):
            change(mandate_of(manager, lille), by, **fields)
        with pytest.raises(ValidationError, match="plus personne n’animerait"):
            actions.end_membership(membership=mandate_of(manager, lille), by=by)
    assert mandate_of(manager, lille).role == Role.MANAGER


def test_a_successor_lets_the_manager_go_even_one_who_starts_the_day_after(lille):
    manager = make_member(lille, Role.MANAGER)
    actions.grant_membership(user=make_user(), space=lille, role=Role.MANAGER, by=manager, starts_on=day(11))
    with pytest.raises(ValidationError):
        change(mandate_of(manager, lille), manager, ends_on=day(9))  # a day without anybody
    change(mandate_of(manager, lille), manager, ends_on=day(10))
    with pytest.raises(ValidationError):
        actions.end_membership(membership=mandate_of(manager, lille), by=make_animation())


def test_a_deactivated_manager_is_no_successor(lille):
    first, second = make_member(lille, Role.MANAGER), make_member(lille, Role.MANAGER)
    c2rp = make_animation()
    actions.deactivate_account(user=second, by=c2rp)
    with pytest.raises(ValidationError):
        actions.end_membership(membership=mandate_of(first, lille), by=first)
    with pytest.raises(ValidationError):
        actions.deactivate_account(user=User.objects.get(pk=first.pk), by=c2rp)


def test_the_last_of_the_regional_animation_stays(db):
    only = make_animation()
    mandate = AnimationMandate.objects.get(user=only)
    with pytest.raises(ValidationError, match="l’animation régionale"):
        actions.end_animation(mandate=mandate, by=only)
    second = actions.grant_animation(user=make_user(), by=only)
    actions.end_animation(mandate=mandate, by=only)
    assert not policy.can(only, "manage_region")
    assert policy.can(User.objects.get(pk=second.user_id), "manage_region")


def test_nobody_prolongs_their_own_mandate(lille):
    manager = make_member(lille, Role.MANAGER, ends_on=day(30))
    for ends_on in (None, day(31)):
        with pytest.raises(ValidationError, match="ne prolonge pas soi-même"):
            change(mandate_of(manager, lille), manager, ends_on=ends_on)
    change(mandate_of(manager, lille), make_animation(), ends_on=day(60))
    assert mandate_of(manager, lille).ends_on == day(60)


def test_a_changed_end_is_announced_again(lille):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille, ends_on=day(5))
    Membership.objects.filter(user=member).update(warned_at=timezone.now())
    mandate = change(mandate_of(member, lille), manager, function="référente")
    assert mandate.warned_at is not None
    assert change(mandate, manager, ends_on=day(9)).warned_at is None


def test_a_mandate_that_is_over_cannot_be_changed(lille):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille)
    mandate = mandate_of(member, lille)
    actions.end_membership(membership=mandate, by=manager)
    with pytest.raises(ValidationError, match="déjà pris fin"):
        change(mandate, manager, ends_on=day(30))
    with pytest.raises(ValidationError, match="déjà pris fin"):
        actions.end_membership(membership=mandate, by=manager)


# --- Invitations ----------------------------------------------------------------------------------------------------


def test_inviting_makes_the_account_the_mandates_and_one_mail(lille, douai):
    manager = make_member(lille, Role.MANAGER)
    make_member(douai, Role.MANAGER, user=manager)
    outcome = actions.invite(
        by=manager,
        people=[Invitee("Nouvelle@B.example", "Ada", "Martin")],
        spaces=[lille, douai],
        role=Role.CONTRIBUTOR,
        function="référente",
        ends_on=day(90),
    )
    (user,) = outcome.invited
    assert (user.email, str(user), user.has_usable_password()) == ("nouvelle@b.example", "Ada Martin", False)
    assert policy.reader_of(user).roles == {lille.pk: Role.CONTRIBUTOR, douai.pk: Role.CONTRIBUTOR}
    mail = OutgoingMail.objects.get(to="nouvelle@b.example")
    assert "Lille, en tant que contributeur, jusqu’au " in mail.text


def test_inviting_somebody_present_changes_nothing(lille):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille, Role.CONTRIBUTOR)
    outcome = actions.invite(by=manager, people=[Invitee(member.email)], spaces=[lille], role=Role.READER)
    assert (outcome.invited, outcome.already) == ((), (member,))
    assert mandate_of(member, lille).role == Role.CONTRIBUTOR
    assert not OutgoingMail.objects.exists()


def test_an_invitation_reopens_no_account_closed_by_the_animation(lille):
    animation, closed = make_animation(), make_member(lille)
    actions.deactivate_account(user=closed, by=animation)
    with pytest.raises(ValidationError, match="Compte désactivé"):
        actions.invite(by=animation, people=[Invitee(closed.email)], spaces=[lille], role=Role.READER)


@pytest.mark.parametrize("was_there", [True, False])
def test_an_account_closed_elsewhere_is_no_news_for_a_manager(was_there, lille, douai, client):
    manager, closed = make_member(lille, Role.MANAGER), make_user("ferme@test.example")
    make_member(lille if was_there else douai, user=closed)
    User.objects.filter(pk=closed.pk).update(last_seen_at=timezone.now())
    actions.deactivate_account(user=closed, by=make_animation())
    client.force_login(manager)
    typed = {"email": closed.email, "role": Role.READER, "spaces": lille.pk}
    told = client.post("/espaces/lille/membres/inviter/", typed, follow=True)
    html = told.content.decode()
    assert ("désactivé" in html, f"{closed.email} a maintenant accès" in html) == (was_there, not was_there)
    again = client.post("/espaces/lille/membres/inviter/", typed, follow=True)
    assert ("désactivé" in again.content.decode()) is was_there
    closed = User.objects.get(pk=closed.pk)
    assert (closed.is_active, policy.reader_of(closed), OutgoingMail.objects.count()) == (False, policy.NOBODY, 0)


def test_withdrawing_takes_back_only_ones_own_spaces(lille, douai):
    here, there = make_member(lille, Role.MANAGER), make_member(douai, Role.MANAGER)
    people = [Invitee("neuf@b.example")]
    (user,) = actions.invite(by=here, people=people, spaces=[lille], role=Role.READER).invited
    actions.invite(by=there, people=people, spaces=[douai], role=Role.READER)
    actions.withdraw_invitation(membership=mandate_of(user, lille), by=here)
    user = User.objects.get(pk=user.pk)
    assert user.invitation.is_pending
    assert policy.reader_of(user).space_ids == {douai.pk}
    actions.withdraw_invitation(membership=mandate_of(user, douai), by=there)
    user = User.objects.get(pk=user.pk)
    assert not user.invitation.is_pending
    assert policy.reader_of(user).space_ids == frozenset()
    assert not user.groups.exists()


def test_whoever_came_once_has_no_invitation_to_withdraw(lille):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille)
    for action in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(ValidationError, match="pas d’invitation"):
            action(membership=mandate_of(member, lille), by=manager)


def test_who_can_see_says_dates_the_french_way(lille):
    make_member(lille, ends_on=timezone.localdate().replace(year=2100, month=3, day=1), function="référente")
    (line,) = policy.who_can_see(lille)
    assert line.reason == "Membre de l’espace, référente, jusqu’au 1er mars 2100"


def test_opening_a_space_to_its_members_alone_closes_it_to_the_others(db):
    space = make_space("commun", visibility="registered")
    make_space("commun", visibility="members")
    assert policy.reader_of(make_user()).space_ids == frozenset()
    assert not space.spacegroupobjectpermission_set.filter(group__name=policy.REGISTERED_GROUP).exists()
