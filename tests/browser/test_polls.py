"""A date found together: proposed, answered on the site and by the link of the mail, kept in one click."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from meetings import actions
from meetings.actions import Person
from meetings.enums import MeetingState
from meetings.models import Meeting
from spaces.enums import Role
from tests import factories
from tests.browser.conftest import Tab

pytestmark = pytest.mark.browser


def _answer(page: Page, *choices: str) -> None:
    for number, choice in enumerate(choices):
        page.locator("main form fieldset").nth(number).get_by_text(choice, exact=True).click()
    page.get_by_role("button", name="Envoyer mes réponses").click()


def test_a_date_is_found_together(transactional_db: None, open_tab: Callable[..., Tab]) -> None:
    lille = factories.make_space("lille")
    organiser, member = factories.make_member(lille, Role.MANAGER), factories.make_member(lille)
    start = (timezone.localtime() + timedelta(days=20)).replace(hour=14, minute=0, second=0, microsecond=0)
    meeting = actions.prepare_meeting(
        space=lille, by=organiser, title="CTT de printemps", starts_at=start, ends_at=start + timedelta(hours=2)
    )
    people = [Person(member.email), Person("ada@ailleurs.example", "Ada")]
    actions.add_invitees(meeting=meeting, people=people, by=organiser)

    tabs = [open_tab(organiser), open_tab(member, width=375), open_tab(None, width=375)]
    page = tabs[0].open(meeting.get_absolute_url())
    page.get_by_role("link", name="Proposer plusieurs dates").click()
    row = page.locator("main form fieldset").nth(1)
    row.get_by_label("Jour").fill(f"{start + timedelta(days=1):%Y-%m-%d}")
    row.get_by_label("Début").fill("09:30")
    row.get_by_label("Fin").fill("11:00")
    page.get_by_role("button", name="Proposer ces dates").click()
    expect(page.get_by_text("2 réponses attendues sur 2")).to_be_visible()

    home = tabs[1].open("/")
    home.get_by_role("link", name="Dire quelles dates me conviennent").click()
    _answer(home, "Non", "Oui")
    expect(home.get_by_text("Vos réponses sont notées")).to_be_visible()

    letter = next(one.body for one in mail.outbox if one.to == ["ada@ailleurs.example"])
    link = next(word for word in letter.split() if "/reunions/dates/" in word)
    guest = tabs[2].open(link.removeprefix(settings.WAGTAILADMIN_BASE_URL))
    _answer(guest, "Peut-être", "Oui")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Vos réponses sont enregistrées")

    page.reload()
    expect(page.get_by_text("Tous ont répondu.")).to_be_visible()
    best = page.get_by_role("listitem").filter(has_text="Convient le mieux")
    best.get_by_role("button", name="Retenir cette date").click()
    expect(page.get_by_text("Date retenue")).to_be_visible()
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.starts_at.date()) == (MeetingState.CONVENED, start.date() + timedelta(days=1))
    assert (
        sum(bool(one.alternatives and any("calendar" in part[1] for part in one.alternatives)) for one in mail.outbox)
        == 2
    )
    guest.reload()
    assert [complaint for tab in tabs for complaint in tab.complaints] == []
