"""A film that goes by parts and meets a cut; a title found while typing it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from documents.models import Document, Folder, IncomingUpload
from tests.factories import PDF, make_document
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


def test_a_cancelled_file_is_never_published(world: World, open_tab: Any, tmp_path: Any) -> None:
    """Its last part is on the way, and the server does not hear the first « forget it »."""
    film = tmp_path / "annulé.pdf"
    film.write_bytes(LARGE)
    tab = open_tab(world.people["contributor"])
    page = tab.open("/espaces/lille/documents/deposer/")
    parts, refused = [], []

    def answer(route: Any) -> None:
        request = route.request
        if request.method == "DELETE" and not refused:
            refused.append(request.url)
            route.abort("connectionreset")
        elif request.method == "PATCH":
            parts.append(request.headers["upload-offset"])
            if parts[-1] == "0" or len(parts) > 2:
                route.continue_()  # else it hangs: the network is slow
        else:
            route.continue_()

    page.route("**/documents/envois/**", answer)
    page.get_by_label("Dossier", exact=True).select_option(world.lille.folder.slug)
    page.set_input_files("input[type=file]", film)
    page.get_by_role("button", name="Déposer les fichiers").click()
    while len(parts) < 2:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Annuler l’envoi").click()
    page.wait_for_timeout(2500)
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('envoi:')).length"
    assert (parts, len(refused), page.evaluate(kept)) == (["0", str(8 * 1024 * 1024)], 1, 0)
    assert not Document.objects.filter(original_name="annulé.pdf").exists()
    assert IncomingUpload.objects.count() == 0


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


def test_a_large_new_version_goes_on_after_a_cut(world: World, open_tab: Any, tmp_path: Any) -> None:
    film = tmp_path / "grand.pdf"
    film.write_bytes(LARGE)
    author = world.people["contributor"]
    document = make_document(Folder.objects.select_related("space").get(pk=world.lille.folder.pk), by=author)
    tab = open_tab(author)
    page = tab.open(f"/documents/{document.uuid}/nouvelle-version/")
    cuts = []

    def cut_once(route: Any) -> None:
        if route.request.method == "PATCH" and not cuts and route.request.headers["upload-offset"] != "0":
            cuts.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/documents/envois/**", cut_once)
    page.set_input_files("input[type=file]", film)
    page.get_by_label("Ce qui a changé").fill("Images refaites")
    page.get_by_role("button", name="Publier la nouvelle version").click()
    page.wait_for_url(f"**{document.get_absolute_url()}", timeout=60_000)
    expect(page.get_by_text("La version 2 est en vigueur.")).to_be_visible()
    latest = document.versions.get(number=2)
    assert (cuts, latest.size, latest.reason) == ([str(8 * 1024 * 1024)], len(LARGE), "Images refaites")
    assert [one for one in tab.complaints if "ERR_CONNECTION_RESET" not in one] == []


DROP = """([names, contents]) => {
  const moved = new DataTransfer();
  names.forEach((name, rank) => moved.items.add(new File([contents[rank]], name)));
  for (const kind of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: moved, bubbles: true, cancelable: true }));
}"""


def test_files_dropped_on_a_folder_wait_for_a_press_then_are_deposited(world: World, open_tab: Any) -> None:
    author = world.people["contributor"]
    folder = Folder.objects.select_related("space").get(pk=world.lille.folder.pk)
    known = make_document(folder, by=author, name="programme.txt", content=b"un")
    tab = open_tab(author)
    page = tab.open(folder.get_absolute_url())
    page.evaluate(DROP, [["nouveau.txt"], ["bonjour"]])
    page.get_by_text("nouveau.txt").wait_for()
    page.evaluate(DROP, [["programme.txt"], ["deux"]])
    expect(page.get_by_label("Dossier", exact=True)).to_have_value(folder.slug)
    page.get_by_role("button", name="Déposer les fichiers").click()
    page.get_by_label("Si c’est une nouvelle version").fill("L’heure")
    page.get_by_role("button", name="Faire de programme.txt la nouvelle version").click()
    page.wait_for_url("**/deposes/?d=*")
    assert Document.objects.get(original_name="nouveau.txt").folder == folder
    assert known.versions.get(number=2).reason == "L’heure"
    assert tab.complaints == []

    tab = open_tab(world.people["reader"])
    page = tab.open(folder.get_absolute_url())
    page.evaluate(DROP, [["intrus.txt"], ["bonjour"]])
    expect(page.locator("form[data-upload]")).to_have_count(0)
