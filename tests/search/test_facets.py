"""Filters, corrections and suggestions: honest for this reader, and silent about what others read."""

import re
from datetime import datetime
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection

from documents.actions import Facts, describe_document
from documents.enums import DocumentKind
from search.models import Entry, Kind
from search.queries import Filters, search, suggest
from spaces.enums import Role
from tests.factories import make_document, make_folder, make_member
from tests.search.test_queries import NOW, plant, titles

# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("q", ["zygomorphe", "zyg", "le zyg", "zygomorfe", "zygomorphe commun"])
def test_no_word_of_another_space_is_suggested_nor_corrected_to(q, role, lille, douai):
    plant(lille, "Le zygomorphe commun", "zygomorphe")
    plant(douai, "Le point commun")
    reader = make_member(douai, role)
    assert "zygomorphe" not in str(suggest(reader, q)).lower()
    found = search(reader, q)
    assert (found.correction, "zygo" in str(found.nearest).lower()) == ("", False)


# --- Counts ---------------------------------------------------------------------------------------------------------


def values(facets):
    return [(facet.value, facet.count) for facet in facets]


def test_each_filter_counts_under_the_others(lille, commun):
    plant(lille, "Rapport 1", extension="pdf")
    plant(lille, "Rapport 2", extension="pdf", days_ago=800)
    plant(lille, "Rapport 3", extension="odt")
    plant(commun, "Rapport 4", extension="pdf")
    plant(commun, "Rapport 5", kind=Kind.MEETING)
    reader = make_member(lille)
    this_year = str(NOW.year)
    found = search(reader, "rapport")
    assert values(found.formats) == [("", 5), ("pdf", 3), ("odt", 1)]
    assert sum(facet.count for facet in found.years[1:]) == found.years[0].count == 5
    assert found.years[1].value == this_year
    chosen = search(reader, "rapport", Filters(space="lille", format="pdf"))
    assert (chosen.total, values(chosen.formats)) == (2, [("", 3), ("pdf", 2), ("odt", 1)])
    assert values(chosen.spaces) == [("", 3), ("commun", 1), ("lille", 2)]
    assert values(chosen.kinds) == [("", 2), ("document", 2)]
    assert titles(reader, "rapport", space="lille", format="pdf", year=this_year) == ["Rapport 1"]


@pytest.mark.parametrize("year", ["0", "x", "20260", "-1", "١٩٩٩", "9" * 40])
def test_a_year_that_is_none_finds_nothing(year, lille):
    plant(lille, "Rapport")
    assert titles(make_member(lille), "rapport", year=year) == []


