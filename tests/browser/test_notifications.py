"""What is published reaches those whom it concerns, by mail and on the site, and its author sees who has read."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from documents.actions import publish_document
from documents.models import Document, Folder
from notifications.actions import choose
from notifications.enums import Category, Timing
from notifications.models import Delivery
from notifications.tasks import send_digests
from tests.world import World

pytestmark = pytest.mark.browser

TITLE = "Forum des métiers : qui tient le stand ?"


def letters_to(person: Any, words: str) -> list[Any]:
    return [one for one in mail.outbox if person.email in one.to and words in f"{one.subject}\n{one.body}"]


def test_an_announcement_from_its_author_to_its_last_reader(world: World, open_tab: Any) -> None:
    author, reader, daily = (world.people[name] for name in ("manager", "reader", "contributor"))
    choose(by=daily, category=Category.ANNOUNCEMENTS, timing=Timing.DAILY)
    desk = open_tab(author).open("/espaces/lille/annonces/")
    desk.get_by_text("Publier…").click()
    desk.get_by_role("link", name="Publier une annonce").first.click()
    desk.get_by_label("Titre").fill(TITLE)
    desk.get_by_role("textbox", name="Texte").fill("Deux réseaux par demi-journée.")
    desk.get_by_text("Demander à chaque membre de confirmer sa lecture").click()
    desk.get_by_role("button", name="Publier l’annonce").click()
    expect(desk.get_by_role("heading", name=TITLE)).to_be_visible()

    (letter,) = letters_to(reader, TITLE)
    assert "Deux réseaux par demi-journée." in letter.body
    for nobody in ("reader_elsewhere", "ended"):
        assert letters_to(world.people[nobody], TITLE) == []

    assert letters_to(daily, TITLE) == []
    Delivery.objects.filter(user=daily).update(created_at=timezone.now() - timedelta(days=2))
    send_digests()
    send_digests()
    (digest,) = letters_to(daily, TITLE)
    assert "Lecture demandée" in digest.body

    for person, message in ((reader, letter), (daily, digest)):
        phone = open_tab(person, width=375)
        link = next(word for word in message.body.split() if "/annonces/forum" in word)
        page = phone.open(link.removeprefix(settings.WAGTAILADMIN_BASE_URL))
        page.get_by_role("button", name="J’ai lu").click()
        expect(page.get_by_text("C’est noté")).to_be_visible()
        page = phone.open("/a-lire/")
        expect(page.get_by_role("link", name=TITLE)).to_have_count(0)

    desk.get_by_role("link", name=TITLE, exact=True).click()
    desk.get_by_role("link", name="Voir qui a lu").click()
    expect(desk.locator("main")).to_contain_text("2 personnes ont lu")
    outstanding = desk.get_by_role("region", name="N’ont pas encore lu")
    for person in (reader, daily):
        expect(outstanding).not_to_contain_text(person.email)
    expect(outstanding).to_contain_text("N’ont pas encore lu (")


def test_a_new_version_reaches_those_who_have_the_former_one(world: World, open_tab: Any) -> None:
    author, reader = world.people["manager"], world.people["reader"]
    document = publish_document(
        folder=Folder.objects.select_related("space").get(pk=world.lille.folder.pk),
        file=ContentFile(b"Premier jet.", name="convention.txt"),
        by=author,
        title="Convention de partenariat",
    )
    desk = open_tab(author).open(document.get_absolute_url())
    desk.get_by_role("link", name="Demander un accusé de lecture").click()
    desk.locator("main form button[type=submit]").click()

    phone = open_tab(reader, width=375)
    page = phone.open(document.get_absolute_url())
    with page.expect_download():
        page.get_by_role("link", name="Télécharger (TXT").click()
    page.get_by_role("button", name="J’ai lu").click()
    expect(page.get_by_text("C’est noté")).to_be_visible()

    mail.outbox.clear()
    desk.goto(f"{desk.url.split('/accuses/')[0]}{document.get_absolute_url()}")
    desk.get_by_role("link", name="Déposer une nouvelle version").click()
    file = {"name": "convention.txt", "mimeType": "text/plain", "buffer": b"Second jet."}
    desk.locator("input[type=file]").set_input_files(file)
    desk.get_by_role("button", name="Publier la nouvelle version").click()
    expect(desk.locator("main")).to_contain_text("Version 2")
    assert Document.objects.get(pk=document.pk).versions.count() == 2

    at_once = letters_to(reader, "Convention de partenariat")
    assert ["Nouvelle version" in letter.subject for letter in at_once] == [True]
    page = phone.open(
        next(word for word in at_once[0].body.split() if "/documents/" in word).removeprefix(
            settings.WAGTAILADMIN_BASE_URL
        )
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger (TXT").click()
    assert download.value.path().read_bytes() == b"Second jet."
    assert letters_to(world.people["contributor"], "Convention de partenariat") == []
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=2))
    send_digests()
    send_digests()
    (digest,) = letters_to(world.people["contributor"], "version 2")
    assert digest.body.count("Convention de partenariat – version 2") == 1
    assert letters_to(reader, "version 2") == at_once
    assert letters_to(world.people["reader_elsewhere"], "Convention") == []

    page = phone.open(document.get_absolute_url())
    expect(page.get_by_role("button", name="J’ai lu")).to_be_visible()
    desk.get_by_role("link", name="Voir qui a lu").click()
    expect(desk.locator("main")).to_contain_text("Une nouvelle version est parue")
