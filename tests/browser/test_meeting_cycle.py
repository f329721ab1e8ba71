"""A whole turn of a body, as four people live it: the animation plans, the coordinator runs, a member amends, a guest without
account answers; and the next agenda holds what was left open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from meetings.actions import add_body
from meetings.enums import BodyKind, MeetingState
from meetings.models import Body, Meeting
from spaces.enums import Role
from spaces.models import Space
from tests.browser.conftest import Tab
from tests.factories import make_animation, make_member

pytestmark = pytest.mark.browser


@pytest.fixture
def people(transactional_db: None, lille: Space) -> dict[str, User]:
    return {
        "animation": make_animation(),
        "coordinator": make_member(lille, Role.MANAGER),
        "member": make_member(lille, Role.CONTRIBUTOR),
    }


@pytest.fixture
def body(people: dict[str, User], lille: Space) -> Body:
    return add_body(
        space=lille,
        slug="ctt",
        name="CTT",
        kind=BodyKind.CTT,
        rrule="FREQ=MONTHLY;BYDAY=2TH",
        agenda_template="Horaires",
    )


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def link_to(address: str, part: str) -> str:
    """The address on the site of that person's last link of that kind."""
    words = [word for one in mail.outbox if address in one.to[0] for word in one.body.split()]
    return [word for word in words if part in word][-1].removeprefix(settings.WAGTAILADMIN_BASE_URL)


def takes_place(meeting: Meeting) -> None:
    starts_at = timezone.now() - timedelta(hours=1)
    ends_at = starts_at + timedelta(minutes=59)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=starts_at, ends_at=ends_at, state=MeetingState.CONVENED)


