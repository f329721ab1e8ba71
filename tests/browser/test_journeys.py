"""What the site exists for, as three people do it, from the sign-in page to what the others then see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from documents.actions import publish_document
from documents.models import Document, Folder
from region import plan
from region.actions import build_region
from spaces.enums import Role
from spaces.models import Space
from tests import factories
from tests.documents import samples

pytestmark = pytest.mark.browser

PDF = samples.pdf()


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """The whole region, and one person of each of the three kinds."""
    build_region(plan.load(settings.REGION_FILE))
    animation = factories.make_animation(email="animation@test.example")
    coordinator = factories.make_member(Space.objects.get(slug="lille"), Role.MANAGER)
    member = factories.make_member(Space.objects.get(slug="lille"))
    head = factories.make_member(Space.objects.get(slug="cotec"))
    maps = Folder.objects.get(space__slug="commun", slug="cartographies")
    publish_document(folder=maps, file=ContentFile(PDF, name="carte.pdf"), by=animation, title="Carte des territoires")
    return {"animation": animation, "coordinator": coordinator, "member": member, "head": head}


@pytest.fixture
def sign_in(open_tab: Callable) -> Callable[..., Page]:
    """By the sign-in form, as anybody does."""

    def by_form(user: User, *, width: int = 1280) -> Page:
        page = open_tab(None, width=width).open("/")
        page.get_by_label("Adresse électronique").fill(user.email)
        page.get_by_label("Mot de passe", exact=True).fill(factories.PASSWORD)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Bonjour {user.first_name}")
        return page

    return by_form


def test_a_coordinator_publishes_minutes(people: dict[str, User], sign_in: Callable[..., Page]) -> None:
    page = sign_in(people["coordinator"])
    page.get_by_role("link", name="Lille", exact=True).first.click()
    page.get_by_text("Publier…").click()
    page.get_by_role("link", name="Publier un compte rendu").click()
    expect(page.get_by_label("Dossier").locator("option:checked")).to_have_text("Comptes rendus")
    name = "Compte rendu du CTT de Lille.pdf"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Déposer les fichiers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents déposés")
    document = Document.objects.get(folder__slug="comptes-rendus", space__slug="lille")
    assert (document.title, document.original_name) == ("Compte rendu du CTT de Lille", name)

    member = sign_in(people["member"], width=375)
    member.goto(f"{member.url}espaces/lille/documents/comptes-rendus/")
    with member.expect_download() as download:
        member.get_by_role("link", name=": télécharger « Compte rendu du CTT de Lille »").click()
    assert download.value.suggested_filename == name
    assert download.value.path().read_bytes() == PDF


def test_a_network_head_finds_the_maps(people: dict[str, User], sign_in: Callable[..., Page]) -> None:
    page = sign_in(people["head"], width=375)
    page.goto(f"{page.url}recherche/?q=carte territoire")
    page.get_by_role("link", name="Carte des territoires").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger (PDF").click()
    assert download.value.path().read_bytes() == PDF


def test_the_animation_announces_a_meeting_and_invites(
    people: dict[str, User], sign_in: Callable[..., Page], open_tab: Callable
) -> None:
    page = sign_in(people["animation"])
    home = page.url
    page.goto(f"{home}espaces/commun/")
    page.get_by_text("Publier…").click()
    page.get_by_role("link", name="Publier une annonce").first.click()
    page.get_by_label("Titre").fill("Rencontre régionale")
    page.get_by_role("textbox", name="Texte").fill("Le 12 mars à 14 h, au C2RP.\n\nInscrivez-vous.")
    page.get_by_role("button", name="Publier l’annonce").click()
    expect(page.get_by_role("heading", name="Rencontre régionale")).to_be_visible()

    day = timezone.localdate() + timedelta(days=20)
    page.goto(f"{home}espaces/commun/")
    page.get_by_text("Publier…").click()
    page.get_by_role("link", name="Annoncer une réunion").first.click()
    page.get_by_label("Intitulé").fill("Séminaire régional")
    for label, value in (("Jour", f"{day:%Y-%m-%d}"), ("Début", "14:00"), ("Fin", "16:00")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Annoncer sans convoquer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Séminaire régional")

    page.goto(f"{home}espaces/commun/membres/inviter/")
    page.get_by_label("Adresse électronique professionnelle").fill("nouvelle@test.example")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Membres")
    link = next(word for word in mail.outbox[-1].body.split() if "/invitation/" in word)

    newcomer = open_tab(None).open(link.removeprefix(settings.WAGTAILADMIN_BASE_URL))
    newcomer.get_by_label("Prénom").fill("Nadège")
    newcomer.get_by_label("Nom", exact=True).fill("Nouvelle")
    newcomer.locator("input[type=password]").first.fill("tres-long-mot-de-passe-2026")
    if newcomer.locator("input[type=password]").count() > 1:
        newcomer.locator("input[type=password]").nth(1).fill("tres-long-mot-de-passe-2026")
    newcomer.locator("main form button[type=submit]").click()
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("Bonjour Nadège")
    newcomer.goto(f"{home}espaces/commun/annonces/")
    expect(newcomer.get_by_role("link", name="Rencontre régionale")).to_be_visible()
    newcomer.goto(f"{home}espaces/commun/reunions/")
    expect(newcomer.get_by_role("link", name="Séminaire régional").first).to_be_visible()


def test_the_animation_opens_a_sixteenth_territory(people: dict[str, User], sign_in: Callable[..., Page]) -> None:
    page = sign_in(people["animation"])
    home = page.url
    page.goto(f"{home}region/territoires/ajouter/")
    page.get_by_label("Nom du territoire").fill("Avesnois-Thiérache")
    page.get_by_role("button", name="Ouvrir le territoire").click()
    page.wait_for_load_state()
    space = Space.objects.get(slug="avesnois-thierache")
    like = Space.objects.get(slug="lille")
    assert set(space.folders.values_list("slug", flat=True)) == set(like.folders.values_list("slug", flat=True))
    page.goto(f"{home}espaces/avesnois-thierache/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Avesnois-Thiérache")
