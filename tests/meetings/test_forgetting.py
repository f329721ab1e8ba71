"""Names of people without an account end; figures and minutes do not."""

from datetime import date, timedelta

import pypdfium2
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from directory.models import Network, Structure
from documents.models import Document, DocumentVersion, SignedLink
from mail.models import OutgoingMail
from meetings import actions
from meetings.actions import minutes as minutes_actions
from meetings.actions.forgetting import ERASED
from meetings.actions.papers import print_waiting
from meetings.enums import Answer, Attendance, BodyKind
from meetings.models import BodyMember, Invitee, Meeting, Minutes
from meetings.queries.attendance import attended
from meetings.tasks import erase_guest_names as task
from tests.factories import make_member
from tests.meetings.test_minutes import close_amendments, make_held, write

DAYS = 365


def held_ago(lille, manager, days: int, **facts) -> Meeting:
    """With a guest present, another represented, a member with an account."""
    held = make_held(lille, manager, days=-days, **facts)
    cio, _ = Network.objects.get_or_create(slug="cio", defaults={"name": "CIO"})
    structure = Structure.objects.create(name=f"CIO Centre {days}", network=cio)
    for name, seen, by in (("Rose Lit", Attendance.PRESENT, ""), ("Jean Bon", Attendance.REPRESENTED, "Paul Hochon")):
        Invitee.objects.create(
            meeting=held, name=name, email=f"{name.split()[0].lower()}@dehors.example", structure=structure,
            network=structure.network, answer=Answer.PRESENT, attendance=seen, represented_by=by,
        )  # fmt: skip
    member = make_member(lille)
    Invitee.objects.create(
        meeting=held, user=member, name="Anne Compte", email=member.email, as_member=True, attendance=Attendance.ABSENT
    )
    return held


def people(held: Meeting) -> list[tuple[str, str, str]]:
    rows = held.invitees.order_by("pk")
    return [(one.name, one.email, one.represented_by) for one in rows]


def test_names_end_once_their_time_has_passed_and_not_before(lille, manager, settings) -> None:
    old, recent = held_ago(lille, manager, DAYS + 1), held_ago(lille, manager, DAYS - 1)
    before = people(recent)
    account = old.invitees.get(name="Anne Compte").email
    assert (task(), task()) == (2, 0)
    assert people(old) == [(ERASED, "", ""), (ERASED, "", ""), ("Anne Compte", account, "")]
    assert people(recent) == before
    settings.GUEST_NAMES_DAYS = 30
    call_command("erase_guest_names")
    assert [name for name, *_ in people(recent)] == [ERASED, ERASED, "Anne Compte"]


def test_figures_stay(lille, manager) -> None:
    held_ago(lille, manager, DAYS + 1)
    period = (date.today() - timedelta(days=DAYS + 9), date.today())
    before = attended(manager, *period)
    assert before.whole.there == 2
    assert task() == 2
    assert attended(manager, *period) == before


def test_minutes_keep_the_names_that_they_print(lille, manager, client) -> None:
    held = held_ago(lille, manager, DAYS + 1)
    write(held, manager)
    minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=manager)
    close_amendments()
    minutes_actions.approve_minutes(minutes=minutes, by=manager)
    client.force_login(manager)
    page = reverse("meetings:minutes", args=[held.uuid])
    frozen = (Minutes.objects.values("content", "sha256").get(), "Rose Lit" in client.get(page).content.decode())
    assert task() == 2
    after = client.get(page).content.decode()
    assert (Minutes.objects.values("content", "sha256").get(), "Rose Lit" in after) == frozen == (frozen[0], True)
    assert "par Paul Hochon" in after
    meeting = client.get(held.get_absolute_url()).content.decode()
    assert (ERASED in meeting, "Rose Lit" in meeting, "Paul Hochon" in meeting) == (True, False, False)


def printed(one: Document | DocumentVersion) -> str:
    with one.file.open() as file:
        pages = pypdfium2.PdfDocument(file.read())
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.parametrize("how", ["circulated", "approved"])
def test_minutes_written_again_afterwards_say_what_was_without_saying_who(how, lille, manager, client) -> None:
    held = held_ago(lille, manager, DAYS + 1)
    write(held, manager)
    minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=manager)
    print_waiting()
    close_amendments()
    assert task() == 2
    if how == "circulated":
        minutes_actions.circulate_minutes(meeting=held, by=manager)
    else:
        minutes_actions.approve_minutes(minutes=minutes, by=manager)
    print_waiting()
    client.force_login(manager)
    page = client.get(reverse("meetings:minutes", args=[held.uuid])).content.decode()
    html = page.partition('class="x-minutes"')[2]
    said = [word in html for word in (f"{ERASED} (CIO Centre {DAYS + 1})", "Rose Lit", "Paul Hochon", "Anne Compte")]
    assert said == [True, False, False, True]
    document = Document.objects.get()
    first, again = (printed(one) for one in (document.versions.get(number=1), document))
    names = ("Rose Lit", "par Paul Hochon", "(nom effacé)")
    assert [[text.count(name) for name in names] for text in (first, again)] == [[1, 1, 0], [0, 0, 2]]
    # Nobody is left to be sent a link.
    assert ("la diffusion" in page, OutgoingMail.objects.filter(to="").exists()) == (False, False)
    assert SignedLink.objects.open().count() == (0 if how == "circulated" else 2)


def test_a_standing_guest_is_kept_until_they_have_left_for_as_long(lille, manager) -> None:
    body = actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    stays, left = (
        actions.add_body_guest(body=body, by=manager, name=name, email=f"{name.lower()}@dehors.example")
        for name in ("Rose", "Jean")
    )
    actions.remove_body_member(member=left, by=manager)
    assert task() == 0
    BodyMember.objects.update(joined_at=timezone.now() - timedelta(days=2 * DAYS))
    BodyMember.objects.filter(pk=left.pk).update(left_at=timezone.now() - timedelta(days=DAYS + 1))
    assert task() == 1
    assert list(BodyMember.objects.values_list("pk", flat=True)) == [stays.pk]


def test_the_page_on_personal_data_says_for_how_long(client, settings) -> None:
    settings.GUEST_NAMES_DAYS = 123
    html = client.get(reverse("personal_data")).content.decode()
    assert "s’effacent 123\xa0jours après la réunion" in html or "s’effacent 123 jours après la réunion" in html
