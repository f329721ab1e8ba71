"""A manager of one space walks through Wagtail's admin, by every address that it shows, and finds nothing of another."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from pages.admin_table import DOORS, Door
from tests.pages.conftest import SECRET

pytestmark = [
    pytest.mark.django_db,
    # As in test_admin_doors.py.
    pytest.mark.filterwarnings("ignore:Unclosed file .*SpooledTemporaryFile:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

FAR = 600
"""Addresses: about twice what there is to see. More would mean a walk in circles, and something left unseen."""


def crawl(client, start: list[str]) -> dict[str, str]:
    """Everything that can be reached under /gestion/ from `start`, by what looks like an address in the answers."""
    seen: dict[str, str] = {}
    waiting = deque(start)
    while waiting:
        address = waiting.popleft()
        assert len(seen) < FAR, f"the walk does not end: {address}"
        if address in seen or "logout" in address or ("/add/" in address and "?" in address):
            continue
        answer = client.get(address, follow=True)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = content.decode("utf-8", "replace")
        for found in re.findall(r"/gestion/[^\s\"'<>\\&]*", seen[address]):
            parts = urlsplit(found)
            waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return seen


def test_nothing_of_another_space_is_found_by_walking(client, at_lille, at_douai):
    client.force_login(at_douai.manager)
    start = ["/gestion/", "/gestion/pages/", reverse("wagtailadmin_pages:search") + f"?q={SECRET}"]
    for name, door in DOORS.items():
        if door is Door.OPEN and name not in {"wagtailadmin_logout", "wagtailadmin_editing_sessions:release"}:
            for query in ("", f"?q={SECRET}&tag=tag{SECRET}", "?multiple=1"):
                start.append(reverse(name) + query)
    explore = reverse("wagtailadmin_explore", args=[at_douai.page.pk])
    start += [f"{explore}?q={SECRET}&search_all=1", f"{explore}?search_all=1&has_child_pages=false"]
    start.append(f"{explore}?search_all=1&owner={at_lille.manager.pk}")
    seen = crawl(client, start)
    assert len(seen) > 200
    assert "Guide ordinaire" in "".join(seen.values())
    echoed = {address for address, html in seen.items() if SECRET in html.replace(f"tag{SECRET}", SECRET).lower()}
    # A search repeats the word asked for, and nothing else that holds it.
    for address in echoed:
        assert SECRET in address, address
        html = seen[address]
        for words in ("Guide", "Brouillon", "Annonce", "Document", "Image", "Nouvelle", "Bienvenue"):
            assert f"{words} {SECRET}" not in html, address
        assert f"{SECRET.title()}Manager" not in html
