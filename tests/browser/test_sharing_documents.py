"""Documents between two people: who restores, reserves, replaces, restricts, shares, packs, throws away, and what the other
one then sees."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Download, Page, expect

from accounts.models import User
from documents.actions import publish_version
from documents.enums import DocumentKind
from documents.models import Document, Folder
from spaces.enums import Role
from spaces.models import Space
from tests.documents import samples
from tests.factories import make_document, make_folder, make_member, make_space

pytestmark = [pytest.mark.browser, pytest.mark.markup]


@dataclass
class Two:
    """A manager and a reader of one space, its folder, and a document there."""

    space: Space
    folder: Folder
    document: Document
    manager: User
    reader: User


@pytest.fixture
def two(transactional_db: None) -> Two:
    space = make_space("lille")
    manager, reader = make_member(space, Role.MANAGER), make_member(space)
    folder = make_folder(space, "guide", name="Guide")
    document = make_document(folder, by=manager, name="programme.txt", content=b"Le 3 mars.", title="Programme")
    return Two(space, folder, document, manager, reader)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


def packed(download: Download) -> set[str]:
    """Names in the archive, without their folder."""
    with zipfile.ZipFile(io.BytesIO(Path(download.path()).read_bytes())) as archive:
        return {name.rpartition("/")[2] for name in archive.namelist()}


def test_a_version_is_restored(two: Two, open_tab: Any) -> None:
    publish_version(document=two.document, file=ContentFile(b"Le 10 mars.", name="programme.txt"), by=two.manager)
    page = open_tab(two.manager).open(two.document.get_absolute_url())
    follow(page, "Voir l’historique complet")
    follow(page, "Rétablir la version 1")
    press(page, "Rétablir cette version")
    expect(page.locator("main")).to_contain_text("Version 3")

    reader = open_tab(two.reader, width=375)
    page = reader.open(two.document.get_absolute_url())
    with page.expect_download() as download:
        follow(page, "Télécharger (TXT")
    assert Path(download.value.path()).read_bytes() == b"Le 3 mars."
    follow(page, "Voir l’historique complet")
    expect(page.get_by_role("link", name="Rétablir")).to_have_count(0)
    reader.open(f"{two.document.get_absolute_url()}v1/")
    expect(page.locator("main")).to_contain_text("remplacée")


def test_a_reserved_document_is_refused_to_the_other(two: Two, open_tab: Any) -> None:
    other = open_tab(make_member(two.space, Role.MANAGER))
    late = other.open(f"{two.document.get_absolute_url()}nouvelle-version/")
    page = open_tab(two.manager).open(two.document.get_absolute_url())
    press(page, "Réserver pour modification")
    expect(page.get_by_text("Vous avez réservé ce document pour modification")).to_be_visible()

    choose(late, "programme.txt", b"Le 12 mars.")
    press(late, "Publier la nouvelle version")
    expect(late.locator("main")).to_contain_text("réservé")
    late = other.open(two.document.get_absolute_url())
    expect(late.get_by_text(f"{two.manager} a réservé ce document")).to_be_visible()
    expect(late.get_by_role("link", name="Déposer une nouvelle version")).to_have_count(0)
    assert two.document.versions.count() == 1

    follow(page, "Déposer une nouvelle version")
    choose(page, "programme.txt", b"Le 10 mars.")
    press(page, "Publier la nouvelle version")
    late.reload()
    expect(late.get_by_role("link", name="Déposer une nouvelle version")).to_be_visible()


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ("En faire la nouvelle version", {"Programme": 2}),
        ("Garder les deux", {"Programme": 1, "programme (2)": 1}),
        ("Ne pas le déposer", {"Programme": 1}),
    ],
)
def test_a_name_that_exists_asks(two: Two, open_tab: Any, choice: str, left: dict[str, int]) -> None:
    page = open_tab(two.manager).open(f"/espaces/{two.space.slug}/documents/deposer/?dossier={two.folder.slug}")
    choose(page, "programme.txt", b"Le 10 mars.")
    press(page, "Déposer les fichiers")
    page.locator("[data-upload-list] button", has_text=choice).click()
    if choice != "Ne pas le déposer":
        page.wait_for_url(lambda address: "/deposer/" not in address)
    reader = open_tab(two.reader).open(two.folder.get_absolute_url())
    expect(reader.locator(".x-document")).to_have_count(len(left))
    assert dict(Document.objects.values_list("title", "current_number")) == left


@pytest.mark.parametrize(
    ("choice", "versions"), [("En faire les nouvelles versions", [2, 2, 1]), ("N’en déposer aucun", [1, 1, 1])]
)
def test_names_that_exist_are_settled_together(two: Two, open_tab: Any, choice: str, versions: list[int]) -> None:
    make_document(two.folder, name="affiche.txt", by=two.manager, title="Affiche", content=b"Une affiche.")
    page = open_tab(two.manager).open(f"/espaces/{two.space.slug}/documents/deposer/?dossier={two.folder.slug}")
    names = ("programme.txt", "affiche.txt", "neuf.txt")
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": b"Autre."} for name in names]
    )
    press(page, "Déposer les fichiers")
    together = page.get_by_role("group", name="Pour tous ces fichiers")
    expect(together).to_contain_text("2 fichiers portent un nom")
    together.get_by_role("button", name=choice).click()
    page.wait_for_url(lambda address: "/deposer/" not in address)
    found = Document.objects.order_by("pk").values_list("title", "current_number")
    assert list(found) == list(zip(["Programme", "Affiche", "neuf"], versions, strict=True))


def test_a_restricted_folder_is_there_for_one_and_not_for_the_other(two: Two, open_tab: Any) -> None:
    inside = two.reader
    outside = open_tab(make_member(two.space))
    page = outside.open(two.folder.get_absolute_url())
    expect(page.get_by_role("link", name="Programme", exact=True)).to_be_visible()
    page = open_tab(two.manager).open(two.folder.get_absolute_url())
    page.get_by_text("Gérer ce dossier").click()
    follow(page, "Restreindre ce dossier")
    page.get_by_text(str(inside), exact=True).click()
    press(page, "Restreindre à ces personnes")
    expect(page.get_by_text("Dossier restreint à un cercle.")).to_be_visible()

    page = open_tab(inside).open(f"/espaces/{two.space.slug}/documents/")
    follow(page, "Guide")
    expect(page.get_by_role("link", name="Programme", exact=True)).to_be_visible()
    page = outside.open(f"/espaces/{two.space.slug}/documents/")
    expect(page.get_by_text("Guide")).to_have_count(0)
    for path in (two.folder.get_absolute_url(), two.document.get_absolute_url()):
        assert outside.page.request.get(outside.site + path).status == 404


def test_a_document_is_shared_with_somebody_and_by_link(two: Two, open_tab: Any) -> None:
    abroad = make_space("douai")
    friend = make_member(abroad)
    make_member(abroad, Role.READER, user=two.manager)  # they know one another by it
    page = open_tab(two.manager).open(two.document.get_absolute_url())
    follow(page, "Partager ce document")
    page.get_by_label("Ou avec une personne").select_option(label=str(friend))
    page.get_by_label("Pourquoi").fill("Projet commun")
    press(page, "Partager le document")
    expect(page.locator("li", has_text=str(friend))).to_contain_text("Projet commun")

    theirs = open_tab(friend).open("/documents/partages/")
    follow(theirs, "Programme")
    with theirs.expect_download() as download:
        follow(theirs, "Télécharger")
    assert Path(download.value.path()).read_bytes() == b"Le 3 mars."

    follow(page, "Créer un lien")
    page.get_by_label("Pour qui").fill("Mairie")
    page.get_by_label("Mot de passe").fill("girofle-2026")
    press(page, "Créer le lien")
    link = page.locator("main code").inner_text()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Copier l’adresse")
    expect(page.get_by_role("status").get_by_text("L’adresse est copiée.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    guest = open_tab(None, width=375).open(link[link.index("/partage/") :])
    guest.get_by_label("Mot de passe").fill("girofle-2026")
    with guest.expect_download() as download:
        press(guest, "Télécharger le document")
    assert Path(download.value.path()).read_bytes() == b"Le 3 mars."

    follow(page, "Revenir aux partages")
    expect(page.locator("li", has_text="Mairie")).to_contain_text("1 téléchargement")
    press(page, "Retirer ce lien pour Mairie")
    press(page, f"Retirer ce partage avec {friend}")
    guest.reload()
    expect(guest.get_by_role("button", name="Télécharger le document")).to_have_count(0)
    theirs.reload()
    expect(theirs.get_by_text("Programme")).to_have_count(0)


def test_a_selection_is_packed(two: Two, open_tab: Any) -> None:
    for title in ("Affiche", "Plan"):
        make_document(two.folder, by=two.manager, name=f"{title}.txt", content=title.encode(), title=title)
    page = open_tab(two.reader).open(two.folder.get_absolute_url())
    for title in ("Programme", "Affiche"):
        page.get_by_role("checkbox", name=f"Choisir « {title} »").press("Space")
    with page.expect_download() as download:
        press(page, "Télécharger les documents cochés (ZIP)")
    assert packed(download.value) == {"programme.txt", "Affiche.txt", "LISEZ-MOI.csv"}


def test_what_is_thrown_away_comes_back(two: Two, open_tab: Any) -> None:
    reader = open_tab(two.reader).open(two.folder.get_absolute_url())
    page = open_tab(two.manager).open(two.document.get_absolute_url())
    follow(page, "Mettre à la corbeille")
    press(page, "Mettre à la corbeille")
    expect(page.get_by_text("a été mis à la corbeille")).to_be_visible()
    reader.reload()
    expect(reader.get_by_text("Programme")).to_have_count(0)

    page.goto(page.url.split("/espaces/")[0] + f"/espaces/{two.space.slug}/documents/corbeille/")
    press(page, "Remettre à sa place « Programme »")
    reader.reload()
    expect(reader.get_by_role("link", name="Programme", exact=True)).to_be_visible()


def test_the_resources_are_taken_one_by_one_and_all_at_once(two: Two, open_tab: Any) -> None:
    for title in ("Carte des territoires", "Affiche du réseau"):
        made = make_document(two.folder, by=two.manager, name=f"{title}.pdf", content=samples.pdf(), title=title)
        Document.objects.filter(pk=made.pk).update(kind=DocumentKind.MAP)
    page = open_tab(two.reader, width=375).open(f"/espaces/{two.space.slug}/ressources/")
    expect(page.locator(".x-card")).to_have_count(2)
    card = page.locator(".x-card", has_text="Carte des territoires")
    with page.expect_download() as download:
        card.get_by_role("link", name="Télécharger (PDF").click()
    assert download.value.suggested_filename == "Carte des territoires.pdf"
    with page.expect_download() as download:
        follow(page, "Tout télécharger (ZIP")
    assert packed(download.value) == {"Carte des territoires.pdf", "Affiche du réseau.pdf", "LISEZ-MOI.csv"}
