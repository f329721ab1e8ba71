"""Atom by secret address: dead ones first, rights at each reading, then what a real parser makes of it."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from accounts.actions import create_feed_token, revoke_feed_token
from accounts.models import User
from notifications.actions import record_event
from notifications.feeds import PURPOSE
from spaces.models import Membership, Space
from tests import factories

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def reader(lille: Space) -> User:
    return factories.make_member(lille)


@pytest.fixture
def token(reader: User) -> str:
    return create_feed_token(user=reader, purpose=PURPOSE)


def record(space: Space, title: str, news: str = "") -> None:
    record_event(space=space, kind="document.published", about=space, title=title, url="/documents/x/", news=news)


def titles(client, address: str) -> list[str]:
    root = ElementTree.fromstring(client.get(address).content)  # noqa: S314
    assert root.tag == f"{ATOM}feed"
    return [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]


def test_dead_addresses_and_other_spaces_do_not_exist(client, reader, token, lille, douai):
    record(douai, "Mot secret")
    assert "Mot secret" not in titles(client, f"/flux/{token}/")
    for address in (f"/flux/{'A' * 43}/", f"/flux/{token}/douai/", f"/flux/{token}/rien/"):
        assert client.get(address).status_code == 404
    revoke_feed_token(token=reader.feed_tokens.get(), by=reader)
    assert client.get(f"/flux/{token}/").status_code == 404


def test_what_is_told_in_two_spaces_is_there_once(client, reader, token, lille, douai, commun):
    for space in (douai, lille, commun):  # the first one is not theirs
        record(space, "Forum", news="announcement:1")
    assert titles(client, f"/flux/{token}/") == ["Forum"]
    assert titles(client, f"/flux/{token}/lille/") == titles(client, f"/flux/{token}/commun/") == ["Forum"]


def test_a_closed_account_closes_its_feed(client, reader, token):
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert client.get(f"/flux/{token}/").status_code == 404


def test_the_feed_shrinks_the_moment_the_mandate_ends(client, reader, token, lille):
    record(lille, "Compte rendu")
    assert titles(client, f"/flux/{token}/lille/") == ["Compte rendu"]
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.update(starts_on=yesterday, ends_on=yesterday)
    assert titles(client, f"/flux/{token}/") == []
    assert client.get(f"/flux/{token}/lille/").status_code == 404


def test_odd_titles_make_valid_atom(client, token, lille):
    record(lille, "Été <b>&\x0b « ok »")
    (title,) = titles(client, f"/flux/{token}/")
    assert title.split() == ["Été", "<b>&", "«\u00a0ok\u00a0»".replace("\u00a0", " ").split()[0], "ok", "»"]


def test_nothing_keeps_it_or_sends_it_on(client, token):
    response = client.get(f"/flux/{token}/")
    assert response["Content-Type"].startswith("application/atom+xml")
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_required_parts_of_atom_are_there(client, token, lille):
    record(lille, "Un")
    record(lille, "Deux")
    root = ElementTree.fromstring(client.get(f"/flux/{token}/").content)  # noqa: S314
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for part in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{part}")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
    assert root.find(f"{ATOM}author") is not None


def test_queries_do_not_grow(client, token, lille, django_assert_num_queries):
    client.get(f"/flux/{token}/")  # notes the use
    for more in (2, 20):
        for number in range(more):
            record(lille, f"Document {number}")
        with django_assert_num_queries(3):
            client.get(f"/flux/{token}/")
