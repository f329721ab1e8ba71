"""ProConnect, against a small identity provider of the test's own that answers as ProConnect does (signed user information)."""

import html
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse

from accounts.models import User
from tests.accounts.test_actions import invite
from tests.accounts.test_sign_in import add_application, is_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGN_IN = reverse("openid_connect_login", kwargs={"provider_id": "proconnect"})
CALLBACK = reverse("openid_connect_callback", kwargs={"provider_id": "proconnect"})


class Provider(BaseHTTPRequestHandler):
    claims: dict = {}
    nonce = ""
    key = KEY

    def do_GET(self):
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        base = {"iss": issuer, "aud": "site", "exp": time.time() + 60, "sub": "1"}
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "alg": "RS256"}
        token = jwt.encode(base | {"nonce": self.nonce}, KEY, "RS256", {"kid": "k"})
        answers = {
            "/.well-known/openid-configuration": {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "end_session_endpoint": f"{issuer}/end",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/jwks": {"keys": [jwk]},
            "/token": {"access_token": "a", "token_type": "Bearer", "id_token": token},
        }
        path = urlsplit(self.path).path
        body, kind = json.dumps(answers.get(path)), "application/json"
        if path == "/userinfo":
            body, kind = jwt.encode(base | self.claims, self.key, "RS256", {"kid": "k"}), "application/jwt"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self):
        self.do_GET()

    def log_message(self, *args): ...


@pytest.fixture
def provider(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Fresh", (Provider,), {}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.PROCONNECT_CLIENT_ID = "site"
    app = {
        "provider_id": "proconnect",
        "name": "ProConnect",
        "client_id": "site",
        "secret": "s",
        "settings": {
            "server_url": f"http://127.0.0.1:{server.server_port}",
            "verified_email": True,
            "email_authentication": True,
        },
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server.RequestHandlerClass
    server.shutdown()
    server.server_close()


def come_back(client, provider, email, *, honest=True):
    """The visitor goes to the provider and comes back as `email`."""
    answer = client.get(SIGN_IN)
    asked = {key: values[0] for key, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    provider.claims = {"email": email}
    provider.nonce = asked["nonce"] if honest else "another"
    return client.get(CALLBACK, {"code": "c", "state": asked["state"]})


def test_the_button_and_the_addresses_exist_only_where_configured(client):
    assert "ProConnect" not in client.get(reverse("account_login")).text
    assert client.get(SIGN_IN).status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_the_button_shows_and_keeps_where_one_was_going(client, provider):
    page = client.get(reverse("account_login") + "?next=/compte/").text
    assert f'href="{SIGN_IN}?next=%2Fcompte%2F"' in page


def test_a_verified_account_is_found_by_its_address(client, provider):
    user = make_user("nadia@test.example")
    come_back(client, provider, "Nadia@Test.Example")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_account_is_never_made_nor_opened_before_it_was_joined_nor_after_it_was_closed(client, provider):
    invite("invitee@test.example")
    make_user("fermee@test.example", is_active=False)
    unverified = make_user("autre@test.example")
    unverified.emailaddress_set.update(verified=False)
    count = User.objects.count()
    for name in ("inconnue", "invitee", "fermee", "autre"):
        assert "Aucun compte ne correspond" in come_back(client, provider, f"{name}@test.example").text
        assert not is_in(client)
    assert User.objects.count() == count


def test_it_does_not_skip_the_second_factor(client, provider):
    add_application(make_user("nadia@test.example"))
    assert come_back(client, provider, "nadia@test.example")["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_an_answer_to_another_question_or_signed_by_another_hand_is_refused(client, provider):
    make_user("nadia@test.example")
    assert "n’a pas pu vous identifier" in come_back(client, provider, "nadia@test.example", honest=False).text
    provider.key = STRANGER
    assert "n’a pas pu vous identifier" in come_back(client, provider, "nadia@test.example").text
    assert "n’a pas pu vous identifier" in client.get(CALLBACK, {"code": "c", "state": "forged"}).text
    assert not is_in(client)


def test_a_provider_that_does_not_answer_gets_a_sentence(client, provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    assert "n’a pas pu vous identifier" in client.get(SIGN_IN).text


def test_whoever_came_by_it_leaves_it_too(client, provider):
    make_user("nadia@test.example")
    come_back(client, provider, "nadia@test.example")
    page = client.post(reverse("account_logout"))
    way_out = page["Refresh"].removeprefix("0;url=")
    said = {key: values[0] for key, values in parse_qs(urlsplit(way_out).query).items()}
    assert (page.status_code, urlsplit(way_out).path, html.escape(way_out) in page.text) == (200, "/end", True)
    assert jwt.decode(said["id_token_hint"], options={"verify_signature": False})["nonce"] == provider.nonce
    assert said["post_logout_redirect_uri"] == "http://testserver" + reverse("account_login")
    assert said["state"]
    assert not is_in(client)
    assert client.post(reverse("account_logout")).status_code == 302


def test_whoever_came_by_password_does_not(client, provider):
    client.force_login(make_user("nadia@test.example"))
    assert "Refresh" not in client.post(reverse("account_logout"))
