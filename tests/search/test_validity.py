"""Found among what is in force, what is over, and what is to be looked at again by who manages. The same on both engines."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.actions import Facts, describe_document, share_document
from documents.models import Document
from search.models import Entry
from search.queries import Filters, search
from search.validity import validity_in_words
from spaces.enums import Role
from tests import factories
from tests.search.test_queries import plant, titles

TODAY = timezone.localdate()
URL = reverse("search:results")


def values(facets):
    return [(facet.value, facet.count) for facet in facets]


@pytest.fixture
def manager(lille):
    return factories.make_member(lille, Role.MANAGER)


@pytest.fixture
def folder(lille, settings):
    return factories.make_folder(lille, "conventions")


@pytest.fixture
def agreements(folder, lille, manager):
    """Five that differ by their dates alone, and an announcement, which has none."""
    dates = {
        "sans date": (None, None),
        "valable": (TODAY, None),
        "échue": (TODAY - timedelta(days=1), None),
        "à revoir": (TODAY + timedelta(days=9), TODAY),
        "échue à revoir": (date(2020, 1, 31), TODAY - timedelta(days=1)),
        "à revoir demain": (None, TODAY + timedelta(days=1)),
    }
    for title, (valid_until, review_on) in dates.items():
        document = factories.make_document(folder, by=manager, title=f"Convention {title}")
        describe_document(document=document, by=manager, facts=Facts(valid_until=valid_until, review_on=review_on))
    plant(lille, "Convention annoncée", kind="announcement")


def test_the_last_day_is_included_and_what_has_none_is_in_force(agreements, manager):
    over = {"Convention échue", "Convention échue à revoir"}
    assert set(titles(manager, "convention", validity="echus")) == over
    assert len(titles(manager, "convention", validity="en-vigueur")) == 5
    assert set(titles(manager, "convention", validity="en-vigueur")).isdisjoint(over)
    assert set(titles(manager, "convention", validity="a-revoir")) == {
        "Convention à revoir",
        "Convention échue à revoir",
    }
    assert titles(manager, "convention", validity="autre") == []


def test_each_choice_says_what_it_would_leave_under_the_other_filters(agreements, manager):
    found = search(manager, "convention", Filters(validity="echus"))
    assert values(found.validities) == [("", 7), ("en-vigueur", 5), ("echus", 2), ("a-revoir", 2)]
    assert values(found.kinds) == [("", 2), ("document", 2)]
    among = search(manager, "convention", Filters(kind="announcement"))
    assert values(among.validities) == [("", 1), ("en-vigueur", 1)]


def test_what_is_to_review_is_asked_by_who_manages_alone(agreements, folder, lille, douai, manager):
    """A reader reads all of it; somebody who writes elsewhere reads one of them by a share."""
    elsewhere = factories.make_member(douai, Role.MANAGER)
    due = Document.objects.get(title="Convention à revoir")
    share_document(document=due, by=manager, to_user=elsewhere, ends_on=TODAY + timedelta(days=9), reason="Pour avis")
    assert titles(elsewhere, "convention") == [due.title]
    for person in (factories.make_member(lille), factories.make_member(lille, Role.CONTRIBUTOR), elsewhere):
        found = search(person, "convention", Filters(validity="a-revoir"))
        assert (found.total, list(found.hits)) == (0, [])
        assert "a-revoir" not in [value for value, count in values(found.validities) if count]
        assert "a-revoir" not in [facet.value for facet in search(person, "convention").validities]
    assert len(titles(factories.make_member(lille, Role.MANAGER), "convention", validity="a-revoir")) == 2


@pytest.mark.parametrize("role", list(Role))
def test_in_another_space_nothing_is_found_nor_counted(role, agreements, douai):
    outsider = factories.make_member(douai, role)
    for validity in ("", "en-vigueur", "echus", "a-revoir"):
        found = search(outsider, "convention", Filters(validity=validity))
        assert (found.total, found.total_everywhere, [count for _, count in values(found.validities) if count]) == (
            0,
            0,
            [],
        )


def test_the_page_says_it_in_words_keeps_it_in_its_address_and_asks_nothing_more(agreements, client, lille):
    client.force_login(factories.make_member(lille))
    costs = []
    for asked in ({}, {"validite": "echus", "type": "document"}):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(URL, {"q": "convention", **asked}).content.decode()
        costs.append(len(queries))
    assert ("Échu depuis le 1er février 2020" in page, "Valable jusqu’au" in page) == (True, False)
    assert ("Retirer le filtre </span>Échus" in page, 'name="validite" value="echus"' in page) == (True, True)
    assert costs[1] <= costs[0]


def test_a_migration_tells_it_of_what_is_found_already(agreements, manager):
    told = set(titles(manager, "convention", validity="echus"))
    Entry.objects.update(valid_until=None, review_on=None)
    assert titles(manager, "convention", validity="echus") == []
    import_module("documents.migrations.0023_validity_in_search").forwards(apps, None)
    assert set(titles(manager, "convention", validity="echus")) == told
    assert len(titles(manager, "convention", validity="a-revoir")) == 2


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, ""),
        (date(2026, 3, 31), "Valable jusqu’au 31 mars 2026"),
        (date(2026, 3, 30), "Échu depuis le 31 mars 2026"),
        (date(2025, 12, 31), "Échu depuis le 1er janvier 2026"),
        (date.max, "Valable jusqu’au 31 décembre 9999"),
    ],
)
def test_in_words(last, words):
    assert validity_in_words(last, date(2026, 3, 31)) == words
