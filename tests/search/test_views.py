import pytest
from django.urls import reverse

from search.models import Kind
from spaces.enums import Role
from tests.factories import make_member
from tests.search.test_queries import WEIRD, plant

URL = reverse("search:results")


def page(client, **params):
    response = client.get(URL, params)
    assert response.status_code == 200
    return response.content.decode()


def test_a_visitor_is_sent_to_sign_in(client, db):
    assert client.get(URL, {"q": "rapport"}).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_a_word_of_another_space_shows_the_same_page_as_a_word_that_is_nowhere(role, client, lille, douai):
    plant(lille, "Zygomorphe", "zygomorphe")
    client.force_login(make_member(douai, role))
    for extra in [{}, {"espace": "lille"}, {"type": "document"}]:
        planted, nowhere = page(client, q="zygomorphe", **extra), page(client, q="xylophonie", **extra)
        assert planted.replace("zygomorphe", "xylophonie").split("<main")[1] == nowhere.split("<main")[1]


def test_results_say_what_where_and_how_many(client, lille):
    plant(lille, "Kit de communication", "Le kit", kind=Kind.PAGE)
    client.force_login(make_member(lille))
    html = page(client, q="kit")
    assert "1\xa0résultat pour «\xa0kit\xa0»" in html
    assert "<mark>Kit</mark> de communication" in html
    assert "Page · Lille · " in html
    assert html.count("<h1") == 1


def test_what_was_typed_comes_back_escaped(client, lille):
    client.force_login(make_member(lille))
    html = page(client, q='"><script>alert(1)</script>')
    assert "<script>alert" not in html
    assert "&quot;&gt;&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("q", WEIRD[:-1])  # an address cannot hold a lone surrogate
def test_whatever_is_typed_gets_a_page(q, client, lille):
    plant(lille, "Rapport")
    client.force_login(make_member(lille))
    page(client, q=q, page="١" * 9, espace="\x00", type="\x00")
    page(client, q=q, page="x")


@pytest.mark.parametrize("q", ["rapport", "introuvable"])
def test_five_queries_whatever_the_number(q, client, lille, django_assert_max_num_queries):
    """The person, their mandates, the search (the nearest titles when it finds nothing), the count of unread notices."""
    client.force_login(make_member(lille))
    costs = []
    for rows in (2, 43):
        for n in range(rows):
            plant(lille, f"Rapport {n}", "texte", object_id=f"{rows}-{n}")
        page(client, q=q)
        with django_assert_max_num_queries(5) as asked:
            page(client, q=q)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_pages_keep_the_search(client, lille):
    for n in range(45):
        plant(lille, f"Rapport {n}")
    client.force_login(make_member(lille))
    html = page(client, q="rapport", type="document", page=2)
    assert "?q=rapport&amp;type=document&amp;page=3" in html
    assert "Page 2 sur 3" in html


# --- Filters, suggestions, corrections ------------------------------------------------------------------------------

SUGGESTIONS = reverse("search:suggestions")


def test_a_filter_is_in_the_address_and_can_be_taken_away(client, lille, commun):
    plant(lille, "Rapport 1", extension="pdf")
    plant(lille, "Rapport 2", extension="odt")
    plant(commun, "Rapport 3", extension="pdf")
    client.force_login(make_member(lille))
    html = page(client, q="rapport", espace="lille", format="pdf")
    assert "1\xa0résultat pour" in html
    assert 'href="?q=rapport&amp;espace=lille&amp;format=odt"' in html
    assert 'href="?q=rapport&amp;format=pdf"><span class="fr-sr-only">Retirer le filtre </span>Lille</a>' in html
    assert 'href="?q=rapport">Retirer tous les filtres</a>' in html
    assert '<input type="hidden" name="format" value="pdf">' in html


def test_a_nature_is_a_filter_and_stays_in_the_address(client, lille):
    plant(lille, "Rapport 1", extension="pdf", nature="guide")
    plant(lille, "Rapport 2", extension="pdf")
    client.force_login(make_member(lille))
    html = page(client, q="rapport")
    assert '<a href="?q=rapport&amp;nature=guide">Guide</a> <span class="x-facets__count">(1)</span>' in html
    html = page(client, q="rapport", nature="guide")
    assert "1\xa0résultat pour" in html
    assert 'href="?q=rapport"><span class="fr-sr-only">Retirer le filtre </span>Guide</a>' in html
    assert '<input type="hidden" name="nature" value="guide">' in html


def test_an_empty_filter_says_where_else(client, lille, commun):
    plant(commun, "Rapport")
    client.force_login(make_member(lille))
    html = page(client, q="rapport", espace="lille")
    assert 'href="?q=rapport&amp;espace=commun">1\xa0résultat dans Commun</a>' in html


def test_the_words_corrected_are_a_link(client, lille):
    plant(lille, "Cartographie des lieux")
    client.force_login(make_member(lille))
    html = page(client, q="cartografie", espace="lille")
    assert 'Vous cherchiez\xa0: <a href="?q=cartographie">cartographie</a>' in html


def test_suggestions_are_a_fragment(client, lille, douai, django_assert_max_num_queries):
    plant(lille, "<b>Rapport</b> annuel", extension="pdf")
    plant(douai, "Rapport de Douai")
    client.force_login(make_member(lille))
    client.get(SUGGESTIONS, {"q": "rapp"}, headers={"hx-request": "true"})
    with django_assert_max_num_queries(3):  # the person, their mandates, the titles
        html = client.get(SUGGESTIONS, {"q": "rapp"}, headers={"hx-request": "true"}).content.decode()
    assert "&lt;b&gt;Rapport&lt;/b&gt; annuel</a>" in html
    assert "1\xa0suggestion pour" in html
    assert "Douai" not in html
    assert client.get(SUGGESTIONS, {"q": "ra"}, headers={"hx-request": "true"}).content.strip() == b""


def test_suggestions_want_somebody_signed_in(client, db):
    assert client.get(SUGGESTIONS, {"q": "rapport"}).status_code == 302


@pytest.mark.parametrize("q", WEIRD[:-1])
def test_whatever_is_typed_gets_suggestions(q, client, lille):
    plant(lille, "Rapport")
    client.force_login(make_member(lille))
    assert client.get(SUGGESTIONS, {"q": q}, headers={"hx-request": "true"}).status_code == 200
