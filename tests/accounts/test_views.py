"""The invitation's pages, the profile and « mes données personnelles », through the front door."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import actions, personal_data
from accounts.models import Invitation, User, token_hash
from mail.models import OutgoingMail
from tests.accounts.test_actions import invite, last_token
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

JOIN = {"first_name": "Nadia", "last_name": "Benali", "password1": PASSWORD, "password2": PASSWORD}


def link(token: str) -> str:
    return reverse("accounts:invitation", args=[token])


def signed_in_as(client) -> str | None:
    return client.session.get("_auth_user_id")


def dead_links() -> dict[str, str]:
    """A link of each dead kind."""
    tokens = {"forged": "A" * 43, "odd": "é'<script>"}
    for kind in ("used", "replaced", "withdrawn", "expired", "closed account"):
        user = invite(f"{kind.replace(' ', '-')}@test.example")
        tokens[kind] = last_token()
        if kind == "used":
            actions.accept_invitation(digest=token_hash(tokens[kind]), password=PASSWORD, first_name="N", last_name="B")
        elif kind == "replaced":
            actions.resend_invitation(invitation=user.invitation, by=None)
        elif kind == "withdrawn":
            actions.withdraw_invitation(invitation=user.invitation, by=None)
        elif kind == "expired":
            Invitation.objects.filter(user=user).update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            User.objects.filter(pk=user.pk).update(is_active=False)
    return tokens


def test_every_dead_link_gets_the_same_page(client):
    answers = {}
    for kind, token in dead_links().items():
        response = client.get(link(token))
        answers[kind] = (response.status_code, response.content, response["Referrer-Policy"])
    assert len(set(answers.values())) == 1
    status, content, referrer = answers["forged"]
    assert (status, referrer) == (404, "no-referrer")
    assert "Ce lien n’est plus valable" in content.decode()
    assert reverse("account_reset_password") in content.decode()


def test_looking_at_the_link_consumes_nothing_and_leaves_no_token_in_the_next_address(client):
    invite()
    token = last_token()
    for _ in range(3):
        response = client.get(link(token))
        assert (response.status_code, response["Location"]) == (302, reverse("accounts:join"))
        assert response["Referrer-Policy"] == "no-referrer"
    client.head(link(token))
    assert client.post(link(token)).status_code == 405
    page = client.get(reverse("accounts:join"))
    assert token not in page.content.decode()
    assert token not in str(dict(client.session))
    assert "nadia@test.example" in page.content.decode()
    assert Invitation.objects.get().is_usable


def test_joining_signs_in_once(client):
    user = invite()
    token = last_token()
    client.get(link(token))
    response = client.post(reverse("accounts:join"), JOIN)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in_as(client) == str(user.pk)
    client.logout()
    assert client.get(link(token)).status_code == 404
    assert client.post(reverse("accounts:join"), JOIN).status_code == 404


def test_a_link_withdrawn_while_the_form_is_open_gives_nothing(client):
    user = invite()
    client.get(link(last_token()))
    actions.withdraw_invitation(invitation=user.invitation, by=None)
    assert client.post(reverse("accounts:join"), JOIN).status_code == 404
    assert signed_in_as(client) is None


def test_joining_on_a_computer_where_somebody_else_is_signed_in_signs_in_the_invited_person(client):
    client.force_login(make_user())
    user = invite()
    client.get(link(last_token()))
    client.post(reverse("accounts:join"), JOIN)
    assert signed_in_as(client) == str(user.pk)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password1": "court", "password2": "court"}, "password1"),
        ({"password2": "une-autre-phrase-2026"}, "password2"),
        ({"password1": "nadia@test.example", "password2": "nadia@test.example"}, "password1"),
        ({"first_name": ""}, "first_name"),
        ({"last_name": "Ben\u202eali"}, "last_name"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, change, field):
    invite()
    client.get(link(last_token()))
    response = client.post(reverse("accounts:join"), JOIN | change)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    if "last_name" not in change:
        assert 'value="Benali"' in response.content.decode()
    assert Invitation.objects.get().is_usable


def test_the_profile_is_changed_by_its_owner_alone(client):
    user, other = make_user(), make_user(first_name="Autre")
    client.force_login(user)
    response = client.post(
        reverse("accounts:profile"),
        {
            "first_name": "Camille",
            "last_name": "Durand",
            "phone": "03 20 00 00 00",
            "pk": other.pk,
            "is_superuser": "on",
        },
    )
    user.refresh_from_db()
    other.refresh_from_db()
    assert response.status_code == 302
    assert (user.get_full_name(), user.phone, user.is_superuser) == ("Camille Durand", "03 20 00 00 00", False)
    assert other.first_name == "Autre"


def test_a_wrong_profile_is_kept_on_screen_and_changes_nothing(client):
    user = make_user(first_name="Camille")
    client.force_login(user)
    response = client.post(reverse("accounts:profile"), {"first_name": "", "last_name": "Nouveau", "phone": "1" * 31})
    assert set(response.context["form"].errors) == {"first_name", "phone"}
    assert 'value="Nouveau"' in response.content.decode()
    user.refresh_from_db()
    assert user.first_name == "Camille"


def test_my_data_hold_all_about_me_nothing_of_the_others_and_no_secret(client, monkeypatch):
    invite("autre@test.example")
    invite("nadia@test.example", by=make_user(first_name="Camille", last_name="Durand"))
    token = last_token()
    user = actions.accept_invitation(
        digest=token_hash(token), password=PASSWORD, first_name="Nadia", last_name="Benali"
    )
    monkeypatch.setattr(personal_data, "_tellers", dict(personal_data._tellers))
    personal_data.register("Une autre pièce", lambda person: [person.pk])
    client.force_login(user)
    response = client.get(reverse("accounts:personal_data"))
    data = json.loads(response.content)
    text = response.content.decode()
    assert response["Content-Disposition"].startswith('attachment; filename="mes-donnees-')
    assert "no-store" in response["Cache-Control"]
    assert data["Une autre pièce"] == [user.pk]
    assert data["Compte"]["adresse électronique"] == "nadia@test.example"
    assert data["Compte"]["invitation"]["par"] == "Camille Durand"
    assert len(data["Compte"]["courriels envoyés par le site"]) == 1
    for secret in (token, user.password, user.invitation.token_hash, "autre@test.example"):
        assert secret not in text


@pytest.mark.parametrize("name", ["accounts:profile", "accounts:personal_data", "mfa_index", "account_email"])
def test_a_visitor_is_sent_to_the_sign_in_page(client, name):
    assert client.get(reverse(name))["Location"] == f"{reverse('account_login')}?next={reverse(name)}"


def test_the_profile_says_how_to_be_removed(client, settings):
    settings.PERSONAL_DATA_CONTACT = "dpo@test.example"
    client.force_login(make_user())
    assert "mailto:dpo@test.example" in client.get(reverse("accounts:profile")).content.decode()
    assert OutgoingMail.objects.count() == 0
