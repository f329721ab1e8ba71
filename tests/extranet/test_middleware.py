"""What was typed in a form whose session had ended."""

import time
from collections.abc import Iterator

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, override_settings
from django.urls import path

from accounts.models import User
from extranet import middleware
from extranet.urls import urlpatterns as site_urls
from tests import factories

pytestmark = pytest.mark.django_db


class LongForm(forms.Form):
    title = forms.CharField()
    words = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])


def long_form(request: HttpRequest) -> HttpResponse:
    """A view of ours, with its one line."""
    form = LongForm(request.POST or None, initial=request.rescued)
    return JsonResponse({"title": form["title"].value(), "words": form["words"].value(), "rescued": request.rescued})


urlpatterns = [path("long/", long_form), path("autre/", long_form), *site_urls]
TYPED = {"title": "Deux heures de travail", "words": ["a", "b"], "password": "secret", "csrfmiddlewaretoken": "x"}
KEPT = {"title": "Deux heures de travail", "words": ["a", "b"]}


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def author() -> User:
    return factories.make_user()


@pytest.fixture
def browser(author: User) -> Client:
    """A browser where `author` opened the form, and whose session has ended since."""
    client = Client()
    client.force_login(author)
    client.get("/long/")
    del client.cookies["sessionid"]
    return client


def test_the_author_finds_it_again(browser: Client, author: User) -> None:
    response = browser.post("/long/", TYPED)
    assert response["Location"].endswith("?next=/long/")
    browser.force_login(author)
    assert browser.get("/autre/").json()["rescued"] == {}
    assert browser.get("/long/").json() == {**KEPT, "rescued": KEPT}
    assert browser.get("/long/").json()["rescued"] == KEPT, "still there after a reload"
    browser.post("/long/", TYPED)
    assert browser.get("/long/").json()["rescued"] == {}, "gone once sent"


def test_it_says_so(browser: Client, author: User) -> None:
    browser.post("/long/", TYPED)
    browser.force_login(author)
    browser.get("/long/")
    assert middleware.KEPT in browser.get("/aide/").content.decode()


def test_nobody_else_sees_it(browser: Client, author: User) -> None:
    browser.post("/long/", TYPED)
    browser.force_login(factories.make_user())
    assert browser.get("/long/").json()["rescued"] == {}
    browser.force_login(author)
    assert browser.get("/long/").json()["rescued"] == {}, "and it is gone for good"


@pytest.mark.parametrize("cookie", ["", "1", "forged:signature"])
def test_without_a_true_author_nothing_is_kept(browser: Client, cookie: str) -> None:
    browser.cookies[middleware.COOKIE] = cookie
    browser.post("/long/", TYPED)
    assert middleware.SESSION_KEY not in browser.session


def test_what_is_too_long_is_not_kept(browser: Client) -> None:
    browser.post("/long/", {"title": "é" * (middleware.MAX_BYTES // 2 + 1)})
    assert middleware.SESSION_KEY not in browser.session


def test_files_and_secrets_are_not_kept(browser: Client) -> None:
    file = SimpleUploadedFile("compte-rendu.pdf", b"%PDF")
    browser.post("/long/", {**TYPED, "new_password1": "secret", "otp_code": "123456", "file": file})
    assert browser.session[middleware.SESSION_KEY]["fields"] == {"title": [KEPT["title"]], "words": ["a", "b"]}


def test_a_forged_form_is_not_kept(author: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    client.get("/long/")
    del client.cookies["sessionid"]
    assert client.post("/long/", TYPED).status_code == 403
    assert middleware.SESSION_KEY not in client.session


def test_it_does_not_last(browser: Client, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.post("/long/", TYPED)
    browser.force_login(author)
    monkeypatch.setattr(middleware, "time", lambda: time.time() + middleware.KEPT_SECONDS + 1)
    assert browser.get("/long/").json()["rescued"] == {}


def test_the_cookie_is_closed_to_scripts(author: User) -> None:
    client = Client()
    client.force_login(author)
    cookie = client.get("/long/").cookies[middleware.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert middleware.COOKIE not in client.get("/long/").cookies, "written once"