def test_a_year_begins_in_paris(lille):
    plant(lille, "Rapport")
    Entry.objects.update(happened_at=datetime(2026, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris")))
    assert values(search(make_member(lille), "rapport").years) == [("", 1), ("2026", 1)]


def test_a_document_is_filtered_by_its_format(lille):
    document = make_document(make_folder(lille), name="rapport.pdf")
    reader = make_member(lille)
    assert titles(reader, "rapport", format="pdf") == ["rapport"]
    assert search(reader, "rapport").hits[0].kind_label == "Document PDF"
    Entry.objects.update(extension="")
    migration = import_module("documents.migrations.0002_formats_in_search")
    migration.forwards(apps, None)
    assert Entry.objects.get(object_id=document.uuid).extension == "pdf"


def test_natures_are_counted_under_the_other_filters_for_this_reader_alone(lille, commun, douai):
    plant(lille, "Rapport 1", extension="pdf", nature="map")
    plant(lille, "Rapport 2", extension="odt", nature="guide")
    plant(commun, "Rapport 3", extension="pdf", nature="guide")
    plant(lille, "Rapport 4", kind=Kind.MEETING)
    plant(douai, "Rapport 5", extension="pdf", nature="guide")
    reader = make_member(lille)
    assert values(search(reader, "rapport").natures) == [("", 4), ("guide", 2), ("map", 1)]
    chosen = search(reader, "rapport", Filters(nature="guide", space="lille"))
    assert [hit.kind_label for hit in chosen.hits] == ["Document ODT · Guide"]
    assert values(chosen.natures) == [("", 3), ("guide", 1), ("map", 1)]
    assert values(chosen.kinds) == [("", 1), ("document", 1)]
    assert titles(reader, "rapport", nature="nulle") == []
    assert [hit.kind_label for hit in suggest(reader, "rapport 1")] == ["Document PDF · Cartographie"]


def test_a_document_is_found_by_what_its_editor_says_that_it_is(lille):
    author = make_member(lille, Role.CONTRIBUTOR)
    document = make_document(make_folder(lille), by=author, name="rapport.pdf")
    assert titles(author, "rapport", nature="guide") == []
    describe_document(document=document, by=author, facts=Facts(kind=DocumentKind.GUIDE))
    assert titles(author, "rapport", nature="guide") == ["rapport"]
    Entry.objects.update(nature="")
    import_module("documents.migrations.0012_natures_in_search").forwards(apps, None)
    assert titles(author, "rapport", nature="guide") == ["rapport"]
    describe_document(document=document, by=author, facts=Facts())
    assert titles(author, "rapport", nature="guide") == []


# --- Slips of the pen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "correction"),
    [
        ("cartografie", "cartographie"),
        ("cartographei acueil", "cartographie accueil"),
        ('"cartografie des lieux"', "cartographie des lieux"),
        ("CARTOGRAFIE", "cartographie"),
        ("cartografie zzzzzz", ""),
        ("zzzzzz", ""),
    ],
)
def test_the_nearest_words_are_offered_and_find_something(q, correction, lille):
    plant(lille, "Cartographie des lieux d’accueil")
    plant(lille, "Kit de communication")
    reader = make_member(lille)
    found = search(reader, q)
    assert (found.total, found.correction) == (0, correction)
    if correction:
        assert titles(reader, correction) == ["Cartographie des lieux d’accueil"]


def test_words_of_several_titles_are_corrected_together_when_that_finds_something(lille):
    plant(lille, "Cartographie des lieux")
    plant(lille, "Communication interne")
    reader = make_member(lille)
    assert search(reader, "cartografie comunication").correction == ""
    plant(lille, "Bilan", "La cartographie, puis la communication")
    assert search(reader, "cartografie comunication").correction == "cartographie communication"
    assert titles(reader, "cartographie communication") == ["Bilan"]


def test_the_filters_that_find_nothing_are_said_and_can_be_taken_away(client, lille, douai):
    plant(douai, "Rapport")
    client.force_login(make_member(lille, user=make_member(douai)))
    chosen = {"espace": "lille", "type": "minutes", "nature": "guide", "format": "odt", "annee": "1999"}
    for q in ("rapport", "zygomorphe"):
        html = client.get("/recherche/", {"q": q, **chosen}).content.decode()
        tags = re.findall("Retirer le filtre </span>([^<]+)<", html)
        assert tags == ["Compte rendu", "Lille", "Guide", "ODT", "1999"]


@pytest.mark.parametrize(
    "unknown", [{"espace": "douai"}, {"espace": "x"}, {"type": "x"}, {"nature": "x"}, {"annee": "x"}]
)
def test_a_filter_that_is_none_is_not_said(unknown, client, lille, douai):
    plant(douai, "Rapport")
    client.force_login(make_member(lille))
    assert "Retirer le filtre" not in client.get("/recherche/", {"q": "rapport", **unknown}).content.decode()


# --- While typing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("éva", ["Bilan : les évaluations"]),
        ("eva", ["Bilan : les évaluations"]),
        ("bilan eval", ["Bilan : les évaluations"]),
        ("bilan réunion", []),
        ("texte", []),
        ("ev", []),
        ("", []),
    ],
)
def test_titles_are_suggested_from_the_third_letter(q, found, lille):
    plant(lille, "Bilan : les évaluations", "Texte des réunions")
    assert [hit.title for hit in suggest(make_member(lille), q)] == found


def test_six_suggestions_in_two_queries(lille, django_assert_num_queries):
    for n in range(30):
        plant(lille, f"Rapport {n}", days_ago=n)
    reader = make_member(lille)
    with django_assert_num_queries(2):  # the reader's mandates, the titles
        assert [hit.title for hit in suggest(reader, "rapp")] == [f"Rapport {n}" for n in range(6)]


def test_the_index_still_follows_the_rows(lille):
    """The migration that gave entries a format made SQLite's table anew."""
    plant(lille, "Rapport", object_id="1")
    plant(lille, "Bilan", object_id="1")
    assert titles(make_member(lille), "rapport") == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'search_entry'")
            assert cursor.fetchone() == (3,)
