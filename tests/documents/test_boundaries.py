"""A restricted folder, and a share: every door, asked by somebody with the same role outside the circle."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import connection, connections, transaction
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from documents import actions, queries
from documents.models import Document, Folder
from documents.shares import shared_with
from notifications.queries import activity, unread_count
from search.queries import search
from spaces import policy
from spaces.enums import Role, Visibility
from spaces.models import Boundary, Membership, Share
from tests import factories

pytestmark = pytest.mark.django_db
WORD = "belladone"


def afresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def lille():
    return factories.make_space("lille")


@pytest.fixture
def manager(lille):
    return factories.make_member(lille, Role.MANAGER)


@pytest.fixture
def inside(lille):
    return factories.make_member(lille, Role.CONTRIBUTOR)


@pytest.fixture
def outside(lille):
    return factories.make_member(lille, Role.CONTRIBUTOR)


@pytest.fixture
def folder(lille):
    return factories.make_folder(lille, "budget", name=f"Budget {WORD}")


@pytest.fixture
def document(folder, manager):
    return factories.make_document(folder, by=manager, title=f"Tableau {WORD}")


@pytest.fixture
def restricted(folder, document, manager, inside):
    actions.restrict_folder(folder=folder, members=[inside], by=manager)
    return Folder.objects.get(pk=folder.pk)


def sees(user: User, space) -> dict[str, object]:
    user = afresh(user)
    return {
        "document": Document.objects.visible_to(user).filter(title__contains=WORD).exists(),
        "folder": Folder.objects.visible_to(user).filter(name__contains=WORD).exists(),
        "search": search(user, WORD).total > 0,
        "activity": activity(user, space).exists(),
        "latest": bool(queries.latest_documents(user, space)),
    }


EVERYTHING = dict.fromkeys(["document", "folder", "search", "activity", "latest"], True)
NOTHING = dict.fromkeys(EVERYTHING, False)


def test_only_the_circle_and_the_managers_see_inside(restricted, lille, manager, inside, outside):
    assert sees(outside, lille) == NOTHING
    assert sees(inside, lille) == EVERYTHING
    assert sees(manager, lille) == EVERYTHING
    assert sees(factories.make_animation(), lille) == EVERYTHING
    assert sees(factories.make_member(factories.make_space(), Role.MANAGER), lille) == NOTHING


def test_no_count_tells_what_is_inside(restricted, outside):
    assert unread_count(afresh(outside)) == 0
    assert queries.folders_of(afresh(outside), restricted.space) == []


def test_no_count_tells_of_a_circle_below(lille, folder, manager, inside, outside):
    below = actions.add_folder(space=lille, slug="annexes", name="Annexes", parent=folder)
    actions.add_folder(space=lille, slug="photos", name="Photos", parent=folder)
    actions.restrict_folder(folder=below, members=[inside], by=manager)

    def counts(user):
        return [one.folder_count for one in queries.folders_of(afresh(user), lille)]

    assert (counts(outside), counts(inside), counts(manager)) == ([1], [2], [2])
    animation, elsewhere = factories.make_animation(), factories.make_member(factories.make_space(), Role.MANAGER)
    assert (counts(animation), counts(elsewhere)) == ([2], [])


def test_what_comes_later_is_inside_too(restricted, lille, inside, outside):
    factories.make_document(restricted, by=afresh(inside), title=f"Suite {WORD}")
    below = actions.add_folder(space=lille, slug="annexes", name=f"Annexes {WORD}", parent=restricted)
    factories.make_document(below, by=afresh(inside), title=f"Annexe {WORD}")
    assert sees(outside, lille) == NOTHING
    assert search(afresh(inside), WORD).total == 3


def test_a_folder_made_from_an_old_page_is_inside_too(folder, lille, manager, outside):
    actions.restrict_folder(folder=Folder.objects.get(pk=folder.pk), members=[], by=manager)
    assert folder.boundary_id is None  # what the page that was shown before knows
    made = actions.create_folder(space=lille, name=f"Annexes {WORD}", parent=folder, by=manager)
    assert (made.boundary_id is None, sees(outside, lille)["folder"]) == (False, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_a_folder_made_deep_below_while_it_is_restricted_is_inside_too():
    space = factories.make_space("lille")
    manager = factories.make_member(space, Role.MANAGER)
    top = factories.make_folder(space, "budget")
    below = actions.add_folder(space=space, slug="annexes", name="Annexes", parent=top)
    made, failed = threading.Event(), []

    def make():
        try:
            with transaction.atomic():
                actions.create_folder(space=space, name="Tout en bas", parent=below, by=manager)
                made.set()
                time.sleep(0.5)  # the other waits
        except Exception as error:  # told by the test, not lost in a thread
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=make)
    thread.start()
    assert made.wait(20)
    actions.restrict_folder(folder=top, members=[], by=manager)
    thread.join()
    assert failed == []
    assert set(Folder.objects.values_list("boundary", flat=True)) == {Boundary.objects.get().pk}


def test_a_document_is_bounded_by_where_it_is_put(restricted, document, lille, manager, inside, outside):
    open_folder = factories.make_folder(lille, "ouvert")
    manager = afresh(manager)
    actions.change_document(document=document, by=manager, title=document.title, description="", folder=open_folder)
    assert sees(outside, lille) == EVERYTHING | {"folder": False}
    actions.change_document(document=document, by=manager, title=document.title, description="", folder=restricted)
    assert sees(outside, lille) == NOTHING


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite keeps no rows in pages with room")
@pytest.mark.parametrize("table", ["documents_document", "notifications_event", "search_entry"])
def test_a_circle_has_nothing_indexed_anew(table, folder, manager):
    """Thousands of documents are closed, or opened, within a request: PostgreSQL writes their rows where they are, and leaves the
    seventeen indexes of a document, and those of the texts, alone."""
    for number in range(12):
        factories.make_document(folder, by=manager, title=f"Tableau {number}", content=f"%PDF-{number}".encode())

    def written() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_hot_updated(oid)"
                " FROM pg_class WHERE relname = %s",
                [table],
            )
            return list(cursor.fetchone())

    before = written()
    actions.restrict_folder(folder=folder, members=[], by=manager)
    assert [after - then for after, then in zip(written(), before, strict=True)] == [12, 12]


FROM_OUTSIDE = {
    "change": lambda it, by: actions.change_document(
        document=it, by=by, title="Autre", description="", folder=it.folder
    ),
    "describe": lambda it, by: actions.describe_document(document=it, by=by, facts=actions.Facts()),
    "withdraw": lambda it, by: actions.withdraw_document(document=it, by=by),
    "reserve": lambda it, by: actions.reserve_document(document=it, by=by),
    "release": lambda it, by: actions.release_document(document=it, by=by),
    "version": lambda it, by: actions.publish_version(document=it, file=ContentFile(b"deux", name="a.txt"), by=by),
    "restore": lambda it, by: actions.restore_version(version=it.versions.get(), by=by),
    "name": lambda it, by: actions.name_version(version=it.versions.get(), by=by, label="Nom"),
    "link": lambda it, by: actions.create_link(document=it, by=by, recipient="Un maire"),
}
"""What an author does to their document, `it` being the row that their page was made of."""


@pytest.mark.parametrize("did", FROM_OUTSIDE)
def test_an_author_left_outside_since_their_page_was_shown_does_nothing_inside(did, folder, outside, manager):
    made = factories.make_document(folder, by=outside, name="a.txt", content=b"un")
    shown = Document.objects.select_related("space", "folder").get(pk=made.pk)
    actions.restrict_folder(folder=folder, members=[], by=manager)
    before = Document.objects.filter(pk=made.pk).values().get()
    with pytest.raises(Http404):
        FROM_OUTSIDE[did](shown, outside)
    assert Document.objects.filter(pk=made.pk).values().get() == before


def test_whoever_is_outside_cannot_write_inside(restricted, document, lille, outside):
    outside = afresh(outside)
    with pytest.raises(Http404):
        factories.make_document(restricted, by=outside)
    own = factories.make_document(factories.make_folder(lille, "ouvert"), by=outside)
    with pytest.raises(Http404):
        actions.change_document(document=own, by=outside, title="x", description="", folder=restricted)


def test_leaving_the_space_leaves_its_circles(restricted, lille, inside):
    Membership.objects.filter(user=inside).update(ended_at=timezone.now())
    assert sees(inside, lille) == NOTHING


def test_a_lapsed_mandate_leaves_the_circle_where_everybody_registered_reads(inside, manager):
    commun = factories.make_space("commun", visibility=Visibility.REGISTERED)
    chief, member = (factories.make_member(commun, role) for role in (Role.MANAGER, Role.READER))
    folder = factories.make_folder(commun, name=f"Cercle {WORD}")
    factories.make_document(folder, by=chief, title=WORD)
    actions.restrict_folder(folder=folder, members=[member], by=chief)
    assert sees(member, commun) == EVERYTHING
    Membership.objects.filter(user=member).update(ended_at=timezone.now())
    assert sees(member, commun) == NOTHING


def test_opening_a_folder_again_shows_all_of_it(restricted, lille, manager, outside):
    actions.open_folder(folder=restricted, by=manager)
    assert sees(outside, lille) == EVERYTHING


def test_who_may_restrict(folder, document, inside, outside, manager):
    with pytest.raises(PermissionDenied):
        actions.restrict_folder(folder=folder, members=[inside], by=inside)
    elsewhere = factories.make_member(factories.make_space(), Role.MANAGER)
    with pytest.raises(Http404):
        actions.restrict_folder(folder=folder, members=[inside], by=elsewhere)
    with pytest.raises(ValidationError):  # the circle is made of members
        actions.restrict_folder(folder=folder, members=[elsewhere], by=manager)


def test_one_policy_query_whatever_there_is(restricted, inside, django_assert_num_queries):
    inside = afresh(inside)
    with django_assert_num_queries(1):
        assert policy.reader_of(inside).boundary_ids == {restricted.boundary_id}


# --- Shares ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def douai():
    return factories.make_space("douai")


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def test_a_share_opens_the_document_and_nothing_else(restricted, document, douai, lille, manager):
    reader = factories.make_member(douai)
    other = factories.make_document(restricted, by=manager, title=f"Autre {WORD}")
    share = actions.share_document(
        document=document, by=manager, to_space=douai, ends_on=tomorrow(), reason="Travail commun"
    )
    assert sees(reader, lille) == NOTHING | {"document": True, "search": True}
    assert [row.title for row in shared_with(afresh(reader))] == [document.title]
    assert search(afresh(reader), WORD).total == 1
    assert not Document.objects.visible_to(afresh(reader)).filter(pk=other.pk).exists()
    actions.revoke_share(share=share, by=manager)
    assert sees(reader, lille) == NOTHING


def test_a_share_with_a_person_is_for_that_person(restricted, document, lille, manager, outside):
    same_space = factories.make_member(lille)
    actions.share_document(document=document, by=manager, to_user=outside, ends_on=tomorrow(), reason="Relecture")
    assert sees(outside, lille) == NOTHING | {"document": True, "search": True}
    assert sees(same_space, lille) == NOTHING


def test_a_share_ends_by_the_date_itself(document, douai, lille, manager):
    reader = factories.make_member(douai)
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=tomorrow(), reason="Travail commun")
    Share.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert sees(reader, lille) == NOTHING


def test_a_withdrawn_document_is_shared_with_nobody(document, douai, lille, manager):
    reader = factories.make_member(douai)
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=tomorrow(), reason="Travail commun")
    actions.withdraw_document(document=document, by=manager)
    assert sees(reader, lille) == NOTHING


def test_nobody_shares_more_than_they_may(document, douai, outside, inside):
    for stranger, error in ((outside, PermissionDenied), (factories.make_member(douai, Role.MANAGER), Http404)):
        with pytest.raises(error):
            actions.share_document(
                document=document, by=afresh(stranger), to_space=douai, ends_on=tomorrow(), reason="x"
            )


def test_the_answer_agrees_with_the_decision(restricted, document, douai, lille, manager, inside, outside):
    factories.make_member(douai)
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=tomorrow(), reason="Travail commun")
    actions.share_document(document=document, by=manager, to_user=outside, ends_on=tomorrow(), reason="Relecture")
    factories.make_member(lille)
    factories.make_animation()
    lines = policy.who_can_see(lille, boundary_id=restricted.boundary_id, object_id=document.uuid)
    told = {line.user.pk for line in lines}
    readers = {user.pk for user in User.objects.all() if Document.objects.visible_to(afresh(user)).exists()}
    assert told == readers
