"""What is found, by whom. The same tests hold on SQLite and on PostgreSQL (DATABASE_URL)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from search.actions import index, remove
from search.models import Entry, Kind
from search.queries import PAGE_SIZE, Filters, marked, search, terms_of
from search.queries.sqlite import fts_query
from spaces.enums import Role
from tests.factories import make_animation, make_member, make_user

NOW = timezone.now()


def plant(space, title="Titre", body="", *, kind=Kind.DOCUMENT, object_id="", days_ago=0, extension="", nature=""):
    index(
        kind=kind,
        object_id=object_id or f"{kind}-{Entry.objects.count()}",
        space=space,
        title=title,
        body=body,
        url=f"/objet/{Entry.objects.count()}/",
        happened_at=NOW - timedelta(days=days_ago),
        extension=extension,
        nature=nature,
    )


def titles(user, q, **filters):
    return [hit.title for hit in search(user, q, Filters(**filters)).hits]


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_another_space_is_found_counted_or_suggested(role, lille, douai):
    plant(lille, "Le zygomorphe", "Texte avec zygomorphe", kind=Kind.MEETING, extension="pdf", nature="guide")
    reader = make_member(douai, role)
    for q in ["zygomorphe", "zygomorph", '"le zygomorphe"', "zygomorphes", "zygomorfe"]:
        narrowed = [
            {"space": "lille"},
            {"kind": "meeting"},
            {"nature": "guide"},
            {"format": "pdf"},
            {"year": str(NOW.year)},
        ]
        for filters in [{}, *narrowed]:
            found = search(reader, q, Filters(**filters))
            assert (found.total, found.total_everywhere, list(found.hits), list(found.nearest)) == (0, 0, [], [])
            facets = [*found.kinds, *found.natures, *found.spaces, *found.formats, *found.years]
            assert [(facet.value, facet.count) for facet in facets if facet.count] == []
            assert found.correction == ""
            assert "illes" not in str(found).lower()


def test_counts_and_facets_are_those_of_the_reader_alone(lille, douai):
    for space in (lille, douai):
        plant(space, "Rapport annuel", kind=Kind.DOCUMENT)
        plant(space, "Rapport en séance", kind=Kind.MEETING)
    found = search(make_member(lille), "rapport")
    assert found.total == found.total_everywhere == 2
    assert [(f.value, f.count) for f in found.kinds] == [("", 2), ("document", 1), ("meeting", 1)]
    assert [(f.value, f.count) for f in found.spaces] == [("", 2), ("lille", 2)]


def test_an_unknown_space_and_a_closed_one_answer_alike(lille, douai):
    plant(lille, "Rapport")
    plant(douai, "Rapport")
    reader = make_member(lille)
    closed, unknown = (
        search(reader, "rapport", Filters(space="douai")),
        search(reader, "rapport", Filters(space="nulle-part")),
    )
    assert closed == unknown
    assert closed.total == 0


def test_a_person_without_mandate_finds_the_common_space_only(lille, commun):
    plant(lille, "Rapport de Lille")
    plant(commun, "Rapport commun")
    assert titles(make_user(), "rapport") == ["Rapport commun"]


def test_an_ended_mandate_finds_nothing_more(lille):
    plant(lille, "Rapport")
    yesterday = timezone.localdate() - timedelta(days=1)
    assert titles(make_member(lille, starts_on=yesterday, ends_on=yesterday), "rapport") == []


def test_the_animation_finds_everywhere(lille, douai):
    plant(lille, "Rapport de Lille")
    plant(douai, "Rapport de Douai")
    assert sorted(titles(make_animation(), "rapport")) == ["Rapport de Douai", "Rapport de Lille"]


# --- What matches ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("evaluation", True),
        ("ÉVALUATION", True),
        ("évaluations", True),
        ("evalu", True),
        ("réunion", True),
        ("réunions", True),
        ("l’orientation", True),
        ("l'orientation", True),
        ("oeuvre", True),
        ("œuvre", True),
        ("Saint-Omer", True),
        ("saint omer", True),
        ("bilan evaluation", True),
        ("bilan evaluation absent", False),
        ('"mise en œuvre"', True),
        ("« mise en œuvre »", True),
        ('"oeuvre en mise"', False),
        ('"bilan', True),
        ("zzz", False),
    ],
)
def test_accents_plurals_beginnings_and_phrases(q, found, lille):
    plant(lille, "Bilan : les évaluations", "Réunions sur la mise en œuvre de l’orientation à Saint-Omer.")
    assert titles(make_member(lille), q) == (["Bilan : les évaluations"] if found else [])


def test_or_is_a_word_and_not_an_operator(lille):
    plant(lille, "Mine de charbon")
    plant(lille, "Carte des lieux")
    plant(lille, "Mine or carte")
    assert titles(make_member(lille), "mine or carte") == ["Mine or carte"]


def test_decomposed_accents_are_the_same_letters(lille):
    plant(lille, "Re\u0301union e\u0301largie", "")
    assert search(make_member(lille), "réunion").total == 1
    assert search(make_member(lille), "re\u0301union").total == 1


def test_a_title_weighs_more_than_a_text_and_the_latest_comes_first(lille):
    plant(lille, "Autre chose", "cartographie des lieux d’accueil", days_ago=0)
    plant(lille, "Cartographie", "des lieux", days_ago=9)
    plant(lille, "Cartographie", "des lieux", object_id="recent", days_ago=1)
    hits = search(make_member(lille), "cartographie").hits
    assert [hit.title for hit in hits] == ["Cartographie", "Cartographie", "Autre chose"]
    assert hits[0].happened_at > hits[1].happened_at
    assert hits[0].happened_at == NOW - timedelta(days=1)


def test_the_snippet_shows_the_words_and_nothing_of_the_text_is_html(lille):
    plant(lille, "<b>Kit</b> & outils", "<script>alert(1)</script> le kit \x02de\x03 communication " + "mot " * 400)
    [hit] = search(make_member(lille), "kit communication").hits
    assert hit.title_html == "&lt;b&gt;<mark>Kit</mark>&lt;/b&gt; &amp; outils"
    assert "<mark>communication</mark>" in hit.snippet
    assert "<script" not in hit.snippet
    assert "\x02" not in hit.snippet
    assert len(hit.snippet) < 900


def test_stray_marks_are_dropped():
    assert marked("a\x02b\x03c\x03d\x02e") == "a<mark>b</mark>cde"
    assert marked("\x02<i>\x03") == "<mark>&lt;i&gt;</mark>"


def test_a_changed_object_is_found_by_its_new_words_and_a_removed_one_no_more(lille):
    reader = make_member(lille)
    plant(lille, "Ancien", "texte ancien", object_id="1")
    plant(lille, "Nouveau", "texte neuf", object_id="1")
    assert (titles(reader, "ancien"), titles(reader, "neuf")) == ([], ["Nouveau"])
    remove(kind=Kind.DOCUMENT, object_id="1")
    assert search(reader, "neuf").total == 0
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_fts(search_fts, rank) VALUES ('integrity-check', 1)")


# --- Pages, filters, costs ------------------------------------------------------------------------------------------


def test_pages_and_filters(lille, commun):
    for n in range(PAGE_SIZE + 3):
        plant(lille, f"Rapport {n}", days_ago=n)
    plant(commun, "Rapport commun", kind=Kind.MEETING)
    reader = make_member(lille)
    assert titles(reader, "rapport", space="lille")[0] == "Rapport 0"
    second = search(reader, "rapport", page=2)
    assert (len(second.hits), second.total, second.page) == (4, PAGE_SIZE + 4, 2)
    assert search(reader, "rapport", page=99).page == 2
    assert search(reader, "rapport", page=-5).page == 1
    chosen = search(reader, "rapport", Filters(space="commun", kind="meeting"))
    assert [hit.title for hit in chosen.hits] == ["Rapport commun"]
    assert [(f.value, f.count, f.is_chosen) for f in chosen.spaces] == [("", 1, False), ("commun", 1, True)]
    nothing = search(reader, "rapport", Filters(space="commun", kind="document"))
    assert (nothing.total, nothing.total_everywhere) == (0, PAGE_SIZE + 4)
    assert search(reader, "rapport", Filters(space="commun", kind="document"), page=99).page == 1


@pytest.mark.parametrize("rows", [2, 60])
def test_one_query_whatever_the_number(rows, lille, django_assert_num_queries):
    for n in range(rows):
        plant(lille, f"Rapport {n}", "texte " * 50)
    reader = make_member(lille)
    with django_assert_num_queries(2):  # the reader's mandates, the search
        assert search(reader, "rapport").total == rows


def test_a_slip_of_the_pen_is_offered_the_nearest_title(lille):
    plant(lille, "Cartographie des lieux d’accueil")
    plant(lille, "Kit de communication")
    found = search(make_member(lille), "cartografie")
    assert (found.total, [hit.title for hit in found.nearest]) == (0, ["Cartographie des lieux d’accueil"])


# --- Whatever is typed ----------------------------------------------------------------------------------------------

WEIRD = [
    "",
    "   ",
    "\x00",
    "rapport\x00",
    '"',
    '"""',
    '"rapport',
    "« »",
    "🙂",
    "🙂 rapport 👩‍🚀",
    "AND OR NOT NEAR",
    "rapport AND",
    "NEAR(rapport, 5)",
    "title:rapport",
    "{title body} : rapport",
    "rapport*",
    "-rapport",
    "^rapport",
    "rapport:*",
    "& | ! <-> ( )",
    "'; DROP TABLE search_entry; --",
    "%s %(q)s {0} %",
    "\\",
    "a" * 10_000,
    "mot " * 5_000,
    '"' * 10_000,
    "_" * 50,
    "l’",
    "le la les",
    "ﬁn ²³ ½ ١٢٣",
    "\u202erapport\u202c",
    "\ud800",
]


@pytest.mark.parametrize("q", WEIRD)
def test_whatever_is_typed_gets_an_answer(q, lille):
    plant(lille, "Rapport", "Texte du rapport")
    reader = make_member(lille)
    found = search(reader, q, Filters(space="\x00lille", kind="\x00", nature="\x00", format="\x00", year="\x00"))
    assert found.total == 0
    assert search(reader, q).total in (0, 1)
    assert Entry.objects.count() == 1


def test_a_text_with_what_postgresql_refuses_is_indexed(lille):
    plant(lille, "Ti\x00tre", "corps\x00 avec \ud800 restes\x1f")
    assert search(make_member(lille), "restes").total == 1


def test_terms_are_bounded_and_operators_are_words():
    assert terms_of("rapport AND -kit").words == ("rapport", "AND", "kit")
    assert terms_of('"compte rendu" de').phrases == (("compte", "rendu"),)
    assert terms_of("« compte rendu » de").words == ("de",)
    assert len(terms_of("a " * 500).words) == 20
    assert fts_query(terms_of('"l\'eau" Réunions')) == '"l eau" AND ("Réunion"*)'
