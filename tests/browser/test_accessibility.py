"""axe on every kind of page, as somebody of each role, wide and narrow, light and dark; nothing refused by the CSP."""

from collections import deque
from collections.abc import Callable
from urllib.parse import urldefrag, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Page

from tests.browser.conftest import Tab
from tests.harness import Page as Links
from tests.harness import PageClient
from tests.world import World

pytestmark = pytest.mark.browser
AXE = Axe().axe_script
STARTS = (
    "/",
    "/espaces/lille/documents/deposer/",
    "/recherche/?q=convention",
    "/recherche/?q=zzz",
    "/espaces/inconnu/",
)
LEFT_OUT = ("/gestion/", "/static/", "/medias/")
"""Wagtail's own screens, and what is not a page."""


def one_page_of_each_kind(client: PageClient) -> list[str]:
    """The first address found for each view that this person reaches by links."""
    waiting, seen, kept = deque(STARTS), set(), []
    while waiting:
        address = urldefrag(waiting.popleft()).url
        path = urlsplit(address).path
        if urlsplit(address).netloc or not path.startswith("/") or path.startswith(LEFT_OUT):
            continue
        view = resolve(path).view_name or path
        if address in seen or (view in seen and address not in STARTS):
            continue
        seen |= {view, address}
        response = client.get(address)
        if response.status_code in {301, 302}:
            waiting.append(response["Location"])
        elif not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            kept.append(address)
            waiting.extend(Links(response.content.decode()).links)
        response.close()
    return kept


def look(page: Page) -> list[str]:
    """What axe finds on the page as it is shown now; its script was put into the page beforehand."""
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.markup
@pytest.mark.parametrize("who", ["animation", "manager", "reader", ""])
def test_every_kind_of_page(world: World, open_tab: Callable[..., Tab], who: str) -> None:
    client = PageClient()
    user = world.people[who] if who else None
    if user:
        client.force_login(user)
    tab = open_tab(user)
    wrong: dict[str, list[str]] = {}
    for address in one_page_of_each_kind(client):
        page = tab.open(address)
        page.evaluate(AXE)
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 800})
            for theme in ("light", "dark"):
                page.evaluate("theme => document.documentElement.setAttribute('data-fr-theme', theme)", theme)
                wrong[f"{address} {width} {theme}"] = look(page)
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if beyond > 0:
                wrong[f"{address} {width}"] = [f"{beyond} px wider than the screen"]
    assert {where: what for where, what in wrong.items() if what} == {}
    assert tab.complaints == []
