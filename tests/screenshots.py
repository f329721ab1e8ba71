"""The README's pictures: `make screenshots`. The demo network in a folder of its own, a real server, a real Chromium, and
the way a newcomer would go. Pictures land in docs/screens/, as WebP."""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from extranet.demo.people import PASSWORD
from tests.chromium import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screens"
START_SECONDS = 60
ZIP_START = b"PK\x03\x04"
"""How a spreadsheet begins."""


@contextmanager
def demo_site() -> Iterator[str]:
    """The address of a demo network made for this run."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "extranet.settings.embedded",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "DOCUMENT_ROOT": f"{folder}/documents",
            "SITE_URL": f"http://localhost:{port}",
        }
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "prepare_demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        server = subprocess.Popen([*manage, "runserver", "--noreload", str(port)], cwd=ROOT, env=environment)  # noqa: S603
        try:
            _wait_for(f"http://localhost:{port}/sante/")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(address: str) -> None:
    for _ in range(START_SECONDS * 2):
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310 -- our own server
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(address)


def sign_in(page: Page, site: str, who: str) -> None:
    page.goto(f"{site}/compte/connexion/")
    page.get_by_label("Adresse électronique").fill(f"{who}@demo.example")
    page.get_by_label("Mot de passe").first.fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(f"{site}/")


def home(page: Page, site: str) -> None:
    page.goto(site)


def add(page: Page, site: str) -> None:
    """A new file, and one whose name is there already: its question is asked on its own line."""
    page.goto(f"{site}/espaces/lille/documents/plan-d-action/")
    open_first(page)
    known = page.locator(".x-about div", has=page.get_by_text("Fichier", exact=True)).locator("dd").inner_text()
    page.goto(f"{site}/espaces/lille/documents/deposer/?dossier=plan-d-action")
    sheet, _, extension = known.rpartition(".")
    files = [(f"{sheet}-annexe.txt", b"Annexe"), (f"{sheet}.{extension}", ZIP_START)]
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )
    page.get_by_role("button", name="Déposer les fichiers").click()
    page.get_by_role("button", name="Garder les deux").wait_for()


def open_first(page: Page, title: str = "") -> None:
    page.locator(".x-document__title", has_text=title).first.click()
    page.wait_for_load_state()


def read(page: Page, site: str) -> None:
    page.goto(f"{site}/espaces/commun/documents/guide/")
    open_first(page, "Guide du Service public")


def compare(page: Page, site: str) -> None:
    page.goto(f"{site}/espaces/commun/documents/outils-et-ressources/")
    open_first(page, "Fiche contact")
    page.get_by_role("link", name="Comparer avec la version précédente").click()


def who_can_see(page: Page, site: str) -> None:
    page.goto(f"{site}/espaces/lille/documents/tableau-de-bord/")
    open_first(page)
    page.get_by_role("link", name="Voir les noms et les partages").click()


def resources(page: Page, site: str) -> None:
    page.goto(f"{site}/espaces/commun/ressources/")


def find(page: Page, site: str) -> None:
    page.goto(f"{site}/recherche/?q=cartographie")


SCREENS: list[tuple[str, str, tuple[int, int], Callable[[Page, str], None]]] = [
    ("ma-page", "coordination.lille", (1280, 900), home),
    ("ma-page-telephone", "reseau.cio", (375, 900), home),
    ("deposer", "coordination.lille", (1280, 1150), add),
    ("document", "animation", (1280, 2100), read),
    ("comparer", "coordination.lille", (1280, 1000), compare),
    ("qui-peut-voir", "coordination.lille", (1280, 1150), who_can_see),
    ("ressources", "reseau.cio", (1280, 1250), resources),
    ("rechercher", "reseau.cio", (1280, 1000), find),
]
"""Name of the picture, demo account, width and height in pixels, how to get there."""


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with demo_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, who, (width, height), go in SCREENS:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
            page = context.new_page()
            sign_in(page, site, who)
            go(page, site)
            page.wait_for_load_state("networkidle")
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.save(PICTURES / f"{name}.webp", quality=80, method=6)
            print(PICTURES / f"{name}.webp")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
