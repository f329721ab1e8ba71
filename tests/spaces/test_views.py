"""Deny first: whoever holds the same role elsewhere learns nothing here, not a title, not a count."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation, User
from directory.models import Structure
from spaces import actions, policy
from spaces.actions import Invitee
from spaces.enums import Role
from spaces.models import AnimationMandate, Membership, Space
from tests.factories import make_animation, make_member, make_space, make_user

MEMBERS = "/espaces/lille/membres/"
READ = [MEMBERS, "/espaces/lille/acces/"]


def managing(mandate: Membership) -> list[str]:
    return [f"{MEMBERS}inviter/"] + [
        f"{MEMBERS}{mandate.pk}/{what}/" for what in ("modifier", "mettre-fin", "retirer-invitation")
    ]


@pytest.fixture
def zoe(lille: Space) -> User:
    """A member whose name is looked for where it should not be."""
    return make_member(lille, user=make_user("zoe.zanzibar@test.example", first_name="Zoé", last_name="Zanzibar"))


@pytest.fixture
def mandate(zoe: User) -> Membership:
    return Membership.objects.get(user=zoe)


def everything(mandate: Membership) -> list[str]:
    return READ + managing(mandate) + [f"{MEMBERS}{mandate.pk}/relancer/"]


def test_an_anonymous_visitor_is_sent_to_the_sign_in(mandate, client):
    others = ["/espaces/", "/ce-que-je-peux-voir/", "/demandes-acces/", "/comptes/", "/animation/", "/inviter/"]
    for address in [*everything(mandate), *others, "/espaces/inconnu/membres/"]:
        response = client.get(address)
        assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, "/compte/connexion/")


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_in_another_space_finds_nothing(role, mandate, douai, client):
    client.force_login(make_member(douai, role))
    for method in (client.get, client.post):
        for address in everything(mandate):
            response = method(address)
            if method == client.get and address.endswith("relancer/"):
                assert response.status_code == 405
                continue
            unknown = method(address.replace("lille", "ailleurs"))
            assert (response.status_code, unknown.status_code) == (404, 404)
            assert "Zanzibar" not in response.content.decode()
            assert "Lille" not in response.content.decode()


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_a_member_reads_and_manages_nothing(role, mandate, lille, client):
    client.force_login(make_member(lille, role))
    for address in READ:
        response = client.get(address)
        assert response.status_code == 200
        assert "Zanzibar" in response.content.decode()
        assert "Modifier" not in response.content.decode()
    for address in managing(mandate):
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)


def test_an_ended_member_is_a_stranger(mandate, lille, client):
    former = make_member(lille, Role.MANAGER, ended_at=timezone.now())
    client.force_login(former)
    for address in READ + managing(mandate):
        assert client.get(address).status_code == 404


def test_a_manager_reaches_only_mandates_of_the_space_in_the_address(mandate, douai, client):
    client.force_login(make_member(douai, Role.MANAGER))
    address = f"/espaces/douai/membres/{mandate.pk}/mettre-fin/"
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    mandate.refresh_from_db()
    assert mandate.ended_at is None


@pytest.mark.parametrize("make", [lambda space: make_member(space, Role.MANAGER), lambda _: make_animation()])
def test_managers_and_the_animation_see_every_screen(make, mandate, lille, client):
    client.force_login(make(lille))
    for address in READ + managing(mandate):
        assert client.get(address).status_code == 200


def test_the_list_of_spaces_names_no_other(lille, douai, commun, client):
    client.force_login(make_member(lille, Role.CONTRIBUTOR))
    html = client.get("/espaces/").content.decode()
    assert ("Lille" in html, "Commun" in html, "Douai" in html) == (True, True, False)
    html = client.get("/ce-que-je-peux-voir/").content.decode()
    assert ("Lille" in html, "déposer des documents" in html, "Douai" in html) == (True, True, False)


def test_empty_lists_say_so(lille, client):
    client.force_login(make_user())
    assert "membre d’aucun espace" in client.get("/espaces/").content.decode()
    assert "Aucun espace ne vous est ouvert" in client.get("/ce-que-je-peux-voir/").content.decode()
    client.force_login(make_animation())
    assert "pas encore de membre" in client.get(MEMBERS).content.decode()
    assert "Aucune demande" in client.get("/demandes-acces/").content.decode()


def test_members_are_filtered(lille, zoe, client):
    pij = Structure.objects.create(name="PIJ de Lille")
    Membership.objects.filter(user=zoe).update(structure=pij, function="référente")
    make_member(lille, Role.CONTRIBUTOR, user=make_user("autre@test.example", last_name="Autrement"))
    client.force_login(make_member(lille))

    def names(query: str) -> tuple[bool, bool]:
        html = client.get(f"{MEMBERS}?{query}").content.decode()
        return "Zanzibar" in html, "Autrement" in html

    assert names("") == (True, True)
    assert names("q=zanz+référente") == (True, False)
    assert names(f"structure={pij.pk}") == (True, False)
    assert names("role=20") == (False, True)
    assert names("q=personne") == (False, False)
    assert names("role=xx&structure=99999") == (True, True)


def test_only_managers_see_pending_invitations_past_and_coming_members(lille, client):
    manager, reader = make_member(lille, Role.MANAGER), make_member(lille)
    actions.invite(by=manager, people=[Invitee("neuf@test.example", "Neuf")], spaces=[lille], role=Role.READER)
    make_member(lille, user=make_user(last_name="Bientôt"), starts_on=timezone.localdate() + timedelta(days=9))
    make_member(lille, user=make_user(last_name="Jadis"), ended_at=timezone.now())
    for who, seen in ((manager, True), (reader, False)):
        client.force_login(who)
        html = client.get(MEMBERS).content.decode()
        assert [word in html for word in ("pas encore acceptée", "Bientôt", "Jadis")] == [seen] * 3


def test_who_can_see_says_who_was_invited_and_never_came(lille, zoe, client, django_assert_num_queries):
    manager = make_member(lille, Role.MANAGER)
    actions.invite(by=manager, people=[Invitee("neuf@test.example", "Neuf")], spaces=[lille], role=Role.READER)
    lines = {line.user.email: line.is_waiting for line in policy.who_can_see(lille)}
    assert lines == {manager.email: False, zoe.email: False, "neuf@test.example": True}
    client.force_login(zoe)
    html = client.get("/espaces/lille/acces/").content.decode()
    assert html.count("invitation en attente") == 1
    for number in range(18):
        make_member(lille, user=make_user(f"x{number}@test.example"))
    with django_assert_num_queries(3):
        policy.who_can_see(lille)
    User.objects.get(email="neuf@test.example").invitation.delete()
    assert not any(line.is_waiting for line in policy.who_can_see(lille))


def test_who_can_see_names_the_technical_accounts(lille, zoe, client):
    """They read everything: leaving them out would be untrue."""
    make_user("outils@test.example", last_name="Outils", is_superuser=True)
    make_user("ancien@test.example", last_name="Ancien", is_superuser=True, is_active=False)
    make_user("ailleurs@test.example", last_name="Ailleurs")
    client.force_login(zoe)
    html = client.get("/espaces/lille/acces/").content.decode()
    assert [word in html for word in ("Outils", "Compte technique", "Ancien", "Ailleurs")] == [True, True, False, False]


def test_the_list_costs_the_same_with_two_members_and_twenty(lille, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    manager = make_member(lille, Role.MANAGER)
    make_member(lille)
    client.force_login(manager)
    client.get(MEMBERS)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(MEMBERS)
    for n in range(20):
        structure = Structure.objects.create(name=f"Structure {n}")
        make_member(lille, structure=structure)
        make_member(lille, structure=structure, ended_at=timezone.now())
    with django_assert_num_queries(len(few)):
        client.get(MEMBERS)
    assert len(few) <= 8


# --- Managing -------------------------------------------------------------------------------------------------------


def test_inviting_one_person(lille, client):
    client.force_login(make_member(lille, Role.MANAGER))
    data = {"email": "Ada@test.example", "first_name": "Ada", "last_name": "Martin", "spaces": lille.pk, "role": 20}
    response = client.post(f"{MEMBERS}inviter/", data, follow=True)
    assert "ada@test.example a maintenant accès" in response.content.decode()
    assert Membership.objects.get(user__email="ada@test.example").role == Role.CONTRIBUTOR


def test_inviting_a_pasted_list_into_two_spaces(lille, douai, client):
    manager = make_member(lille, Role.MANAGER)
    make_member(douai, Role.MANAGER, user=manager)
    client.force_login(manager)
    people = "a@test.example; Bea Dupont-Durand <b@test.example>\nÉlise de la Tour <c@test.example>, A@test.example"
    data = {"people": people, "spaces": [lille.pk, douai.pk], "role": 10}
    client.post(f"{MEMBERS}inviter/?mode=liste", data)
    users = User.objects.filter(email__in=["a@test.example", "b@test.example", "c@test.example"]).order_by("email")
    assert [(user.first_name, user.last_name, user.memberships.count()) for user in users] == [
        ("", "", 2),
        ("Bea", "Dupont-Durand", 2),
        ("Élise", "de la Tour", 2),
    ]


def test_a_list_with_a_mistake_invites_nobody_and_keeps_what_was_typed(lille, client):
    client.force_login(make_member(lille, Role.MANAGER))
    data = {"people": "bon@test.example\npas une adresse", "spaces": lille.pk, "role": 10, "function": "référente"}
    html = client.post(f"{MEMBERS}inviter/?mode=liste", data).content.decode()
    assert "«\u00a0pas une adresse\u00a0»" in html
    assert "bon@test.example" in html
    assert 'value="référente"' in html
    assert not User.objects.filter(email="bon@test.example").exists()


def test_a_space_that_the_inviter_does_not_manage_is_not_a_choice(lille, douai, client):
    manager = make_member(lille, Role.MANAGER)
    make_member(douai, Role.CONTRIBUTOR, user=manager)
    client.force_login(manager)
    html = client.get(f"{MEMBERS}inviter/").content.decode()
    assert "Douai" not in html
    data = {"email": "x@test.example", "spaces": [lille.pk, douai.pk], "role": 10}
    assert client.post(f"{MEMBERS}inviter/", data).status_code == 200
    assert not User.objects.filter(email="x@test.example").exists()


def test_changing_and_ending_a_mandate(lille, mandate, client):
    client.force_login(make_member(lille, Role.MANAGER))
    ends_on = timezone.localdate() + timedelta(days=40)
    data = {"role": 20, "function": "référente", "starts_on": mandate.starts_on, "ends_on": ends_on}
    assert client.post(f"{MEMBERS}{mandate.pk}/modifier/", data).status_code == 302
    mandate.refresh_from_db()
    assert (mandate.role, mandate.function, mandate.ends_on) == (20, "référente", ends_on)
    assert client.post(f"{MEMBERS}{mandate.pk}/modifier/", {**data, "ends_on": "2020-01-01"}).status_code == 200
    response = client.post(f"{MEMBERS}{mandate.pk}/mettre-fin/", follow=True)
    assert "l’accès est coupé" in response.content.decode()
    assert client.get(f"{MEMBERS}{mandate.pk}/modifier/").status_code == 404


def test_the_last_manager_is_told_to_name_a_successor(lille, client):
    manager = make_member(lille, Role.MANAGER)
    mandate = Membership.objects.get(user=manager)
    client.force_login(manager)
    html = client.post(f"{MEMBERS}{mandate.pk}/mettre-fin/").content.decode()
    assert "donnez d’abord à quelqu’un d’autre" in html
    data = {"role": 10, "starts_on": mandate.starts_on}
    html = client.post(f"{MEMBERS}{mandate.pk}/modifier/", data).content.decode()
    assert "donnez d’abord à quelqu’un d’autre" in html


def test_a_new_link_and_a_withdrawal(lille, client):
    manager = make_member(lille, Role.MANAGER)
    client.force_login(manager)
    people = [Invitee("neuf@test.example")]
    (user,) = actions.invite(by=manager, people=people, spaces=[lille], role=Role.READER).invited
    mandate = Membership.objects.get(user=user)
    before = Invitation.objects.get(user=user).token_hash
    client.post(f"{MEMBERS}{mandate.pk}/relancer/")
    assert Invitation.objects.get(user=user).token_hash != before
    client.post(f"{MEMBERS}{mandate.pk}/retirer-invitation/")
    assert not Invitation.objects.get(user=user).is_pending
    client.get(MEMBERS)  # says what happened
    assert "neuf@test.example" not in client.get("/espaces/lille/acces/").content.decode()


# --- The region -----------------------------------------------------------------------------------------------------


def test_only_the_animation_sees_accounts_and_its_own_mandates(lille, client):
    c2rp, user = make_animation(), make_user()
    own = AnimationMandate.objects.get(user=c2rp)
    addresses = [
        "/animation/",
        f"/animation/{own.pk}/mettre-fin/",
        "/comptes/",
        f"/comptes/{user.pk}/desactiver/",
        f"/comptes/{user.pk}/rouvrir/",
        "/comptes/999999/desactiver/",
    ]
    for role in Role:
        client.force_login(make_member(lille, role))
        assert {client.get(address).status_code for address in addresses} == {403}
        assert {client.post(address).status_code for address in addresses} == {403}
    client.force_login(c2rp)
    assert [client.get(address).status_code for address in addresses[:4]] == [200] * 4


def test_the_animation_sees_what_somebody_sees(lille, douai, client):
    member, c2rp, closed = make_member(lille, Role.CONTRIBUTOR), make_animation(), make_member(douai)
    actions.deactivate_account(user=closed, by=c2rp)
    client.force_login(c2rp)
    html = client.get(f"/comptes/{member.pk}/").content.decode()
    assert "Membre de l’espace\u00a0: contributeur" in html
    assert "/espaces/lille/membres/" in html
    assert "douai" not in html
    html = client.get(f"/comptes/{closed.pk}/").content.decode()
    assert "désactivé" in html
    assert "douai" not in html
    client.force_login(make_member(lille, Role.MANAGER))
    assert client.get(f"/comptes/{member.pk}/").status_code == 403


def test_accounts_say_their_state(lille, client):
    manager, c2rp = make_member(lille, Role.MANAGER), make_animation()
    actions.invite(by=manager, people=[Invitee("neuf@test.example")], spaces=[lille], role=Role.READER)
    alone, closed = make_user("seul@test.example"), make_user("clos@test.example")
    actions.deactivate_account(user=closed, by=c2rp)
    client.force_login(c2rp)

    def found(query: str) -> list[str]:
        return [user.email for user, _ in client.get(f"/comptes/?{query}").context["page"].object_list]

    assert found("etat=invite") == ["neuf@test.example"]
    assert found("etat=sans-mandat") == [alone.email]
    assert found("etat=desactive") == [closed.email]
    assert sorted(found("etat=actif")) == sorted([manager.email, c2rp.email])
    assert found("q=seul") == [alone.email]
    client.post(f"/comptes/{closed.pk}/rouvrir/")
    assert sorted(found("etat=sans-mandat")) == sorted([alone.email, closed.email])


def test_the_animation_adds_and_ends_its_own_mandates(lille, client):
    c2rp, other = make_animation(), make_user()
    client.force_login(c2rp)
    client.post("/animation/", {"email": other.email, "function": "adjointe"})
    assert AnimationMandate.objects.in_force().filter(user=other).exists()
    own = AnimationMandate.objects.get(user=c2rp)
    client.post(f"/animation/{own.pk}/mettre-fin/")
    assert client.get("/animation/").status_code == 403


def test_every_account_reads_the_common_space_and_is_told_so(commun, client):
    client.force_login(make_user())
    assert "Toute personne ayant un compte" in client.get("/espaces/commun/acces/").content.decode()
    assert client.get("/espaces/commun/membres/").status_code == 200
    assert make_space("ferme").pk
    assert client.get("/espaces/ferme/acces/").status_code == 404
