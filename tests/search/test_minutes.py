"""Minutes and the document that holds them say the same: one hit for who reads both, the one that they read for others."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from documents import actions as documents
from documents.enums import DocumentKind
from documents.models import Document, Folder
from meetings.actions import desk
from meetings.actions import minutes as actions
from meetings.actions.papers import print_waiting
from search.models import Entry
from search.queries import PAGE_SIZE, Filters, search, suggest
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_minutes import make_held, write
from tests.search.test_queries import plant


@pytest.fixture
def manager(lille):
    return make_member(lille, Role.MANAGER)


@pytest.fixture
def document(lille, manager) -> Document:
    held = make_held(lille, manager)
    write(held, manager)
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    print_waiting()
    minutes.refresh_from_db()
    assert minutes.document is not None
    documents.set_text(minutes.document, "Compte rendu, mot pour mot")
    return minutes.document


def shown(user, q="compte rendu", **filters):
    return [(hit.kind_label.split()[0], bool(hit.copy_url)) for hit in search(user, q, Filters(**filters)).hits]


def values(facets):
    return [(facet.value, facet.count) for facet in facets if facet.count]


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_in_another_space_neither_is_found(role, document, douai) -> None:
    found = search(make_member(douai, role), "compte rendu")
    assert (found.total, found.total_everywhere, list(found.nearest)) == (0, 0, [])


def test_who_reads_the_minutes_alone_gets_them_without_the_link(document, manager, lille) -> None:
    reader = make_member(lille)
    folder = Folder.objects.get(pk=document.folder_id)
    documents.restrict_folder(folder=folder, members=[make_member(lille)], by=manager)
    found = search(reader, "compte rendu")
    assert (shown(reader), found.total, values(found.kinds)) == ([("Compte", False)], 1, [("", 1), ("minutes", 1)])
    assert (values(found.formats), values(found.natures)) == ([("", 1)], [("", 1)])
    assert shown(reader, format="pdf") == shown(reader, nature="minutes") == []


def test_who_reads_the_document_alone_gets_it(document, manager, douai) -> None:
    reader = make_member(douai)
    tomorrow = timezone.localdate() + timedelta(days=1)
    documents.share_document(document=document, by=manager, to_user=reader, ends_on=tomorrow, reason="Relecture")
    found = search(reader, "compte rendu")
    assert (shown(reader), found.total, values(found.kinds)) == ([("Document", False)], 1, [("", 1), ("document", 1)])
    assert [hit.kind_label for hit in suggest(reader, "compte")] == ["Document PDF"]


# --- One hit --------------------------------------------------------------------------------------------------------


def test_who_reads_both_gets_one_hit_with_the_link(document, lille, client) -> None:
    reader = make_member(lille)
    found = search(reader, "compte rendu")
    assert (shown(reader), found.total, found.total_everywhere) == ([("Compte", True)], 1, 1)
    assert values(found.kinds) == [("", 1), ("minutes", 1)]
    assert [hit.kind_label for hit in suggest(reader, "compte")] == ["Compte rendu"]
    client.force_login(reader)
    html = client.get(reverse("search:results"), {"q": "compte rendu"}).content.decode()
    assert f'href="{document.get_absolute_url()}"' in html


def test_a_filter_that_keeps_documents_agrees_with_its_count(document, lille) -> None:
    plant(lille, "Compte rendu de lecture", extension="pdf")
    reader = make_member(lille)
    assert dict(values(search(reader, "compte rendu").kinds)) == {"": 2, "document": 1, "minutes": 1}
    assert shown(reader, kind="document") == [("Document", False)]


def test_minutes_answer_to_the_format_and_the_nature_of_their_document(document, manager, lille) -> None:
    plant(lille, "Compte rendu de lecture", extension="odt", nature="guide")
    reader = make_member(lille)
    documents.describe_document(document=document, by=manager, facts=documents.Facts(kind=DocumentKind.MINUTES))
    for filters in ({"format": "pdf"}, {"nature": "minutes"}):
        assert shown(reader, **filters) == [("Compte", True)]
    found = search(reader, "compte rendu")
    assert values(found.formats) == [("", 2), ("odt", 1), ("pdf", 1)]
    assert values(found.natures) == [("", 2), ("guide", 1), ("minutes", 1)]
    assert {hit.kind_label for hit in found.hits} == {"Compte rendu", "Document ODT · Guide"}
    documents.describe_document(document=document, by=manager, facts=documents.Facts())
    assert shown(reader, nature="minutes") == []


def test_words_of_the_document_alone_find_the_document(document, lille) -> None:
    assert shown(make_member(lille), '"mot pour mot"') == [("Document", False)]


def test_pages_are_full(document, lille) -> None:
    for number in range(PAGE_SIZE):
        plant(lille, f"Compte rendu {number}", days_ago=number)
    reader = make_member(lille)
    first, second = (search(reader, "compte rendu", page=page) for page in (1, 2))
    assert (first.total, len(first.hits), len(second.hits)) == (PAGE_SIZE + 1, PAGE_SIZE, 1)
    assert len({hit.url for hit in [*first.hits, *second.hits]}) == PAGE_SIZE + 1


def test_it_holds_for_what_was_indexed_before_circulated_again_and_indexed_anew(document, manager, lille) -> None:
    reader = make_member(lille)
    Entry.objects.update(copied_in="")
    assert len(shown(reader)) == 2
    import_module("search.migrations.0009_minutes_and_their_document").forwards(apps, None)
    assert shown(reader) == [("Compte", True)]
    meeting = document.minutes.get().meeting
    desk.add_item(meeting=meeting, by=manager, title="Oublié")
    actions.circulate_minutes(meeting=meeting, by=manager)
    assert shown(reader) == [("Compte", True)]
    call_command("rebuild_search")
    assert shown(reader) == [("Compte", True)]
