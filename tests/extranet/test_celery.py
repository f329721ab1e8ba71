"""A worker's connection to the database serves several tasks, and another is opened when it has been cut."""

from types import SimpleNamespace

import pytest
from celery import current_app
from celery.fixups.django import DjangoWorkerFixup
from django.db import DatabaseError, connection

from extranet.celery import keep_connections


def between_two_tasks() -> None:
    DjangoWorkerFixup(current_app).close_database()
    keep_connections(SimpleNamespace(request=SimpleNamespace(is_eager=False)))


def process_at_the_server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_a_connection_serves_from_one_task_to_the_next_as_long_as_it_is_there(monkeypatch):
    monkeypatch.undo()  # the suite keeps it open, come what may
    connection.close()  # and for longer than a connection is kept
    first = process_at_the_server()
    between_two_tasks()
    assert process_at_the_server() == first
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    between_two_tasks()
    assert process_at_the_server() != first
