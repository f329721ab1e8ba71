"""Epochs: a token in each space's row, which the database changes with the tables that a kept page is made of (`kept.py`), in the
same transaction, whatever code, screen or console writes.

Put in place after each migration, like the locks of `documents/guard.py`: SQLite changes a table by making it anew, without its
triggers."""

import re
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper


class SpaceMark(NamedTuple):
    """A space and its epoch."""

    pk: int
    epoch: str


def mark_of(pk: int, reference: str) -> dict[str, SpaceMark]:
    """By its slug, the space of which the rights' query says « slug/epoch »."""
    slug, _, epoch = reference.partition("/")
    return {slug: SpaceMark(pk, epoch)}


_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_renew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE spaces_space SET epoch = replace(gen_random_uuid()::text, '-', '') WHERE id IN (
        SELECT id FROM spaces_space WHERE id IN ({spaces}) ORDER BY id FOR NO KEY UPDATE
    );
    RETURN NULL;
END $$;
"""
_POSTGRESQL_TRIGGER = """
CREATE OR REPLACE TRIGGER {table}_{when}_{rows} AFTER {when} ON {table} REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_renew();
"""
_SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_{when}_{rows} AFTER {when} ON {table} BEGIN
    UPDATE spaces_space SET epoch = lower(hex(randomblob(16))) WHERE id IN ({spaces});
END
"""
_COLUMN = re.compile(r"\{(\w+)\}")
_CHANGES = (("INSERT", "NEW"), ("UPDATE", "OLD"), ("UPDATE", "NEW"), ("DELETE", "OLD"))


def renew_with(connection: BaseDatabaseWrapper, table: str, spaces: str) -> None:
    """From now, a change of `table` changes the epoch of the spaces that it concerns. `spaces` is what finds their ids, in SQL, with
    « {column} » for the values of a changed row: « {space_id} », « SELECT … WHERE sha256 IN ({sha256}) ». May be asked any number
    of times."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, table, spaces):
            cursor.execute(statement)


def _statements(vendor: str, table: str, spaces: str) -> list[str]:
    if vendor == "sqlite":
        return [
            _SQLITE_TRIGGER.format(table=table, when=when, rows=rows, spaces=_COLUMN.sub(rf"{rows}.\1", spaces))
            for when, rows in _CHANGES
        ]
    # DISTINCT: a statement may change thousands of rows, and each was joined with the spaces for two thirds of its time.
    written = [_POSTGRESQL.format(table=table, spaces=_COLUMN.sub(r"SELECT DISTINCT \1 FROM changed", spaces))]
    return written + [_POSTGRESQL_TRIGGER.format(table=table, when=when, rows=rows) for when, rows in _CHANGES]
