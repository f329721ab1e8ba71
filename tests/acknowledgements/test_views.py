"""From the author's form to « J’ai lu », the coverage and its spreadsheet, through the site."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from acknowledgements.models import AcknowledgementRequest
from directory.models import Network, Structure
from pages.actions import add_space_pages
from pages.models import AnnouncementPage
from spaces.enums import Role
from spaces.models import Space
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
