"""axe on every screen of the site (screens.py), wide and narrow, light and dark; nothing refused by the CSP."""

import copy
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import screens
from tests.browser.screens import STATES, VIEWERS, Seen, is_page
from tests.browser.stage import Stage
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.markup]
AXE = Axe().axe_script
FOUR = [(width, theme) for width in (1280, 375) for theme in ("light", "dark")]
TWO = [(375, "light"), (1280, "dark")]
"""For what somebody else has looked at in full."""


@pytest.fixture
def world(_built_world: World, db: None) -> World:
    """Nothing is committed here: one world for all the tests of this file (tests/conftest.py)."""
    return copy.deepcopy(_built_world)


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    stage = Stage(browser)
    yield stage
    stage.context.close()


def look(page: Page, looks: list[tuple[int, str]]) -> dict[str, list[str]]:
    """What axe finds, and what is wider than the screen."""
    wrong = {}
    page.evaluate(AXE)
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("theme => document.documentElement.setAttribute('data-fr-theme', theme)", theme)
        only = {"runOnly": ["color-contrast", "link-in-text-block"]} if theme == "dark" else {}  # colours alone change
        options = {"resultTypes": ["violations"], **only}
        found = page.evaluate("options => axe.run(document, options)", options)["violations"]
        wrong[f"{width} {theme}"] = [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            wrong[f"{width} {theme}"].append(f"{beyond} px wider than the screen")
    return {how: what for how, what in wrong.items() if what}


def _look_at_all(stage: Stage, seen: Iterator[Seen], looks: list[tuple[int, str]]) -> None:
    wrong = {}
    for client, response in seen:
        assert is_page(response), (response.status_code, response.request["PATH_INFO"])
        page = stage.show(response, client)
        for how, what in look(page, looks).items():
            name = response.resolver_match.view_name if response.resolver_match else ""
            wrong[f"{name} {page.url} {response.status_code} {how}"] = what
    assert wrong == {}
    assert stage.complaints == []


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("who", VIEWERS)
def test_screens_of_the_table(world: World, stage: Stage, who: str, half: int) -> None:
    first = screens.first_opened_by(who)
    others = [name for name in screens.opened_by(who) if name not in first]
    _look_at_all(stage, screens.by_table(world, who, first[half::2]), FOUR)
    _look_at_all(stage, screens.by_table(world, who, others[half::2]), TWO)


@pytest.mark.parametrize("state", STATES)
def test_screens_that_no_address_alone_reaches(world: World, stage: Stage, state: str) -> None:
    _look_at_all(stage, STATES[state](world), FOUR)
