"""Documents are found by the names of their nature and of their folder, by those who read the folder."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents import actions
from documents.actions import Facts
from documents.enums import DocumentKind
from documents.models import Document, Folder
from search import actions as search_actions
from search.models import Entry, Kind
from search.queries import search
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_document, make_folder, make_member
from tests.search.test_queries import plant, titles


@pytest.fixture
def manager(lille: Space):
    return make_member(lille, Role.MANAGER)


@pytest.fixture
def folder(lille: Space) -> Folder:
    return make_folder(lille, name="Cartographies")


@pytest.fixture
def document(folder: Folder, manager) -> Document:
    document = make_document(folder, by=manager, name="c.pdf", title="Carte du territoire")
    actions.describe_document(document=document, by=manager, facts=Facts(kind=DocumentKind.GUIDE))
    return document


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("q", ["cartographies", "guide", "cartografies", "guidde"])
def test_in_another_space_neither_nature_nor_folder_finds_counts_or_corrects(q, role, document, douai) -> None:
    found = search(make_member(douai, role), q)
    assert (found.total, found.total_everywhere, list(found.nearest), found.correction) == (0, 0, [], "")


def test_outside_the_circle_the_name_of_a_restricted_folder_finds_nothing(document, folder, manager, lille) -> None:
    inside, outside = make_member(lille), make_member(lille)
    actions.restrict_folder(folder=folder, members=[inside], by=manager)
    for q in ("cartographies", "cartografies"):
        found = search(outside, q)
        assert (found.total, list(found.nearest), found.correction) == (0, [], "")
    assert titles(inside, "cartographies") == ["Carte du territoire"]
    assert search(inside, "cartografies").correction == "cartographies"


@pytest.mark.parametrize("whom", ["person", "space"])
def test_whom_a_document_is_shared_with_never_learns_of_its_folder(whom, document, manager, douai) -> None:
    reader = make_member(douai)
    to = {"to_user": reader} if whom == "person" else {"to_space": douai}
    tomorrow = timezone.localdate() + timedelta(days=1)
    actions.share_document(document=document, by=manager, ends_on=tomorrow, reason="Travail commun", **to)
    for q in ("cartographies", "cartografies", "territoire cartographies", '"cartographies"'):
        found = search(reader, q)
        assert (found.total, found.total_everywhere, found.correction) == (0, 0, "")
        assert "ies" not in str([hit.title for hit in found.nearest])
    [hit] = search(reader, "territoire").hits
    assert (hit.kind_label, hit.kind_html, hit.folder_html) == ("Document PDF · Guide", "Document PDF · Guide", "")
    [hit] = search(manager, "territoire").hits
    assert hit.folder_html == "Cartographies"


# --- Found ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "kind", "place"),
    [
        ("cartographie", "Document PDF · Guide", "<mark>Cartographies</mark>"),
        ("territoire cartographies", "Document PDF · Guide", "<mark>Cartographies</mark>"),
        ("guides", "Document PDF · <mark>Guide</mark>", "Cartographies"),
        ("guide cartographies territoire", "Document PDF · <mark>Guide</mark>", "<mark>Cartographies</mark>"),
    ],
)
def test_a_hit_says_by_which_name_it_was_found(q, kind, place, document, manager, lille) -> None:
    make_document(make_folder(lille, name="Autres"), by=manager, title="Sans rapport")
    [hit] = search(manager, q).hits
    assert (hit.title, hit.kind_html, hit.folder_html) == ("Carte du territoire", kind, place)
    assert "<mark>" not in hit.snippet  # which shows the file's words alone


def test_a_folders_name_is_no_html(lille, manager) -> None:
    make_document(make_folder(lille, name="<b>Cartes</b>"), by=manager, title="Plan")
    assert search(manager, "cartes").hits[0].folder_html == "&lt;b&gt;<mark>Cartes</mark>&lt;/b&gt;"


def test_counts_hold_what_the_names_find(document, manager, lille) -> None:
    plant(lille, "Autre", "cartographies", extension="odt")
    found = search(manager, "cartographies")
    assert [(facet.value, facet.count) for facet in found.formats] == [("", 2), ("odt", 1), ("pdf", 1)]
    assert [(facet.value, facet.count) for facet in found.natures] == [("", 2), ("guide", 1)]


def test_names_weigh_less_than_a_title_and_more_than_a_text(document, lille, manager) -> None:
    plant(lille, "Autre chose", "ses cartographies")
    plant(lille, "Les cartographies", "du lieu")
    assert titles(manager, "cartographies") == ["Les cartographies", "Carte du territoire", "Autre chose"]


# --- Kept right -----------------------------------------------------------------------------------------------------


def test_a_renamed_folder_is_found_by_its_new_name_alone(
    document, folder, manager, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.rename_folder(folder=folder, name="Plans", by=manager)
    assert (titles(manager, "cartographies"), titles(manager, "plans")) == ([], ["Carte du territoire"])
    assert titles(manager, "guide plans") == ["Carte du territoire"]


def test_the_set_up_renames_what_no_hand_has_named(document, folder, manager, lille) -> None:
    actions.add_folder(space=lille, slug=folder.slug, name="Plans")
    assert actions.label_waiting_documents() == 1
    assert (titles(manager, "cartographies"), titles(manager, "plans")) == ([], ["Carte du territoire"])
    actions.rename_folder(folder=Folder.objects.get(pk=folder.pk), name="Atlas", by=manager)
    actions.add_folder(space=lille, slug=folder.slug, name="Plans")
    assert actions.label_waiting_documents() == 1
    assert (titles(manager, "plans"), titles(manager, "atlas")) == ([], ["Carte du territoire"])


def test_a_moved_or_restored_document_is_found_where_it_is(document, manager, lille) -> None:
    there = make_folder(lille, name="Archives")
    actions.change_document(document=document, by=manager, title=document.title, description="", folder=there)
    assert (titles(manager, "cartographies"), titles(manager, "archives")) == ([], ["Carte du territoire"])
    actions.withdraw_document(document=document, by=manager)
    actions.rename_folder(folder=there, name="Greniers", by=manager)
    actions.label_waiting_documents()
    assert titles(manager, "greniers") == []
    actions.put_back_document(document=document, by=manager)
    assert titles(manager, "greniers") == ["Carte du territoire"]


def test_another_nature_is_found_by_its_name_alone(document, manager) -> None:
    actions.describe_document(document=document, by=manager, facts=Facts(kind=DocumentKind.KIT))
    assert (titles(manager, "guide"), titles(manager, "kit")) == ([], ["Carte du territoire"])
    actions.describe_document(document=document, by=manager, facts=Facts())
    assert (titles(manager, "kit"), titles(manager, "autre")) == ([], [])


def test_what_was_indexed_before_and_what_is_indexed_anew_are_found(document, manager) -> None:
    Entry.objects.update(labels="")
    assert titles(manager, "cartographies") == []
    migration = import_module("documents.migrations.0018_labels_in_search")
    migration.forwards(apps, None)
    assert titles(manager, "guide cartographies") == ["Carte du territoire"]
    assert {**dict(DocumentKind.choices), "other": ""} == migration.NATURES
    Entry.objects.all().delete()
    call_command("rebuild_search")
    assert titles(manager, "guide cartographies") == ["Carte du territoire"]


# --- After the answer -----------------------------------------------------------------------------------------------


@pytest.fixture
def full(folder, manager, monkeypatch) -> Folder:
    """A folder of twelve documents, which are labelled five at a time."""
    monkeypatch.setattr(actions.texts, "_BATCH", 5)
    for number in range(12):
        make_document(folder, by=manager, title=f"Carte {number}", content=f"%PDF-{number}".encode())
    return folder


def named(*names: str) -> list[int]:
    """How many documents the index holds under each name of their folder."""
    return [Entry.objects.filter(labels__endswith=f"\n{name}").count() for name in names]


def test_renaming_writes_nothing_in_the_index_and_leaves_word_of_it(full, manager) -> None:
    with CaptureQueriesContext(connection) as queries:
        actions.rename_folder(folder=full, name="Plans", by=manager)
    assert [query["sql"] for query in queries if "search_entry" in query["sql"]] == []
    assert (named("Cartographies", "Plans"), Folder.objects.exclude(renamed_at=None).count()) == ([12, 0], 1)


def test_a_worker_killed_in_the_middle_delays_and_loses_nothing(full, manager, monkeypatch) -> None:
    actions.rename_folder(folder=full, name="Plans", by=manager)
    label, done = search_actions.label, []

    def killed(**written: object) -> None:
        if done:
            raise SystemExit
        done.append(label(**written))

    with monkeypatch.context() as patched:
        patched.setattr(search_actions, "label", killed)
        with pytest.raises(SystemExit):
            actions.label_waiting_documents()
    assert named("Cartographies", "Plans") == [7, 5]
    assert [actions.label_waiting_documents(), actions.label_waiting_documents()] == [1, 0]
    assert named("Cartographies", "Plans") == [0, 12]


def test_a_folder_renamed_while_it_is_labelled_waits_again(full, manager, monkeypatch) -> None:
    actions.rename_folder(folder=full, name="Plans", by=manager)
    label = search_actions.label

    def label_then_rename(**written: object) -> None:
        label(**written)
        if full.name == "Plans":
            actions.rename_folder(folder=full, name="Atlas", by=manager)

    with monkeypatch.context() as patched:
        patched.setattr(search_actions, "label", label_then_rename)
        actions.label_waiting_documents()
    assert named("Plans", "Atlas") == [5, 7]
    actions.label_waiting_documents()
    assert named("Plans", "Atlas") == [0, 12]


def test_what_is_labelled_already_is_not_written_again(full, manager) -> None:
    """A row written is indexed anew, whatever was written: its text is read again."""
    actions.rename_folder(folder=full, name="Plans", by=manager)
    actions.label_waiting_documents()
    uuids = list(full.documents.values_list("uuid", flat=True))
    names = ("\nPlans", "\nAtlas")
    assert [search_actions.label(kind=Kind.DOCUMENT, object_ids=uuids, labels=one) for one in names] == [0, 12]
