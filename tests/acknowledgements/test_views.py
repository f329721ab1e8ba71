"""From the author's form to « J’ai lu », the coverage and its spreadsheet, through the site."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from acknowledgements import tasks
from acknowledgements.actions import acknowledge
from acknowledgements.models import AcknowledgementRequest, Reminder
from directory.models import Network, Structure
from mail.models import OutgoingMail
from pages.actions import add_space_pages, publish_announcement
from pages.models import AnnouncementPage
from pages.tasks import publish_scheduled
from spaces.enums import Role, Visibility
from spaces.models import Membership, Space
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(lille: Space):
    add_space_pages(space=lille)
    return factories.make_member(lille, Role.MANAGER)


def publish(client, author, **fields):
    client.force_login(author)
    return client.post(
        "/espaces/lille/annonces/nouvelle/",
        {"title": "Consigne", "text": "À lire", "when": "now", "must_be_read": "on", **fields},
        follow=True,
    )


def test_a_draft_is_seen_only_by_those_who_publish_there(client, author, lille):
    page = publish(client, author, draft="1").content.decode()
    assert "Brouillon enregistré" in page
    assert AnnouncementPage.objects.get().live is False
    reader = factories.make_member(lille)
    client.force_login(reader)
    for address in ("/espaces/lille/annonces/", "/", "/espaces/lille/annonces/consigne/", "/a-lire/"):
        assert "Consigne" not in client.get(address).content.decode()
    assert client.get("/espaces/lille/annonces/consigne/").status_code == 404


def test_the_whole_cycle(client, author, lille):
    reader = factories.make_member(lille, user=factories.make_user(first_name="Zoé", last_name="Élan"))
    publish(client, author)
    asked = AcknowledgementRequest.objects.get()
    client.force_login(reader)
    assert "1 lecture demandée" in client.get("/").content.decode().replace("\u00a0", " ")
    assert "J’ai lu" in client.get("/espaces/lille/annonces/consigne/").content.decode()
    assert client.get(reverse("acknowledgements:coverage", args=[asked.pk])).status_code == 403
    client.force_login(author)
    coverage = reverse("acknowledgements:coverage", args=[asked.pk])
    assert "Zoé Élan" in client.get(coverage).content.decode()
    client.force_login(reader)
    page = client.post(reverse("acknowledgements:acknowledge", args=[asked.pk]), follow=True).content.decode()
    assert "C’est noté" in page
    assert "J’ai lu</button>" not in page
    client.force_login(author)
    page = client.get(coverage).content.decode()
    assert "Tout le monde a lu." in page
    assert "100\u00a0%" in page


def test_the_list_leads_to_who_has_read_and_a_reminder_is_offered_once_a_day(client, author, lille):
    colleague = factories.make_member(lille, Role.MANAGER)
    publish(client, author)
    asked = AcknowledgementRequest.objects.get()
    coverage, listing = reverse("acknowledgements:coverage", args=[asked.pk]), "/espaces/lille/annonces/"
    for person, follows in ((author, True), (colleague, False), (factories.make_member(lille), False)):
        client.force_login(person)
        assert (coverage in client.get(listing).content.decode()) is follows
    client.force_login(author)
    assert "Relancer" in client.get(coverage).content.decode()
    page = client.post(reverse("acknowledgements:remind", args=[asked.pk]), follow=True).content.decode()
    assert ("Relancer" in page, "Un autre rappel pourra partir demain" in page) == (False, True)


def test_the_spreadsheet_holds_accents_and_no_formula(client, author, lille):
    structure = Structure.objects.create(
        name="=HYPERLINK(1)", network=Network.objects.create(slug="cio", name="CIO", full_name="CIO")
    )
    user = factories.make_user(first_name="=cmd()", last_name="Élan")
    factories.make_member(lille, user=user, structure=structure)
    publish(client, author)
    asked = AcknowledgementRequest.objects.get()
    client.force_login(author)
    response = client.get(reverse("acknowledgements:export", args=[asked.pk]))
    assert "no-store" in response["Cache-Control"]
    sheet = openpyxl.load_workbook(BytesIO(response.content))["Personnes"]
    (row,) = list(sheet.iter_rows(min_row=2))
    assert [cell.data_type for cell in row] == ["s"] * 5
    assert [row[0].value, row[2].value] == ["'=cmd() Élan", "'=HYPERLINK(1)"]


def words_of(client, asked) -> str:
    """All that the coverage tells: the page, and every cell of the spreadsheet."""
    page = client.get(reverse("acknowledgements:coverage", args=[asked.pk])).content.decode()
    answer = client.get(reverse("acknowledgements:export", args=[asked.pk]))
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return page + " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("kept", [None, *list(Role)[:2]])
def test_the_author_follows_a_space_as_long_as_they_manage_it(client, author, lille, douai, kept):
    add_space_pages(space=douai)
    mandate = Membership.objects.get(user=factories.make_member(douai, Role.MANAGER, user=author), space=douai)
    factories.make_member(lille, user=factories.make_user(last_name="Lillois"))
    there = factories.make_member(douai, user=factories.make_user(last_name="Douaisien"))
    read = factories.make_member(douai, user=factories.make_user(last_name="Discret"))
    publish(client, author, also_in=[douai.pk])
    asked = AcknowledgementRequest.objects.get()
    acknowledge(request=asked, by=read)
    shown = words_of(client, asked)
    assert [word in shown for word in ("Lillois", "Douaisien", "Discret", "Douai<")] == [True] * 4
    if kept is None:
        Membership.objects.filter(pk=mandate.pk).update(ended_at=timezone.now())
    else:
        Membership.objects.filter(pk=mandate.pk).update(role=kept)
    shown = words_of(client, asked)
    assert [word in shown for word in ("Lillois", "Douaisien", "Discret", "Douai")] == [True, False, False, False]
    assert [word in shown for word in ("0\u00a0personne a lu sur 1", "ne fait plus partie")] == [True, False]
    client.post(reverse("acknowledgements:remind", args=[asked.pk]))
    tasks.remind()
    assert [reminder.recipients for reminder in Reminder.objects.all()] == [1]
    assert there.email not in OutgoingMail.objects.values_list("to", flat=True)
    client.force_login(factories.make_animation())
    assert "Douaisien" in words_of(client, asked)


def test_whoever_manages_the_open_space_reads_no_other_name_of_space(client, lille):
    common = factories.make_space("commun", visibility=Visibility.REGISTERED)
    add_space_pages(space=common)
    chief = factories.make_member(common, Role.MANAGER)
    factories.make_member(lille, user=factories.make_user(last_name="Lillois"))
    publish_announcement(space=common, by=chief, title="Pour tous", body_html="<p>x</p>", must_be_read=True)
    client.force_login(chief)
    shown = words_of(client, AcknowledgementRequest.objects.get())
    assert ("Lillois" in shown, lille.name + "<" in shown, "Lille " in shown) == (True, False, False)


def test_the_pages_cost_the_same_with_many(client, author, lille, django_assert_max_num_queries):
    publish(client, author)
    asked = AcknowledgementRequest.objects.get()
    reader = factories.make_member(lille)
    counts = []
    for more in (2, 20):
        for _ in range(more):
            factories.make_member(lille)
        count = []
        for who, address in (
            (author, reverse("acknowledgements:coverage", args=[asked.pk])),
            (reader, "/a-lire/"),
            (reader, "/espaces/lille/annonces/consigne/"),
        ):
            client.force_login(who)
            client.get(address)
            with django_assert_max_num_queries(30) as asked_queries:
                client.get(address)
            count.append(len(asked_queries))
        counts.append(count)
    print(counts)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("has_passed", [False, True], ids=["before the clockwork", "after it"])
def test_what_has_expired_is_followed_still_and_by_nobody_else(client, author, lille, douai, has_passed):
    reader, colleague = factories.make_member(lille), factories.make_member(lille, Role.MANAGER)
    publish(client, author)
    asked = AcknowledgementRequest.objects.get()
    acknowledge(request=asked, by=reader)
    AnnouncementPage.objects.update(expire_at=timezone.now() - timedelta(minutes=1))
    if has_passed:
        assert publish_scheduled() == 1
    screens = [reverse(f"acknowledgements:{name}", args=[asked.pk]) for name in ("coverage", "export")]
    for nobody in (factories.make_member(douai, Role.MANAGER), reader, colleague):
        client.force_login(nobody)
        assert [client.get(screen).status_code for screen in screens] == [404, 404]
    for follower in (author, factories.make_animation()):
        client.force_login(follower)
        assert "1\u00a0personne a lu sur 2" in words_of(client, asked)
        page = client.get(screens[0]).content.decode()
        assert [word in page for word in ("a été retirée", "Relancer", "Changer l’échéance")] == [True, False, False]
        assert client.post(reverse("acknowledgements:remind", args=[asked.pk])).status_code == 404
        assert screens[0] in client.get("/espaces/lille/annonces/").content.decode()
    client.force_login(colleague)
    assert screens[0] not in client.get("/espaces/lille/annonces/").content.decode()


def test_the_form_says_where_one_may_not_ask(client, author, lille, douai):
    add_space_pages(space=douai)
    mandate = Membership.objects.get(user=factories.make_member(douai, Role.MANAGER, user=author), space=douai)
    page = publish_announcement(space=lille, by=author, title="Forum", body_html="<p>x</p>", also_in=[douai])
    Membership.objects.filter(pk=mandate.pk).update(role=Role.READER)
    client.force_login(author)
    answer = client.post(reverse("acknowledgements:ask", args=["annonce", page.pk]), {"deadline": "2027-03-12"})
    assert "demandée aussi dans «\u00a0Douai\u00a0»" in answer.content.decode()
    assert "2027-03-12" in answer.content.decode()
    assert not AcknowledgementRequest.objects.exists()
