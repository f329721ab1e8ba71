"""The minutes desk in two people's browsers: on a good network, on none, and both on one item."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from meetings.actions import desk, schedule_meeting
from meetings.models import Action, AgendaItem, Decision, Invitee, Meeting, Notes
from spaces.enums import Role
from spaces.models import Space
from tests.browser.conftest import Tab
from tests.factories import make_member

pytestmark = pytest.mark.browser

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {color: red}</style></head><body lang=FR>
<!--StartFragment--><h2 style='mso-outline'>Horaires</h2><p class=MsoNormal style='margin:0'><b><span style='font-family:Wingdings'>Fort</span></b> et
 <i>penché</i><o:p></o:p></p><p class=MsoListParagraphCxSpFirst style='text-indent:-18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
 style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>un</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>deux</p>
<img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">lien</a><!--EndFragment--></body></html>"""
CLEAN = "<p><strong>Horaires</strong></p><p><strong>Fort</strong> et <em>penché</em></p><ul><li>un</li><li>deux</li></ul><p>lien</p>"


@pytest.fixture
def secretaries(transactional_db: None, lille: Space) -> dict[str, User]:
    return {who: make_member(lille, Role.MANAGER) for who in ("first", "second")}


@pytest.fixture
def meeting(secretaries: dict[str, User], lille: Space) -> Meeting:
    by, starts_at = secretaries["first"], timezone.now() - timedelta(minutes=30)
    made = schedule_meeting(
        space=lille, by=by, title="CTT", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    desk.hold_meeting(meeting=made, by=by)
    desk.add_item(meeting=made, by=by, title="Horaires")
    Invitee.objects.create(meeting=made, name="Jeanne Ouvrard", email="jeanne@test.example")
    Invitee.objects.create(meeting=made, name="Luc Ternois", email="luc@test.example")
    return made


@pytest.fixture
def sit(secretaries: dict[str, User], meeting: Meeting, open_tab: Callable[..., Tab]) -> Callable[..., Tab]:
    """At the desk: its first secretary, or another."""

    def at(who: str = "first") -> Tab:
        tab = open_tab(secretaries[who])
        tab.open(f"/reunions/{meeting.uuid}/secretariat/")
        expect(state(tab.page)).to_have_text("Tout est enregistré")
        return tab

    return at


def state(page: Page):
    return page.locator("[data-desk-state]")


def editor(page: Page):
    return page.get_by_role("textbox", name="Notes").first


def decisions(page: Page):
    return page.locator(".x-decision", has_text="Décision D-")


def saved(page: Page) -> None:
    expect(state(page)).to_contain_text("Enregistré à")


SLOW = """() => {
    const fetched = window.fetch;
    window.fetch = async (address, how) => {
        const answer = await fetched(address, how);
        if (!how.method) {
            await new Promise((done) => setTimeout(done, 2000));
            document.body.dataset.looked = "";
        }
        return answer;
    };
}"""
"""The page comes back two seconds after it was asked for."""


def test_a_name_being_written_is_not_taken_away_by_the_page_that_comes_back(sit: Callable[..., Tab]) -> None:
    """The answer to one presence arrives, on a slow network, while the next is being written."""
    page = sit().page
    page.evaluate(SLOW)
    page.get_by_role("group", name="Présence de Jeanne Ouvrard").get_by_role("button", name="Présent").click()
    luc = page.locator(".x-desk__person", has_text="Luc Ternois")
    luc.get_by_text("Représenté par…").click()
    luc.get_by_role("textbox").fill("Ana Sellier")
    expect(page.locator("body[data-looked]")).to_be_attached(timeout=20_000)
    page.wait_for_timeout(200)
    expect(luc.get_by_role("textbox")).to_have_value("Ana Sellier")
    luc.get_by_role("textbox").press("Enter")
    expect(luc.locator("summary")).to_have_text("Représenté par Ana Sellier")


def test_what_is_entered_stays(sit: Callable[..., Tab], secretaries: dict[str, User]) -> None:
    tab = sit()
    page = tab.page
    jeanne = page.get_by_role("group", name="Présence de Jeanne Ouvrard")
    jeanne.get_by_role("button", name="Présent").click()
    expect(jeanne.get_by_role("button", name="Présent")).to_have_attribute("aria-pressed", "true")
    luc = page.locator(".x-desk__person", has_text="Luc Ternois")
    luc.get_by_text("Représenté par…").click()
    luc.get_by_role("textbox").fill("Ana Sellier")
    luc.get_by_role("textbox").press("Enter")
    expect(luc.locator("summary")).to_have_text("Représenté par Ana Sellier")
    editor(page).press_sequentially("On parle des horaires.")
    saved(page)
    page.get_by_label("Décision").fill("On affiche les horaires.")
    page.get_by_label("Décision").press("Enter")
    expect(decisions(page)).to_be_visible()
    member = secretaries["second"]
    page.get_by_label("Action").fill("Afficher")
    page.get_by_label("Qui").fill(str(member))
    page.get_by_label("Pour le").fill("2027-01-12")
    page.get_by_role("button", name="Noter l’action").click()
    expect(page.get_by_text("pour le mardi 12 janvier 2027")).to_be_visible()
    page.get_by_label("Ajouter un point").fill("Questions diverses")
    page.get_by_role("button", name="Ajouter ce point").click()
    expect(page.get_by_role("heading", name="2. Questions diverses")).to_be_visible()
    page.get_by_role("button", name="Point traité").first.click()
    expect(page.get_by_role("heading", name="1. Horaires Traité")).to_be_visible()
    page.reload()
    expect(editor(page)).to_have_text("On parle des horaires.")
    expect(page.get_by_text("On affiche les horaires.")).to_be_visible()
    expect(jeanne.get_by_role("button", name="Présent")).to_have_attribute("aria-pressed", "true")
    assert (Action.objects.get().person, Decision.objects.get().text) == (member, "On affiche les horaires.")
    attendances = dict(Invitee.objects.order_by("name").values_list("attendance", "represented_by"))
    assert attendances == {"present": "", "represented": "Ana Sellier"}
    assert tab.complaints == []


def test_on_no_network_nothing_is_lost(sit: Callable[..., Tab], meeting: Meeting) -> None:
    tab = sit()
    page = tab.page
    tab.context.set_offline(True)
    editor(page).press_sequentially("Tapé sans réseau.")
    expect(state(page)).to_contain_text("Hors ligne")
    page.get_by_label("Décision").fill("Décidé sans réseau.")
    page.get_by_label("Décision").press("Enter")
    jeanne = page.get_by_role("group", name="Présence de Jeanne Ouvrard")
    jeanne.get_by_role("button", name="Présent").click()
    expect(jeanne.get_by_role("button", name="Présent")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Action").fill("À moitié tap")
    tab.context.set_offline(False)
    expect(decisions(page)).to_be_visible()
    saved(page)
    expect(page.get_by_label("Action")).to_have_value("À moitié tap")
    said = (Notes.objects.get().html, Decision.objects.get().text, Invitee.objects.get(attendance="present").name)
    assert said == ("<p>Tapé sans réseau.</p>", "Décidé sans réseau.", "Jeanne Ouvrard")


def test_on_no_network_a_reload_loses_nothing(sit: Callable[..., Tab]) -> None:
    tab = sit()
    page = tab.page
    page.route("**/secretariat/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    editor(page).press_sequentially("Tapé avant la coupure.")
    page.get_by_label("Décision").fill("Décidé avant la coupure.")
    page.get_by_label("Décision").press("Enter")
    page.get_by_label("Action").fill("Commencée avant la coupure")
    expect(state(page)).to_contain_text("Hors ligne")
    page.reload()
    expect(editor(page)).to_have_text("Tapé avant la coupure.")
    expect(page.get_by_label("Action")).to_have_value("Commencée avant la coupure")
    page.unroute("**/secretariat/")
    page.reload()
    expect(decisions(page)).to_be_visible()
    saved(page)
    assert (Notes.objects.get().html, Decision.objects.count()) == ("<p>Tapé avant la coupure.</p>", 1)
    assert page.evaluate("Object.keys(localStorage).filter((key) => /:(note|envoi):/.test(key))") == []


def test_an_answer_lost_on_the_way_notes_once(sit: Callable[..., Tab]) -> None:
    page = sit().page
    page.route("**/secretariat/", lambda route: (route.request.method == "POST" and route.fetch(), route.abort()))
    page.get_by_label("Décision").fill("Une seule fois.")
    page.get_by_label("Décision").press("Enter")
    expect(state(page)).to_contain_text("Hors ligne")
    page.unroute("**/secretariat/")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(decisions(page)).to_have_count(1)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("who", ["first", "second"])
def test_two_on_one_item_see_both_texts(who: str, sit: Callable[..., Tab]) -> None:
    """Two people, or one person in two tabs."""
    mine, theirs = sit().page, sit(who).page
    editor(theirs).press_sequentially("Texte de l’autre.")
    saved(theirs)
    editor(mine).press_sequentially("Mon texte.")
    alert = mine.get_by_role("alert")
    expect(alert).to_contain_text("a écrit ici en même temps")
    expect(alert).to_contain_text("Texte de l’autre.")
    expect(editor(mine)).to_have_text("Mon texte.")
    mine.reload()
    expect(alert).to_contain_text("Texte de l’autre.")
    alert.get_by_role("button", name="Garder les deux textes").click()
    saved(mine)
    assert Notes.objects.get().html == "<p>Texte de l’autre.</p><p>Mon texte.</p>"


def test_each_sees_what_the_other_writes(sit: Callable[..., Tab]) -> None:
    mine, theirs = sit().page, sit("second").page
    editor(theirs).press_sequentially("Écrit à côté.")
    saved(theirs)
    theirs.get_by_label("Ajouter un point").fill("Questions diverses")
    theirs.get_by_label("Ajouter un point").press("Enter")
    expect(theirs.get_by_role("heading", name="2. Questions diverses")).to_be_visible()
    mine.get_by_label("Décision").fill("Ici.")
    mine.get_by_label("Décision").press("Enter")
    expect(editor(mine)).to_have_text("Écrit à côté.")
    expect(mine.get_by_role("heading", name="2. Questions diverses")).to_be_visible()
    mine.get_by_role("textbox", name="Notes").nth(1).press_sequentially("Divers.")
    saved(mine)
    assert [note.html for note in Notes.objects.order_by("pk")] == ["<p>Écrit à côté.</p>", "<p>Divers.</p>"]


def test_a_page_of_word_comes_out_clean(sit: Callable[..., Tab]) -> None:
    tab = sit()
    page = tab.page
    editor(page).click()
    page.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        WORD,
    )
    saved(page)
    shown = page.evaluate("document.activeElement.innerHTML")
    assert not any(
        word in shown for word in ("mso", "class=", "style=", "<span", "·", "javascript:", "onerror", "<!--")
    )
    assert Notes.objects.get().html == CLEAN
    assert tab.complaints == []


def test_what_is_refused_goes_back_where_it_was_typed(sit: Callable[..., Tab]) -> None:
    page = sit().page
    page.get_by_label("Pour le").evaluate("one => { one.type = 'text'; one.value = 'bientôt'; }")
    page.get_by_label("Action").fill("Afficher")
    page.get_by_label("Qui").fill("Jean")
    page.get_by_role("button", name="Noter l’action").click()
    expect(page.get_by_role("alert")).to_have_text("Écrivez le jour ainsi : 12/03/2026.")
    expect(page.get_by_label("Action")).to_have_value("Afficher")
    assert not Action.objects.exists()


def test_the_session_may_end(sit: Callable[..., Tab]) -> None:
    tab = sit()
    tab.context.clear_cookies(name="sessionid")
    editor(tab.page).press_sequentially("Tapé trop tard.")
    expect(state(tab.page)).to_contain_text("Votre session est terminée")
    assert AgendaItem.objects.get().title == "Horaires"
