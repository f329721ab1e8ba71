"""What only a browser can tell of the header, the menus and the first load."""

from collections.abc import Callable

import brotli
import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import Tab
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.markup]
MOST_BYTES = 250_000
ALREADY_COMPRESSED = (".woff2", ".png", ".ico")


def transferred(response: Response) -> int:
    body = response.body()
    return len(body) if response.url.endswith(ALREADY_COMPRESSED) else len(brotli.compress(body))


@pytest.mark.parametrize(("who", "width"), [("manager", 1280), ("animation", 1280), ("reader", 375)])
def test_the_first_load_of_the_home_is_light(world: World, open_tab: Callable[..., Tab], who: str, width: int) -> None:
    """In bytes once compressed, as production serves them; nothing comes from another host."""
    tab = open_tab(world.people[who], width=width)
    responses: list[Response] = []
    tab.page.on("response", lambda response: responses.append(response))  # noqa: PLW0108  (Playwright marks what it is given)
    tab.open("/")
    tab.page.wait_for_load_state("networkidle")
    sizes = {response.url: transferred(response) for response in responses if not response.url.startswith("data:")}
    assert [url for url in sizes if not url.startswith(tab.site)] == []
    assert sum(sizes.values()) < MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])


def test_skip_link(world: World, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(world.people["manager"]).open("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Contenu")
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()


def test_menu_by_keyboard(world: World, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(world.people["animation"]).open("/")
    button = page.get_by_role("button", name="Gestion")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("link", name="Vue d’ensemble").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Vue d’ensemble")


def test_menu_on_a_phone(world: World, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(world.people["manager"], width=375).open("/")
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("link", name="Calendrier").first).to_be_visible()
    expect(page.locator("#menu").get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).not_to_be_visible()


def test_tabs_by_keyboard(world: World, open_tab: Callable[..., Tab]) -> None:
    page = open_tab(world.people["reader"]).open("/espaces/lille/activite/")
    tabs = page.get_by_role("navigation", name="Espace Lille")
    expect(tabs.get_by_role("link", name="Activité")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Documents").press("Enter")
    expect(page).to_have_url(page.url.split("/espaces/")[0] + "/espaces/lille/documents/")


def test_the_theme_is_kept(world: World, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(world.people["reader"])
    page = tab.open("/")
    page.get_by_role("button", name="Paramètres d’affichage").click()
    page.get_by_text("Thème sombre").click()
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
    tab.open("/aide/")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")


def test_typed_text_survives_the_end_of_the_session(world: World, open_tab: Callable[..., Tab]) -> None:
    """A manager writes a meeting, the session ends, the form is sent, the manager signs in again."""
    tab = open_tab(world.people["manager"])
    page = tab.open("/espaces/lille/reunions/nouvelle/")
    page.get_by_label("Intitulé").fill("Réunion longuement préparée")
    tab.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    assert "/compte/" in page.url
    page.locator("input[name=login]").fill(world.people["manager"].email)
    page.locator("input[name=password]").fill("mot-de-passe-de-test-2026")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_label("Intitulé")).to_have_value("Réunion longuement préparée")
