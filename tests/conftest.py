"""The hostile harness: warnings are errors (pyproject.toml), an undefined template variable fails, unordered lists come
backwards (settings/test.py), pages are asked through a client that checks what every page must hold (harness.py)."""

import copy
from collections.abc import Iterator
from threading import Lock

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template import engines
from pytest_django.plugin import DjangoDbBlocker
from wagtail.models import Collection, Locale, Page

from spaces.enums import SpaceKind, Visibility
from spaces.models import Space
from tests import factories
from tests import world as worlds
from tests.chromium import CHROMIUM
from tests.harness import PageClient, UndefinedVariable
from tests.world import World


@receiver(post_migrate)
def _plant_the_roots(sender: AppConfig, **kwargs: object) -> None:
    """A test that commits ends by emptying the tables, and the roots that Wagtail's migrations had planted go with the rest:
    they are planted again for the next one."""
    if sender.label == "wagtailcore" and not Collection.objects.exists():
        Collection.add_root(name="Root")
        Locale.objects.create(language_code="fr")
        Page.add_root(instance=Page(title="Root", slug="root"))


def pytest_report_header() -> list[str]:
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    store = settings.CACHES["default"]["BACKEND"].rpartition(".")[2]
    return [
        f"engines: {engine}, {store}",
        f"browser tests: {CHROMIUM or 'left out, no Chromium found (install it, or set CHROMIUM)'}",
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left alone with them at the end. A browser on a busy machine may be late once:
    its tests get a second chance, and say that they took it."""
    items.sort(key=lambda item: item.get_closest_marker("markup") is None)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1) if CHROMIUM else pytest.mark.skip(reason="no Chromium found"))


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = UndefinedVariable()


@pytest.fixture(scope="session", autouse=True)
def _answer_one_request_at_a_time() -> None:
    """SQLite in memory has one connection for all the threads of the live server. One may wait for it with the interpreter in hand,
    while another waits for the interpreter with the connection in hand: both for ever. Requests take turns."""
    if connection.vendor != "sqlite":
        return
    turn, answer = Lock(), WSGIHandler.get_response

    def answer_in_turn(self: WSGIHandler, request: HttpRequest) -> HttpResponseBase:
        with turn:
            return answer(self, request)

    WSGIHandler.get_response = answer_in_turn


@pytest.fixture(scope="session", autouse=True)
def _leave_redis_clean() -> Iterator[None]:
    yield
    if settings.REDIS_URL:
        client = cache._cache.get_client()
        for key in client.scan_iter(f"{settings.CACHE_KEYS['run']}:*"):
            client.delete(key)


@pytest.fixture(autouse=True)
def _new_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with an empty cache: rate limits and cached fragments of another test do not reach it. None may clear
    it: Redis would forget what the tests of the other processes hold in the same moment."""
    settings.CACHE_KEYS["test"] += 1
    monkeypatch.delattr(RedisCache, "clear")


@pytest.fixture(autouse=True)
def _keep_the_connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A response that a test closes itself (a file's) makes Django drop the connection, and PostgreSQL's holds the test's own
    transaction: it is kept. A live server keeps Django's habit."""
    if "live_server" not in request.fixturenames:
        monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture(autouse=True)
def _let_go_of_versions(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits ends by emptying the tables, and the database refuses to empty those of versions in use and of approved
    minutes (the rooms' guard.py) but by TRUNCATE: documents go to the trash first, and SQLite lets go of the minutes."""
    marker = request.node.get_closest_marker("django_db")
    if not {"transactional_db", "live_server"} & set(request.fixturenames) and not (
        marker and marker.kwargs.get("transaction")
    ):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from documents.models import Document

    Document.objects.update(withdrawn_at="2020-01-01T00:00Z")
    if connection.vendor == "sqlite":
        from meetings.guard import keep_minutes

        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS meetings_minutes_unchanged")
            cursor.execute("UPDATE meetings_minutes SET state = 'draft'")
        keep_minutes()


@pytest.fixture
def client() -> PageClient:
    return PageClient()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. Tests that use it carry the mark `browser`."""
    return CHROMIUM


@pytest.fixture
def lille(db: None) -> Space:
    return factories.make_space("lille")


@pytest.fixture
def douai(db: None) -> Space:
    """« Another space », where the denied user of a test holds the same right."""
    return factories.make_space("douai")


@pytest.fixture
def commun(db: None) -> Space:
    return factories.make_space("commun", kind=SpaceKind.COMMON, visibility=Visibility.REGISTERED)


@pytest.fixture(scope="module")
def _built_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Building it takes seconds: once for all the tests of a file, each of which undoes only what it writes."""
    with django_db_blocker.unblock():
        building = transaction.atomic()
        building.__enter__()
        world = worlds.build()
    yield world
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        building.__exit__(None, None, None)


@pytest.fixture
def world(_built_world: World, db: None) -> World:
    return copy.deepcopy(_built_world)
