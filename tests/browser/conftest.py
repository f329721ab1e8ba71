"""A real Chromium against a live server. Left out, with a word in the report's header, where there is no Chromium."""

import copy
import os
import sqlite3
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as BrowserPage
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests import world as worlds
from tests.chromium import ARGUMENTS
from tests.world import World


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread: Django is told that it is no danger to it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def _kept() -> list[tuple[World, sqlite3.Connection]]:
    return []


@pytest.fixture
def world(transactional_db: None, _kept: list[tuple[World, sqlite3.Connection]]) -> World:
    """A live server sees only what is committed. Building it takes seconds: SQLite keeps a copy for the tests that follow."""
    if connection.vendor != "sqlite":
        return worlds.build()
    if _kept:
        _kept[0][1].backup(connection.connection)
    else:
        _kept.append((worlds.build(), sqlite3.connect(":memory:")))
        connection.connection.backup(_kept[0][1])
    return copy.deepcopy(_kept[0][0])


class Tab:
    """One person's browser tab. `complaints` gathers what its console says: refused by the CSP, failing, missing."""

    def __init__(self, browser: Browser, site: str, user: User | None, *, width: int = 1280) -> None:
        self.site = site
        self.context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr-FR")
        self.page: BrowserPage = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if user is not None:
            client = Client()
            client.force_login(user)
            self.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    def _hear(self, message: object) -> None:
        is_page_status = "Failed to load resource" in message.text and "static" not in message.location["url"]
        if message.type in {"error", "warning"} and not is_page_status:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> BrowserPage:
        self.page.goto(self.site + path)
        return self.page


@pytest.fixture
def open_tab(browser: Browser, live_server: LiveServer) -> Iterator[object]:
    tabs: list[Tab] = []

    def open_one(user: User | None, *, width: int = 1280) -> Tab:
        tabs.append(Tab(browser, live_server.url, user, width=width))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.context.close()
