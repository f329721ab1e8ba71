"""A form that leaves twice counts once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from extranet import once
from extranet.cache import SpareCache
from mail.models import OutgoingMail
from pages.actions import add_space_pages
from pages.models import AnnouncementPage
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_member

FORM = {"title": "Une seule fois", "text": "Texte", "when": "now", "csrfmiddlewaretoken": "rendered-once"}


@pytest.fixture
def manager(lille: Space) -> User:
    add_space_pages(space=lille)
    return make_member(lille, Role.MANAGER)


@pytest.mark.django_db(transaction=True)
def test_an_announcement_sent_twice_is_published_once_and_each_reader_has_one_mail(lille: Space, manager: User) -> None:
    reader, client = make_member(lille), Client()
    client.force_login(manager)
    url = reverse("pages:announcement_new", args=["lille"])
    first, second = client.post(url, FORM), client.post(url, FORM, follow=True)
    assert first.status_code == 302
    assert second.redirect_chain == [(first["Location"], 302)]
    assert once.COUNTED in second.content.decode()
    assert AnnouncementPage.objects.count() == 1
    assert OutgoingMail.objects.filter(to=reader.email).count() == 1


@pytest.mark.django_db
def test_the_same_words_in_a_form_shown_anew_are_another_sending(lille: Space, manager: User) -> None:
    client = Client()
    client.force_login(manager)
    url = reverse("pages:announcement_new", args=["lille"])
    client.post(url, FORM)
    client.post(url, FORM | {"csrfmiddlewaretoken": "rendered-anew"})
    assert AnnouncementPage.objects.count() == 2


@pytest.mark.django_db
def test_what_was_refused_is_refused_again_with_its_reason(lille: Space, manager: User) -> None:
    client = Client()
    client.force_login(manager)
    url = reverse("pages:announcement_new", args=["lille"])
    for _ in range(2):
        page = client.post(url, FORM | {"title": ""}).content.decode()
        assert "à corriger" in page
        assert once.COUNTED not in page


@pytest.mark.django_db
def test_a_form_without_the_right_is_refused_each_time(lille: Space) -> None:
    client = Client()
    client.force_login(make_member(lille))
    url = reverse("pages:announcement_new", args=["lille"])
    assert [client.post(url, FORM).status_code for _ in range(2)] == [403, 403]


class _Said(list):
    """What the person is told."""

    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        self.append(message)


def _request(user: object, **changes: object) -> HttpRequest:
    request = RequestFactory().post("/quelque-part/", {"a": "1", "csrfmiddlewaretoken": "x"} | changes)
    request.user = user  # type: ignore[assignment]
    request._messages = _Said()  # type: ignore[attr-defined]
    return request


def _send(request: HttpRequest, view: object) -> HttpResponse:
    """As Django calls a middleware."""
    middleware = once.OnceMiddleware(lambda one: middleware.process_view(one) or view(one))  # type: ignore[operator]
    return middleware(request)  # type: ignore[return-value]


def _counted() -> tuple[list[HttpRequest], object]:
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponseRedirect(f"/fait/{len(seen)}/")

    return seen, view


PERSON, ELSE = User(pk=1), User(pk=2)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_request(PERSON), _request(ELSE)),
        (_request(PERSON), _request(PERSON, a="2")),
        (_request(PERSON), _request(PERSON, csrfmiddlewaretoken="y")),
        (_request(AnonymousUser()), _request(AnonymousUser())),
        (_request(PERSON, csrfmiddlewaretoken=""), _request(PERSON, csrfmiddlewaretoken="")),
        (
            _request(PERSON, file=SimpleUploadedFile("a.txt", b"1")),
            _request(PERSON, file=SimpleUploadedFile("a.txt", b"2")),
        ),
    ],
    ids=["somebody else", "other words", "another form", "nobody", "no token", "files"],
)
def test_each_of_two_sendings_counts(first: HttpRequest, second: HttpRequest) -> None:
    seen, view = _counted()
    assert [_send(one, view)["Location"] for one in (first, second)] == ["/fait/1/", "/fait/2/"]
    assert len(seen) == 2


def test_what_a_script_sends_is_its_own_affair() -> None:
    seen, view = _counted()
    for _ in range(2):
        request = _request(PERSON)
        request.META["HTTP_SEC_FETCH_MODE"] = "cors"
        _send(request, view)
    assert len(seen) == 2


def test_the_second_waits_for_the_first_and_is_led_to_the_same_place() -> None:
    started, may_end, seen = Event(), Event(), []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        started.set()
        may_end.wait(10)
        return HttpResponseRedirect("/fait/")

    with ThreadPoolExecutor(2) as two:
        first = two.submit(_send, _request(PERSON), view)
        assert started.wait(10)
        again = _request(PERSON)
        second = two.submit(_send, again, view)
        may_end.set()
        assert first.result(10)["Location"] == second.result(10)["Location"] == "/fait/"
    assert len(seen) == 1
    assert again._messages == [once.COUNTED]  # type: ignore[attr-defined]


def test_after_a_failure_it_may_be_sent_again() -> None:
    assert _send(_request(PERSON), lambda _: HttpResponse(status=500)).status_code == 500
    seen, view = _counted()
    _send(_request(PERSON), view)
    assert len(seen) == 1


def test_one_whose_first_sending_was_killed_goes_through_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "PATIENCE", 0.2)
    killed = once._key_of(_request(PERSON))
    assert killed is not None
    caches["kept"].add(killed, once._AT_WORK, once.SECONDS)
    seen, view = _counted()
    _send(_request(PERSON), view)
    assert len(seen) == 1


def test_without_redis_every_sending_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    away = SpareCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    monkeypatch.setattr(once, "cache", away)
    seen, view = _counted()
    for _ in range(2):
        _send(_request(PERSON), view)
    assert len(seen) == 2
