"""A film that goes by parts and meets a cut; a title found while typing it."""

from typing import Any

import pytest

from documents.models import Document, IncomingUpload
from tests.factories import PDF
from tests.world import World

pytestmark = pytest.mark.browser

LARGE = PDF + b"x" * 20_000_000


def test_a_large_file_goes_on_after_a_cut(world: World, open_tab: Any, tmp_path: Any) -> None:
    film = tmp_path / "grand.pdf"
    film.write_bytes(LARGE)
    tab = open_tab(world.people["contributor"])
    page = tab.open("/espaces/lille/documents/deposer/")
    cuts = []

    def cut_once(route: Any) -> None:
        if not cuts and route.request.headers["upload-offset"] != "0":
            cuts.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(
        "**/documents/envois/**",
        lambda route: cut_once(route) if route.request.method == "PATCH" else route.continue_(),
    )
    page.get_by_label("Dossier", exact=True).select_option(world.lille.folder.slug)
    page.set_input_files("input[type=file]", film)
    page.get_by_role("button", name="Déposer les fichiers").click()
    page.wait_for_url("**/deposes/?d=*", timeout=60_000)
    assert cuts == [str(8 * 1024 * 1024)]
    assert Document.objects.get(original_name="grand.pdf").file_size == len(LARGE)
    assert IncomingUpload.objects.count() == 0
    assert [one for one in tab.complaints if "ERR_CONNECTION_RESET" not in one] == []


def test_titles_come_while_typing_and_the_keyboard_reaches_them(world: World, open_tab: Any) -> None:
    tab = open_tab(world.people["reader"], width=375)
    page = tab.open("/recherche/")
    box = page.locator("#recherche-q")
    box.press_sequentially("relevé xylo", delay=20)
    page.locator("#suggestions a").first.wait_for()
    box.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == world.lille.document.title
    page.keyboard.press("Escape")
    assert (page.locator("#suggestions a").count(), page.evaluate("document.activeElement.id")) == (0, "recherche-q")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert tab.complaints == []