def test_nothing_open_is_forgotten_from_one_meeting_to_the_next(
    people: dict[str, User], body: Body, open_tab: Callable[..., Tab]
) -> None:
    tabs = {who: open_tab(user) for who, user in people.items()}
    # The coordinator says who sits: everybody who has a mandate, ticked already, and somebody without account.
    page = tabs["coordinator"].open(body.get_absolute_url())
    follow(page, "Choisir les membres")
    press(page, "Ajouter les personnes cochées")
    expect(page.get_by_text("2 membres de plus")).to_be_visible()
    page.get_by_label("Prénom et nom").fill("Rose Invitée")
    page.get_by_label("Adresse électronique").fill("rose@ailleurs.example")
    press(page, "Ajouter cette personne")
    expect(page.get_by_text("Rose Invitée siège dans l’instance")).to_be_visible()

    # The animation plans the year.
    page = tabs["animation"].open(body.get_absolute_url())
    follow(page, "Planifier l’année")
    press(page, "Créer les brouillons")
    expect(page.get_by_text("Brouillons créés")).to_be_visible()
    first, second = Meeting.objects.order_by("starts_at")[:2]

    # The coordinator invites them, and asks which of two dates suits.
    page = tabs["coordinator"].open(first.get_absolute_url())
    follow(page, "Choisir les invités")
    press(page, "Inviter les membres de l’instance")
    follow(page, "Revenir à la réunion")
    follow(page, "Proposer plusieurs dates")
    other = timezone.localtime(first.starts_at) + timedelta(days=1)
    line = page.get_by_role("group", name="Date 2")
    for label, value in (("Jour", f"{other:%Y-%m-%d}"), ("Début", "14:00"), ("Fin", "16:00")):
        line.get_by_label(label).fill(value)
    press(page, "Proposer ces dates")
    expect(page.get_by_text("Les dates sont proposées")).to_be_visible()

    # The guest answers by the link of the mail; the member, on the site; the second date is kept, and everybody convened.
    guest = open_tab(None).open(link_to("rose@ailleurs.example", "/reunions/dates/"))
    for number, choice in enumerate(("Non", "Oui")):
        guest.get_by_role("group").nth(number).get_by_text(choice, exact=True).click()
    press(guest, "Envoyer mes réponses")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Vos réponses sont enregistrées")
    member = tabs["member"].open(link_to(people["member"].email, "/reunions/dates/"))
    for number in range(2):
        member.get_by_role("group").nth(number).get_by_text("Oui", exact=True).click()
    press(member, "Envoyer mes réponses")
    page.reload()
    page.get_by_role("button", name="Retenir cette date").nth(1).click()
    expect(page.get_by_text("Date retenue : la réunion est convoquée")).to_be_visible()

    # The guest answers the convocation by its link; the member, on the site.
    guest.goto(tabs["coordinator"].site + link_to("rose@ailleurs.example", "/repondre/"))
    guest.get_by_text("Je ne peux pas venir").click()
    press(guest, "Envoyer ma réponse")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Votre réponse est enregistrée")
    member = tabs["member"].open(first.get_absolute_url())
    press(member, "Je viens")
    expect(member.get_by_text("Votre réponse est notée")).to_be_visible()

    # The day comes: the desk, then the minutes go round.
    takes_place(first)
    page.reload()
    follow(page, "Ouvrir le secrétariat")
    press(page, "Ouvrir la séance")
    rose = page.locator(".x-desk__person", has_text="Rose Invitée")
    expect(rose.get_by_role("button", name="Excusé")).to_have_attribute("aria-pressed", "true")
    rose.get_by_role("button", name="Présent").click()  # she came after all
    expect(rose.get_by_role("button", name="Présent")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("textbox", name="Notes").press_sequentially("Les horaires changent.")
    page.get_by_label("Décision").fill("On affiche les horaires.")
    page.get_by_label("Décision").press("Enter")
    page.get_by_label("Action").fill("Imprimer l’affiche")
    page.get_by_label("Qui").fill(str(people["member"]))
    page.get_by_label("Qui").press("Enter")
    expect(page.locator(".x-decision")).to_have_count(2)
    press(page, "Reporter à la prochaine réunion")
    expect(page.get_by_role("heading", name="1. Horaires Reporté")).to_be_visible()
    expect(page.locator("[data-desk-state]")).to_contain_text("Enregistré à")
    follow(page, "Relire")
    press(page, "Diffuser aux participants")
    expect(page.get_by_text("1 personne sera prévenue par courriel")).to_be_visible()
    expect(page.get_by_text("1 lien ouvert hors de l’espace")).to_be_visible()

    # The guest, who was there, reads the file by the link of the mail.
    guest.goto(tabs["coordinator"].site + link_to("rose@ailleurs.example", "/partage/"))
    with guest.expect_download() as taken:
        press(guest, "Télécharger le document")
    assert taken.value.suggested_filename.endswith(".pdf")

    # The member reads, and asks for a change; the coordinator writes it in, and the minutes are approved.
    member.reload()
    follow(member, "Lire le compte rendu")
    member.get_by_label("Le changement que vous proposez").fill("Dire depuis quand.")
    press(member, "Proposer cet amendement")
    page.reload()
    expect(page.get_by_role("button", name="Approuver et figer")).to_have_count(0)
    page.get_by_label("Votre réponse, en un mot").fill("Juste.")
    press(page, "Accepter l’amendement")
    follow(page, "Ouvrir le secrétariat")
    notes = page.get_by_role("textbox", name="Notes")
    notes.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" C’est depuis mars.")
    expect(page.locator("[data-desk-state]")).to_contain_text("Enregistré à")

    # The next meeting already holds what was left; the minutes are approved there, and frozen.
    page.goto(tabs["coordinator"].site + second.get_absolute_url())
    titles = page.locator(".x-agenda > li strong").all_inner_texts()
    assert [title.split(" du ")[0] for title in titles] == ["Approbation", "Horaires"]
    takes_place(second)
    page.goto(tabs["coordinator"].site + first.minutes.get_absolute_url())
    press(page, "Approuver et figer")
    expect(page.get_by_text("Les horaires changent. C’est depuis mars.")).to_be_visible()
    expect(page.get_by_text("version figée")).to_be_visible()
    member.goto(tabs["member"].site + "/")
    expect(member.get_by_role("link", name="Imprimer l’affiche")).to_be_visible()
    member.goto(tabs["member"].site + first.get_absolute_url())
    expect(member.get_by_role("link", name="Lire le compte rendu")).to_be_visible()
    assert [tab.complaints for tab in tabs.values()] == [[], [], []]
