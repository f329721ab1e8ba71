"""A folder narrowed by nature, network, year and format, alone and together."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from directory.models import Network
from documents.actions import Facts, describe_document
from documents.enums import DocumentKind
from documents.filters import narrow
from documents.models import Document
from spaces.enums import Role
from tests.factories import make_document, make_member

LAST, NEXT = ((date(year, 1, 1), date(year, 12, 31)) for year in (2024, 2026))


@pytest.fixture
def networks(db):
    return [Network.objects.create(slug=slug, name=slug.upper()) for slug in ("cio", "pij")]


@pytest.fixture
def manager(folder):
    return make_member(folder.space, Role.MANAGER)


@pytest.fixture
def shelf(folder, manager, networks):
    """Four documents that no single filter tells apart."""
    cio, pij = networks
    put(folder, manager, "Carte 2024", Facts(kind=DocumentKind.MAP, period=LAST, networks=[cio]))
    put(folder, manager, "Carte 2026", Facts(kind=DocumentKind.MAP, period=NEXT, networks=[cio, pij]))
    put(folder, manager, "Affiche", Facts(kind=DocumentKind.KIT, networks=[pij]), at=date(2024, 12, 31), name="a.txt")
    put(folder, manager, "Guide", Facts(kind=DocumentKind.GUIDE, period=(LAST[0], NEXT[1])))
    return folder


def put(folder, by, title, facts, *, at=date(2025, 6, 1), name=""):
    at = timezone.make_aware(datetime(at.year, at.month, at.day, 23, 30))
    content = {"content": b"texte"} if name else {}
    document = make_document(folder, by=by, title=title, name=name, published_at=at, **content)
    describe_document(document=document, by=by, facts=facts)


def found(asked):
    narrowed = narrow(Document.objects.all(), asked)
    titles = {document.title for document in narrowed.documents}
    assert (narrowed.total, narrowed.whole) == (len(titles), 4)
    return titles


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, {"Carte 2024", "Carte 2026", "Affiche", "Guide"}),
        ({"nature": "map"}, {"Carte 2024", "Carte 2026"}),
        ({"reseau": "pij"}, {"Carte 2026", "Affiche"}),
        ({"annee": "2024"}, {"Carte 2024", "Affiche", "Guide"}),
        ({"annee": "2025"}, {"Guide"}),
        ({"format": "txt"}, {"Affiche"}),
        ({"nature": "map", "reseau": "pij"}, {"Carte 2026"}),
        ({"reseau": "cio", "annee": "2024", "nature": "map", "format": "pdf"}, {"Carte 2024"}),
        ({"nature": "kit", "annee": "2026"}, set()),
        ({"nature": "rien"}, set()),
        ({"reseau": "' OR 1=1"}, set()),
        ({"annee": "deux mille"}, set()),
        ({"annee": "9999999"}, set()),
    ],
)
def test_what_is_left(shelf, asked, titles):
    assert found(asked) == titles


def test_a_filter_says_what_each_choice_would_leave(shelf, django_assert_num_queries):
    with django_assert_num_queries(1):
        narrowed = narrow(Document.objects.all(), {"reseau": "pij"})
    told = {one.name: [(option.label, option.count) for option in one.options] for one in narrowed.filters}
    assert told == {
        "nature": [("Cartographie", 1), ("Guide", 0), ("Kit de communication", 1)],
        "reseau": [("CIO", 2), ("PIJ", 2)],
        "annee": [("2026", 1), ("2025", 0), ("2024", 1)],
        "format": [("PDF", 1), ("TXT", 1)],
    }


def test_a_filter_that_leaves_nothing_out_is_not_shown(folder, manager):
    put(folder, manager, "Une", Facts())
    put(folder, manager, "Deux", Facts())
    assert narrow(Document.objects.all(), {}).filters == []


def test_the_screen_combines_them_and_lets_them_go(client, shelf):
    client.force_login(make_member(shelf.space))
    page = client.get(shelf.get_absolute_url(), {"nature": "map", "annee": "2026", "tri": "-taille"}).content.decode()
    assert ("Carte 2026" in page, "Carte 2024" in page, "Effacer les filtres" in page) == (True, False, True)
    assert "1\u00a0document sur 4, les plus lourds d’abord" in page
    nothing = client.get(shelf.get_absolute_url(), {"nature": "kit", "annee": "2026"}).content.decode()
    assert ("ne répond à ces filtres" in nothing, "Effacer les filtres" in nothing) == (True, True)
