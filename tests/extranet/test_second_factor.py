"""`MFA_REQUIRED_FOR_MANAGERS`: held until a second factor protects the account, and nobody else is."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse

from spaces.enums import Role
from tests.accounts.test_sign_in import add_application
from tests.factories import make_animation, make_member, make_user

pytestmark = pytest.mark.django_db

ELSEWHERE = ["/", "/compte/", "/compte/mes-donnees/", "/espaces/", "/gestion/", "/nulle-part/", "/compte/mot-de-passe/"]


@pytest.fixture
def _required(settings):
    settings.MFA_REQUIRED_FOR_MANAGERS = True


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("who", ["manager", "animation"])
def test_a_manager_without_a_second_factor_goes_nowhere_else(client, lille, who):
    user = make_member(lille, Role.MANAGER) if who == "manager" else make_animation()
    client.force_login(user)
    for path in ELSEWHERE:
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), path
    assert client.post("/compte/", {"first_name": "X"})["Location"] == reverse("mfa_index")
    assert client.get("/compte/", headers={"HX-Request": "true"})["HX-Redirect"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(reverse("account_logout")).status_code == 302


@pytest.mark.usefixtures("_required")
def test_codes_alone_do_not_count_and_a_factor_sets_free(client, lille):
    user = make_member(lille, Role.MANAGER)
    RecoveryCodes.activate(user)
    client.force_login(user)
    assert client.get("/compte/").status_code == 302
    add_application(user)
    assert client.get("/compte/").status_code == 200
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    assert client.get("/compte/").status_code == 302


@pytest.mark.usefixtures("_required")
def test_the_others_are_not_held(client, lille):
    for user in (make_user(), make_member(lille, Role.READER), make_member(lille, Role.CONTRIBUTOR)):
        client.force_login(user)
        assert client.get("/compte/").status_code == 200


def test_nobody_is_held_where_it_is_not_asked(client, lille):
    client.force_login(make_member(lille, Role.MANAGER))
    assert client.get("/compte/").status_code == 200
