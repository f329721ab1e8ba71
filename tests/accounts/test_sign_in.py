"""Sign-in: what must not be told, guessed, skipped or survive."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail as outbox
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.adapter import MfaAdapter
from accounts.models import User
from mail.models import OutgoingMail
from tests.accounts.test_actions import invite
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW = "une-autre-phrase-de-passe"


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **more)


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def add_application(user) -> str:
    """Protect the account with an application; returns its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def ask_for_a_link(client, email):
    return client.post(reverse("account_reset_password"), {"email": email})


# --- Not told --------------------------------------------------------------------------------------------------------


def wording(response) -> str:
    """The page without what the visitor typed and the form's token."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]*', "", response.content.decode())
    return re.sub(r"[\w.-]+@test\.example", "", text)


def test_an_unknown_address_and_a_wrong_password_look_the_same(client):
    make_user("connue@test.example")
    invite("invitee@test.example")
    make_user("fermee@test.example", is_active=False)
    pages = {
        (answer.status_code, wording(answer))
        for name in ("connue", "inconnue", "invitee", "fermee")
        for answer in [sign_in(client, f"{name}@test.example", "faux-mot-de-passe")]
    }
    assert len(pages) == 1


def test_asking_for_a_link_tells_nothing_and_does_the_same_work():
    make_user("connue@test.example")
    make_user("fermee@test.example", is_active=False)
    invite("invitee@test.example")
    OutgoingMail.objects.all().delete()
    pages = set()
    for name in ("connue", "inconnue", "fermee", "invitee"):
        visitor = Client()
        answer = ask_for_a_link(visitor, f"{name}@test.example")
        pages.add((answer.status_code, answer["Location"], wording(visitor.get(answer["Location"]))))
    assert len(pages) == 1
    # One message each: nobody learns from the time taken. To the person alone, what it is about.
    assert list(OutgoingMail.objects.order_by("pk").values_list("subject", "holds_secret")) == [
        ("Choisir un nouveau mot de passe", True),
        ("Aucun compte à cette adresse", False),
        ("Aucun compte à cette adresse", False),
        ("Vous êtes invité sur Extranet du SPO", True),
    ]


def test_nobody_signs_up_and_unwanted_addresses_do_not_exist(client):
    assert client.get(reverse("account_signup")).status_code == 404
    assert client.post(reverse("account_signup"), {"email": "x@test.example"}).status_code == 404
    for name in ("socialaccount_signup", "socialaccount_connections", "account_request_login_code", "mfa_trust"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("login/", "signup/", "3rdparty/", "2fa/", "social/signup/"):
        assert client.get(f"/compte/{path}").status_code in {302, 404}
        client.force_login(make_user())
        assert client.get(f"/compte/{path}").status_code == 404
        client.logout()


# --- Not guessed -----------------------------------------------------------------------------------------------------


def test_the_eleventh_failure_for_an_address_is_refused_and_so_is_the_right_password(client):
    make_user("nadia@test.example")
    for n in range(10):
        assert "n’est pas le bon" in sign_in(client, "nadia@test.example", "x", REMOTE_ADDR=f"10.0.0.{n}").text
    for password in ("x", PASSWORD):
        answer = sign_in(client, "Nadia@test.example", password, REMOTE_ADDR="10.0.1.1")
        assert "Trop d’essais manqués" in answer.text
    assert not is_in(client)


def test_the_eleventh_failure_from_a_network_address_is_refused(client):
    make_user("nadia@test.example")
    for n in range(10):
        sign_in(client, f"personne{n}@test.example", "x", REMOTE_ADDR="10.0.0.1")
    assert "Trop d’essais manqués" in sign_in(client, "nadia@test.example", REMOTE_ADDR="10.0.0.1").text
    sign_in(client, "nadia@test.example", REMOTE_ADDR="10.0.0.2")
    assert is_in(client)


def test_the_count_cannot_be_escaped_by_a_forged_header(client):
    make_user("nadia@test.example")
    for n in range(10):
        sign_in(client, f"p{n}@test.example", "x", headers={"x-forwarded-for": f"10.9.9.{n}"})
    answer = sign_in(client, "nadia@test.example", headers={"x-forwarded-for": "10.9.9.99"})
    assert "Trop d’essais manqués" in answer.text


def test_too_many_requests_get_a_french_page(client):
    for _ in range(3):
        ask_for_a_link(client, "nadia@test.example")
    answer = ask_for_a_link(client, "nadia@test.example")
    assert (answer.status_code, "Trop de demandes" in answer.text) == (429, True)


# --- Not led astray --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\t//evil.example",
    ],
)
def test_next_never_leads_elsewhere(client, target):
    user = make_user()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "evil" not in client.post(reverse("account_logout"), {"next": target})["Location"]


def test_next_leads_to_the_page_asked_for(client):
    user = make_user()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": "/compte/"})
    assert answer["Location"] == "/compte/"


def test_a_forged_host_does_not_enter_a_mail(client, settings):
    settings.ALLOWED_HOSTS = ["*"]  # even then
    settings.WAGTAILADMIN_BASE_URL = "https://extranet.test.example"
    user = make_user()
    client.post(reverse("account_reset_password"), {"email": user.email}, headers={"host": "evil.example"})
    client.force_login(user)
    text = OutgoingMail.objects.get().text
    assert "evil" not in text
    assert "https://extranet.test.example/compte/mot-de-passe/nouveau/" in text
    settings.ALLOWED_HOSTS = ["extranet.test.example"]
    assert client.get("/compte/", headers={"host": "evil.example"}).status_code == 400


# --- Not skipped -----------------------------------------------------------------------------------------------------


def test_the_password_alone_does_not_open_a_protected_account(client):
    user = make_user()
    secret = add_application(user)
    assert sign_in(client, user.email)["Location"] == reverse("mfa_authenticate")
    for path in ("/", "/compte/", "/compte/mes-donnees/", "/gestion/", "/compte/second-facteur/"):
        assert client.get(path).status_code == 302
        assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_in(client)


def test_guessing_the_code_is_counted_too(client):
    user = make_user()
    secret = add_application(user)
    sign_in(client, user.email)
    for _ in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert not is_in(client)


def test_a_new_password_does_not_skip_the_second_factor(client):
    user = make_user()
    add_application(user)
    ask_for_a_link(client, user.email)
    link = re.search(r"http\S+/nouveau/\S+", OutgoingMail.objects.get().text).group(0)
    answer = client.get(link, follow=True)
    client.post(answer.context["action_url"], {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not is_in(client)
    assert sign_in(client, user.email, NEW)["Location"] == reverse("mfa_authenticate")
    assert "Ce lien n’est plus valable" in Client().get(link, follow=True).text  # once


def test_the_editors_own_door_is_walled_up(client):
    user = make_user()
    add_application(user)
    for path in ("/gestion/login/", "/gestion/password_reset/", "/_util/login/"):
        client.post(path, {"username": user.email, "password": PASSWORD})
        assert not is_in(client)


def test_a_factor_is_not_removed_without_confirming_who_one_is(client):
    user = make_user()
    add_application(user)
    client.force_login(user)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(user=user).exists()


def test_the_secret_is_sealed_in_the_database():
    user = make_user()
    secret = add_application(user)
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert secret not in stored
    assert MfaAdapter().decrypt(stored) == secret


# --- Not surviving ---------------------------------------------------------------------------------------------------


def test_a_changed_password_ends_the_other_sessions_and_is_told(client, django_capture_on_commit_callbacks):
    user = make_user()
    other = Client()
    for browser in (client, other):
        sign_in(browser, user.email)
        assert browser.get("/compte/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert client.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302
    assert [message.subject for message in outbox.outbox] == ["Votre mot de passe a été changé"]


def test_a_closed_account_is_out_at_once_and_cannot_come_back(client):
    user = make_user()
    sign_in(client, user.email)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/compte/").status_code == 302
    assert sign_in(Client(), user.email)["Location"] == reverse("account_inactive")


def test_a_changed_address_serves_once_verified(client, django_capture_on_commit_callbacks):
    user = make_user("avant@test.example")
    client.force_login(user)
    # Confirm who one is first, as the page asks.
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "apres@test.example", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "avant@test.example"
    mail = OutgoingMail.objects.get(to="apres@test.example")
    link = re.search(r"http\S+/adresse/verifier/\S+", mail.text).group(0)
    client.get(link)
    user.refresh_from_db()
    assert user.email == "avant@test.example"  # looking is not confirming
    client.post(link)
    user.refresh_from_db()
    assert user.email == "apres@test.example"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("apres@test.example", True, True)
    ]


def test_remembered_for_half_a_day_or_until_the_browser_closes(client):
    user = make_user()
    sign_in(client, user.email)
    assert client.session.get_expire_at_browser_close() is True
    other = Client()
    other.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"})
    assert other.session.get_expiry_age() == 12 * 3600
