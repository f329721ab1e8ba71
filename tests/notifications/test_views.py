"""The bell and the activity of a space, through the site."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from notifications import actions, queries
from notifications.enums import Category, Timing
from notifications.models import Event, NoticeRead
from spaces.enums import Role
from spaces.models import Space
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/notifications/"


def record(space: Space, title: str, kind: str = "document_published") -> None:
    actions.record_event(space=space, kind=kind, about=space, title=title, url="/documents/x/")


def test_a_visitor_is_sent_to_sign_in(client: Client, lille: Space) -> None:
    for address in (LIST, "/notifications/tout-lu/", "/espaces/lille/activite/"):
        response = client.get(address)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("role", list(Role))
def test_another_space_does_not_exist(client: Client, lille: Space, douai: Space, role: Role) -> None:
    record(douai, "Mot-secret")
    client.force_login(factories.make_member(lille, role))
    hidden, unknown = client.get("/espaces/douai/activite/"), client.get("/espaces/autre/activite/")
    assert (hidden.status_code, len(hidden.content)) == (404, len(unknown.content))
    assert "Mot-secret" not in client.get(LIST).content.decode()
    assert "0 non lue" not in client.get(LIST).content.decode()


def test_the_list_and_its_button(client: Client, lille: Space) -> None:
    client.force_login(factories.make_member(lille))
    assert "Rien pour le moment" in client.get(LIST).content.decode()
    record(lille, "Compte rendu <b>du</b> CTT")
    page = client.get(LIST).content.decode()
    assert "Compte rendu &lt;b&gt;du&lt;/b&gt; CTT" in page
    assert page.count("Non lu<") == 1
    response = client.post("/notifications/tout-lu/", {"until": "n’importe quoi"}, follow=True)
    page = response.content.decode()
    assert "Toutes les notifications sont marquées comme lues." in page
    assert "Non lu<" not in page
    assert client.get("/notifications/tout-lu/").status_code == 405


def test_activity_shows_the_space_and_its_tab(client: Client, lille: Space) -> None:
    client.force_login(factories.make_member(lille))
    record(lille, "Kit de communication")
    page = client.get("/espaces/lille/activite/")
    assert page.status_code == 200
    assert "Kit de communication" in page.content.decode()


@pytest.mark.parametrize("address", [LIST, "/espaces/lille/activite/"])
def test_queries_do_not_grow(
    client: Client, lille: Space, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(factories.make_member(lille, Role.MANAGER))
    counts = []
    for more in (2, 40):
        for n in range(more):
            record(lille, f"Document {n}")
        client.get(address)
        with django_assert_max_num_queries(10) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_bad_page_numbers_show_the_nearest(client: Client, lille: Space) -> None:
    client.force_login(factories.make_member(lille))
    for number in ("0", "-1", "999999999999", "abc", "\x00"):
        assert client.get(LIST, {"page": number}).status_code == 200


def test_one_notice_is_marked_read_and_the_bell_follows(client: Client, lille: Space, douai: Space) -> None:
    reader = factories.make_member(lille)
    client.force_login(reader)
    for title in ("Un", "Deux"):
        record(lille, title)
    record(douai, "Secret")
    one, hidden = Event.objects.get(title="Un"), Event.objects.get(title="Secret")
    assert client.post(f"/notifications/{hidden.pk}/lu/").status_code == 404
    assert client.get(f"/notifications/{one.pk}/lu/").status_code == 405
    page = client.get(LIST).content.decode()
    assert (page.count("Non lu<"), page.count("Marquer comme lu<")) == (2, 2)
    page = client.post(f"/notifications/{one.pk}/lu/", follow=True).content.decode()
    assert (page.count("Non lu<"), queries.unread_count(reader)) == (1, 1)
    assert client.post(f"/notifications/{one.pk}/lu/", {"suivi": "1"}).status_code == 204
    assert NoticeRead.objects.count() == 1
    actions.mark_all_read(by=reader)
    assert (queries.unread_count(reader), NoticeRead.objects.count()) == (0, 0)


def test_nothing_hides_from_the_bell_and_stays_on_the_list(client: Client, lille: Space, douai: Space) -> None:
    reader = factories.make_member(lille)
    factories.make_member(douai, user=reader)
    client.force_login(reader)
    record(lille, "À Lille", kind="document.published")
    record(douai, "À Douai", kind="document.published")
    actions.choose(by=reader, category=Category.DOCUMENTS, timing=Timing.NOTHING)
    assert queries.unread_count(reader) == 0
    actions.choose(by=reader, category=Category.DOCUMENTS, timing=Timing.SITE, space=lille)
    assert [event.title for event in queries.unread_events(reader)] == ["À Lille"]
    page = client.get(LIST).content.decode()
    assert ("À Douai" in page, page.count("Non lu<")) == (True, 1)
