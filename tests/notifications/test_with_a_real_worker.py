"""The whole cycle with nothing in the place of anything: PostgreSQL, Redis, Celery's worker and beat in processes of their own,
a relay that speaks SMTP, people who speak HTTP. An announcement from its author to « J’ai lu » and the coverage, then a
document's new version, told at once to one and by digest to the other."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

import pytest
import requests
from aiosmtpd.controller import Controller
from celery import current_app
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from kombu import pools

from documents.actions import publish_document
from notifications import actions
from notifications.enums import Category, Timing
from notifications.models import Delivery
from pages.actions import add_space_pages
from spaces.enums import Role
from spaces.models import Membership
from tests import factories

pytestmark = pytest.mark.skipif(
    not configured.REDIS_URL or connection.vendor != "postgresql", reason="needs PostgreSQL and Redis"
)
PATIENCE = 30
"""Seconds for one message, on a busy machine; it takes two."""


class Relay:
    """Keeps every message that it accepts, by its recipient."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=modern)
        self.accepted += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, person: object, words: str) -> list[str]:
        """The texts of the messages to that person whose subject or text holds these words."""
        texts = [
            f"{message['Subject']}\n{message.get_body(('plain',)).get_content()}"
            for address, message in self.accepted
            if address == person.email
        ]
        return [text for text in texts if words in text]


def wait_for(is_there: Callable[[], object]) -> object:
    until = time.monotonic() + PATIENCE
    while not (found := is_there()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


@pytest.fixture
def relay() -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Relay(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def clockwork(transactional_db, relay, settings, live_server, tmp_path) -> Iterator[None]:
    """A worker and a beat, on the test's own database; this process hands its tasks to them."""
    database = settings.DATABASES["default"]
    host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
    told = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "DATABASE_URL": f"postgres://{host}/{connection.settings_dict['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": live_server.url,
        "MAIL_REPLY_TO": "animation@test.example",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(relay.port),
        "DOCUMENT_ROOT": settings.DOCUMENT_ROOT,
        "MEDIA_ROOT": settings.MEDIA_ROOT,
    }
    current_app.conf.task_always_eager = False
    current_app.control.purge()
    beat = ["beat", "--max-interval=1", "--schedule", str(tmp_path / "beat"), "--pidfile", ""]
    started = []
    for command in (["worker", "--concurrency=1", "--without-mingle", "--without-gossip"], beat):
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "extranet", *command]
        with (tmp_path / f"{command[0]}.log").open("ab") as log:
            process = subprocess.Popen(celery, env=told, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
        started.append(process)
    try:
        yield
        assert [process.poll() for process in started] == [None, None]
    except AssertionError:
        print(*(log.read_text()[-3000:] for log in Path(tmp_path).glob("*.log")), sep="\n")
        raise
    finally:
        current_app.conf.task_always_eager = True
        for process in started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        current_app.control.purge()
        pools.reset()
        current_app._after_fork()  # forgets the pools now closed: other tests of this process publish after this one


class Person:
    """Somebody at their browser, as far as HTTP goes."""

    def __init__(self, site: str, user: object) -> None:
        client = Client()
        client.force_login(user)
        self.site, self.browser = site, requests.Session()
        self.browser.cookies.set("sessionid", client.cookies["sessionid"].value, domain="localhost.local", path="/")

    def open(self, address: str) -> requests.Response:
        answer = self.browser.get(self.site + address.removeprefix(self.site), timeout=PATIENCE)
        assert answer.ok, answer.url
        return answer

    def send(self, page: str, *, to: str = "", files: object = None, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.open(page).text)
        assert token, page
        answer = self.browser.post(
            self.site + (to or page), {"csrfmiddlewaretoken": token[1], **fields}, files=files, timeout=PATIENCE
        )
        assert answer.ok, answer.url
        return answer.text

    def say_read(self, link: str) -> None:
        page = link.removeprefix(self.site)
        where = re.search(r'action="(/accuses/\d+/lu/)"', self.open(page).text)
        assert where, page
        assert "C’est noté" in self.send(page, to=where[1])


def link_in(text: str, part: str) -> str:
    return next(word for word in text.split() if part in word)


def test_from_the_author_to_the_coverage_and_from_one_version_to_the_next(clockwork, relay, live_server, lille, douai):
    add_space_pages(space=lille)
    people = [factories.make_member(lille, role) for role in (Role.MANAGER, Role.READER, Role.READER)]
    outsider = factories.make_member(douai, Role.MANAGER)
    Membership.objects.update(created_at=timezone.now() - timedelta(days=90))
    author, prompt, daily = people
    actions.set_rhythm(by=daily, hour=0, weekday=0, away_until=None)
    for category in Category:
        actions.choose(by=daily, category=category, timing=Timing.DAILY)
    desk, first, second = (Person(live_server.url, person) for person in people)
    received = relay.handler

    # An announcement: at once to one, by digest to the other, read by both, and its author knows.
    desk.send(
        "/espaces/lille/annonces/nouvelle/", title="Forum des métiers", text="Deux réseaux par demi-journée.",
        when="now", must_be_read="on",
    )  # fmt: skip
    assert wait_for(lambda: received.to(prompt, "Deux réseaux par demi-journée."))
    assert received.to(daily, "Forum") == []
    Delivery.objects.filter(user=daily).update(created_at=timezone.now() - timedelta(days=1))
    assert wait_for(lambda: received.to(daily, "Forum des métiers"))
    for person, reader in ((prompt, first), (daily, second)):
        reader.say_read(link_in(received.to(person, "Forum des métiers")[0], "/annonces/forum-des-metiers"))
    coverage = re.search(r'href="(/accuses/\d+/)"', desk.open("/espaces/lille/annonces/forum-des-metiers/").text)
    assert "Tout le monde a lu." in desk.open(coverage[1]).text

    # A document: its new version reaches whoever took the former one at once, the other by digest, and is what they download.
    document = publish_document(
        folder=factories.make_folder(lille), file=ContentFile(b"Premier jet.", name="charte.txt"), by=author, title="Charte"
    )  # fmt: skip
    address = document.get_absolute_url()
    assert first.open(f"{address}telecharger/").content == b"Premier jet."
    desk.send(f"{address}nouvelle-version/", files={"file": ("charte.txt", b"Second jet.", "text/plain")})
    assert wait_for(lambda: received.to(prompt, "Nouvelle version"))
    Delivery.objects.filter(user=daily).update(created_at=timezone.now() - timedelta(days=1))
    assert wait_for(lambda: received.to(daily, "version 2"))
    for person, reader in ((prompt, first), (daily, second)):
        link = link_in(received.to(person, "version 2")[-1], address)
        assert reader.open(f"{link}telecharger/").content == b"Second jet."

    # Each of them once, and nobody else anything.
    counts = [
        len(received.to(person, words))
        for person in (prompt, daily)
        for words in ("Deux réseaux par demi-journée.", "version 2")
    ]
    assert counts == [1, 1, 1, 1]
    assert received.to(outsider, "") == []
