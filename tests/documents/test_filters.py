"""A folder narrowed by nature, network, year, format and validity, alone and together."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from directory.models import Network
from documents.actions import Facts, describe_document
from documents.enums import DocumentKind
from documents.filters import narrow
from documents.models import Document
from spaces.enums import Role
from spaces.models import french_date
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


TODAY = timezone.localdate()


@pytest.fixture
def dated(folder, manager):
    """A document for each pair of dates that a filter tells apart."""
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    put(folder, manager, "Sans date", Facts(kind=DocumentKind.GUIDE))
    put(folder, manager, "Jusqu’à ce soir", Facts(valid_until=TODAY, review_on=tomorrow))
    put(folder, manager, "Échu", Facts(valid_until=yesterday))
    put(folder, manager, "Échu à revoir", Facts(kind=DocumentKind.GUIDE, valid_until=yesterday, review_on=TODAY))
    return folder


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"validite": "en-vigueur"}, {"Sans date", "Jusqu’à ce soir"}),
        ({"validite": "echus"}, {"Échu", "Échu à revoir"}),
        ({"validite": "a-revoir"}, {"Échu à revoir"}),
        ({"validite": "echus", "nature": "guide"}, {"Échu à revoir"}),
        ({"validite": "autre"}, set()),
    ],
)
def test_what_is_in_force_over_or_to_review(dated, asked, titles):
    narrowed = narrow(Document.objects.all(), asked, due=Q())
    assert ({one.title for one in narrowed.documents}, narrowed.total) == (titles, len(titles))


def test_what_is_to_review_is_a_filter_for_who_can_do_something_about_it(client, dated):
    """All of it for a manager, their own for a contributor; nothing for a reader, in words or in a number."""
    author = make_member(dated.space, Role.CONTRIBUTOR)

    def offered(who, asked=""):
        client.force_login(who)
        page = client.get(dated.get_absolute_url(), {"validite": asked}).content.decode()
        return [word in page for word in ("En vigueur (2)", "Échus (2)", "À revoir (1)", 'value="a-revoir"')]

    others = [make_member(dated.space, role) for role in (Role.READER, Role.CONTRIBUTOR)]
    manager = make_member(dated.space, Role.MANAGER)
    assert [offered(who) for who in (*others, author)] == [[True, True, False, False]] * 3
    assert offered(manager) == [True, True, True, True]
    for who in others:
        client.force_login(who)
        page = client.get(dated.get_absolute_url(), {"validite": "a-revoir"}).content.decode()
        assert ("ne répond à ces filtres" in page, "Échu à revoir" in page) == (True, False)
    Document.objects.filter(title="Échu à revoir").update(uploaded_by_user=author)
    assert offered(author) == [True, True, True, True]
    assert [offered(who) for who in others] == [[True, True, False, False]] * 2
    client.force_login(author)
    page = client.get(dated.get_absolute_url(), {"validite": "a-revoir"}).content.decode()
    assert ("1\u00a0document sur 4" in page, "Échu à revoir" in page) == (True, True)


def test_the_badge_is_for_the_same_people_on_pages_that_are_kept(client, dated):
    """Whoever opens it first; a document in force, since what is over says that."""
    Document.objects.filter(title="Sans date").update(review_on=TODAY)
    author = make_member(dated.space, Role.CONTRIBUTOR)
    Document.objects.filter(title="Sans date").update(uploaded_by_user=author)
    others = [make_member(dated.space, role) for role in (Role.CONTRIBUTOR, Role.READER)]
    manager = make_member(dated.space, Role.MANAGER)
    for who, is_told in [(author, True), (others[0], False), (author, True), (others[1], False), (manager, True)] * 2:
        client.force_login(who)
        page = client.get(dated.get_absolute_url()).content.decode()
        assert ('fr-badge--sm">À revoir' in page) == is_told
        page = client.get(Document.objects.get(title="Sans date").get_absolute_url()).content.decode()
        assert ("Relecture" in page, "Changer la date" in page) == (is_told, is_told)


def test_the_list_says_it_in_words(client, dated):
    client.force_login(make_member(dated.space))
    page = client.get(dated.get_absolute_url()).content.decode()
    assert page.count(f"Échu depuis le {french_date(TODAY)}") == 2
    assert page.count(f"Valable jusqu’au {french_date(TODAY)}") == 1


def test_the_screen_combines_them_and_lets_them_go(client, shelf):
    client.force_login(make_member(shelf.space))
    page = client.get(shelf.get_absolute_url(), {"nature": "map", "annee": "2026", "tri": "-taille"}).content.decode()
    assert ("Carte 2026" in page, "Carte 2024" in page, "Effacer les filtres" in page) == (True, False, True)
    assert "1\u00a0document sur 4, les plus lourds d’abord" in page
    nothing = client.get(shelf.get_absolute_url(), {"nature": "kit", "annee": "2026"}).content.decode()
    assert ("ne répond à ces filtres" in nothing, "Effacer les filtres" in nothing) == (True, True)
