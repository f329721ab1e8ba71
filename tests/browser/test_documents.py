"""The life of a document: a version with its reason, what it changed, and who is told that it exists."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from documents.actions import Facts, compare_waiting_versions, create_link, describe_document, publish_document
from documents.models import Document, Folder
from tests.world import World

pytestmark = pytest.mark.browser

BEFORE, AFTER = "Réunion le 3 mars.\nDéjeuner offert.", "Réunion le 10 mars.\nDéjeuner offert."


@pytest.fixture
def document(world: World) -> Document:
    return publish_document(
        folder=Folder.objects.select_related("space").get(pk=world.lille.folder.pk),
        file=ContentFile(BEFORE.encode(), name="programme.txt"),
        by=world.people["contributor"],
        title="Programme du forum",
    )


def test_a_version_is_added_compared_and_taken(world: World, document: Document, open_tab: Any) -> None:
    page = open_tab(world.people["contributor"]).open(document.get_absolute_url())
    page.get_by_role("link", name="Déposer une nouvelle version").click()
    file = {"name": "programme.txt", "mimeType": "text/plain", "buffer": AFTER.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Ce qui a changé").fill("La date est reportée")
    page.get_by_role("button", name="Publier la nouvelle version").click()
    expect(page.get_by_text("La date est reportée").first).to_be_visible()
    compare_waiting_versions()
    page.get_by_role("link", name="Voir l’historique complet").click()
    page.get_by_role("link", name="Comparer la version 2 avec la précédente").click()
    expect(page.locator("del")).to_contain_text("3")
    expect(page.locator("ins")).to_contain_text("10")

    reader = open_tab(world.people["reader"], width=375).open(f"/espaces/lille/documents/{world.lille.folder.slug}/")
    expect(reader.locator("li", has_text="Programme du forum").last).to_contain_text("v2")
    reader.get_by_role("link", name="Programme du forum", exact=True).click()
    expect(reader.get_by_role("link", name="Déposer une nouvelle version")).to_have_count(0)
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Télécharger (TXT").click()
    assert download.value.path().read_text() == AFTER

    stranger = open_tab(world.people["contributor_elsewhere"])
    base = document.get_absolute_url()
    for path in ("", "historique/", "comparer/", "nouvelle-version/", "telecharger/", "v1/", "v2/telecharger/"):
        answer = stranger.page.request.get(f"{stranger.site}{base}{path}")
        assert answer.status == 404, path
        assert "Programme du forum" not in answer.text()


def test_somebody_without_an_account_takes_a_document(world: World, document: Document, open_tab: Any) -> None:
    """A real browser's headers: with a stricter Referrer-Policy its form would be refused."""
    secret = "girofle-2026"
    _, token = create_link(document=document, by=world.people["contributor"], recipient="Mairie", password=secret)
    page = open_tab(None, width=375).open(reverse("documents:link", args=[token]))
    page.get_by_label("Mot de passe").fill("muscade")
    page.get_by_role("button", name="Télécharger le document").click()
    expect(page.get_by_text("Ce mot de passe n’est pas le bon")).to_be_visible()
    page.get_by_label("Mot de passe").fill(secret)
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le document").click()
    assert download.value.path().read_text() == BEFORE


@pytest.mark.parametrize("width", [1280, 375])
def test_filters_by_the_keyboard_keep_to_their_place(
    width: int, world: World, document: Document, open_tab: Any
) -> None:
    """What a <details> opens has a box of its own in Chromium: fields went beyond theirs, over the button."""
    by = world.people["contributor"]
    describe_document(document=document, by=by, facts=Facts(valid_until=timezone.localdate() - timedelta(days=1)))
    page = open_tab(by, width=width).open(f"/espaces/lille/documents/{world.lille.folder.slug}/")
    page.get_by_text("Filtrer et trier").focus()
    page.keyboard.press("Enter")
    for field in page.locator(".x-filter select").all():
        inner, outer = field.bounding_box(), field.locator("..").bounding_box()
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_label("Validité").focus()
    for _ in ("En vigueur", "Échus"):
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Afficher").press("Enter")
    expect(page).to_have_url(re.compile("validite=echus"))
    expect(page.get_by_role("link", name="Programme du forum", exact=True)).to_be_visible()
    expect(page.get_by_text("Échu depuis le")).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("validite"))
