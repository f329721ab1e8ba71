"""Two people at once on a folder and on what it holds: one waits for the other, and neither is given up by the database."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from documents import actions
from documents.models import Document, Folder
from spaces.enums import Role
from spaces.models import Boundary
from tests.factories import make_document, make_folder, make_member, make_space

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"),
]


def waiting() -> int:
    """How many connections to this database wait for somebody else's lock, now and not when this transaction first asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def queue_behind(held: Folder, works: list[Callable[[], object]]) -> list[Exception]:
    """Run `works` each in a thread, one after the other as far as `held`, which is then let go. Returns what failed."""
    failed: list[Exception] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    with transaction.atomic():
        Folder.objects.select_for_update().get(pk=held.pk)
        for rank, thread in enumerate(threads, start=1):
            thread.start()
            until = time.monotonic() + 20
            while waiting() < rank:
                assert time.monotonic() < until, f"{rank} should wait, {waiting()} do"
                time.sleep(0.05)
    for thread in threads:
        thread.join(20)
    return failed


def test_a_document_is_moved_while_its_folder_is_being_restricted():
    space = make_space("lille")
    manager = make_member(space, Role.MANAGER)
    top, other = make_folder(space, "budget"), make_folder(space, "guide")
    document = make_document(top, by=manager)
    failed = queue_behind(
        other,
        [
            lambda: actions.restrict_folder(folder=top, members=[], by=manager),
            lambda: actions.change_document(document=document, by=manager, title="Guide", description="", folder=other),
        ],
    )
    moved = Document.objects.get()
    assert (failed, moved.title, moved.folder, moved.boundary_id) == ([], "Guide", other, None)
    top.refresh_from_db()
    assert top.boundary_id == Boundary.objects.get().pk


def test_two_folders_of_a_space_are_restricted_at_once():
    space = make_space("lille")
    manager = make_member(space, Role.MANAGER)
    first, second, third = (make_folder(space, slug) for slug in ("a", "b", "c"))
    failed = queue_behind(
        first,
        [
            lambda: actions.restrict_folder(folder=third, members=[], by=manager),
            lambda: actions.restrict_folder(folder=second, members=[], by=manager),
        ],
    )
    assert failed == []
    assert Folder.objects.exclude(boundary=None).count() == 2
