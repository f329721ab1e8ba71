"""Pages for when something goes wrong."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
import redis
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.views.decorators.http import require_safe

from extranet import errors
from extranet.urls import *  # noqa: F403
from extranet.urls import urlpatterns as site_urls
from spaces.enums import Role
from spaces.models import Space
from tests import factories
from tests.harness import check_page

CAUSES = {
    "database": OperationalError,
    "redis": redis.ConnectionError,
    "fault": ZeroDivisionError,
    "integrity": IntegrityError,
    "too-big": RequestDataTooBig,
    "too-many": TooManyFilesSent,
}


@require_safe
def break_down(request: HttpRequest, cause: str) -> None:
    raise CAUSES[cause]("secret /srv/extranet")


urlpatterns = [path("panne/<slug:cause>/", break_down), *site_urls]


@pytest.fixture
def broken_site(client: Client, lille: Space) -> Iterator[Client]:
    client.raise_request_exception = False
    client.force_login(factories.make_member(lille))
    with override_settings(ROOT_URLCONF=__name__):
        yield client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        ("database", 503, "Le site est en pause"),
        ("redis", 503, "Le site est en pause"),
        ("fault", 500, "Le site a rencontré un problème"),
        ("integrity", 500, "Le site a rencontré un problème"),
        ("too-big", 413, "Envoi trop volumineux"),
        ("too-many", 413, "Envoi trop volumineux"),
    ],
)
def test_each_fault_has_its_page(broken_site: Client, cause: str, status: int, words: str) -> None:
    response = broken_site.get(f"/panne/{cause}/")
    assert response.status_code == status
    assert words in response.content.decode()
    assert "secret" not in response.content.decode()
    assert response.get("Retry-After") == ("30" if status == 503 else None)


def test_the_last_pages_ask_no_database() -> None:
    """No `db` mark: a query would fail the test."""
    for status in (500, 503):
        try:
            raise OperationalError if status == 503 else ZeroDivisionError
        except (OperationalError, ZeroDivisionError):
            response = errors.server_error(RequestFactory().get("/"))
        assert response.status_code == status
        response["Content-Security-Policy"] = "default-src 'none'"
        check_page("/", response)


@pytest.mark.django_db
def test_unknown_and_forbidden_are_the_same_page(client: Client, lille: Space, douai: Space) -> None:
    client.force_login(factories.make_member(lille, Role.MANAGER))
    pages = [client.get(path) for path in ("/espaces/douai/activite/", "/espaces/x/activite/", "/rien/du-tout/")]
    assert {page.status_code for page in pages} == {404}
    assert len({len(page.content) for page in pages}) == 1
    assert all("douai" not in page.content.decode() and "du-tout" not in page.content.decode() for page in pages)


@pytest.mark.django_db
def test_what_is_refused_outside_any_space_names_none(client: Client, lille: Space) -> None:
    client.force_login(factories.make_member(lille))
    for address, said in (("/espaces/lille/membres/inviter/", True), ("/comptes/", False), ("/inviter/", False)):
        response = client.get(address)
        assert (response.status_code, "Vous voyez cet espace" in response.content.decode()) == (403, said), address


def test_a_form_open_for_too_long(lille: Space) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_member(lille))
    response = client.post("/notifications/tout-lu/")
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Ce formulaire n’est plus valable" in response.content.decode()


@pytest.mark.django_db
def test_the_address_of_a_button_has_a_page_too(client: Client, lille: Space) -> None:
    """Where signing in again leads somebody whose session had ended when they pressed it."""
    client.force_login(factories.make_member(lille))
    response = client.get("/notifications/tout-lu/")
    assert (response.status_code, response["Allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "POST")
    assert "rien n’a été fait" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/aide/", "/accessibilite/", "/donnees-personnelles/"])
def test_plain_pages_are_for_everybody(client: Client, lille: Space, address: str) -> None:
    assert client.get(address).status_code == 200
    client.force_login(factories.make_member(lille))
    assert client.get(address).status_code == 200
