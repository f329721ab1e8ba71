"""What the database does by itself, whatever code, screen or console writes: a version's bytes and number never change, a
version leaves only with a document that is in the trash, and what a list of documents shows changes its space's epoch.

Put in place after each migration and not by one of them: SQLite changes a table by making it anew, without its triggers."""

from typing import Any

from django.db import connections

from spaces.epochs import renew_with

FROZEN = (
    "document_id",
    "number",
    "file",
    "sha256",
    "size",
    "original_name",
    "extension",
    "media_type",
    "created_at",
    "reason",
)
"""Columns of `documents_documentversion` that nothing writes twice."""

_TABLE = "documents_documentversion"
_IN_USE = "EXISTS (SELECT 1 FROM documents_document WHERE id = OLD.document_id AND withdrawn_at IS NULL)"
_CHANGES = "a version never changes"
_LEAVES = "a version leaves only from the trash"

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION documents_keep_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ({", ".join(f"OLD.{one}" for one in FROZEN)}) IS DISTINCT FROM ({", ".join(f"NEW.{one}" for one in FROZEN)}) THEN
            RAISE EXCEPTION '{_CHANGES}' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF {_IN_USE} THEN
        RAISE EXCEPTION '{_LEAVES}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE OR REPLACE TRIGGER documents_version_kept BEFORE UPDATE OR DELETE ON {_TABLE}
    FOR EACH ROW EXECUTE FUNCTION documents_keep_versions();
"""

SQLITE = (
    f"""CREATE TRIGGER IF NOT EXISTS documents_version_unchanged BEFORE UPDATE ON {_TABLE}
    WHEN {" OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in FROZEN)}
    BEGIN SELECT RAISE(ABORT, '{_CHANGES}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS documents_version_kept BEFORE DELETE ON {_TABLE}
    WHEN {_IN_USE} BEGIN SELECT RAISE(ABORT, '{_LEAVES}'); END""",
)

_HOLDING = "SELECT space_id FROM documents_document WHERE sha256 IN ({sha256})"
SHOWN = {
    "documents_document": "{space_id}",
    "documents_folder": "{space_id}",
    "documents_document_networks": "SELECT space_id FROM documents_document WHERE id IN ({document_id})",
    "documents_preview": _HOLDING,
    "documents_scan": _HOLDING,
}
"""What a folder's page and a download are made of, with the spaces where it shows."""


def keep_versions(using: str = "default", **kwargs: Any) -> None:
    """Receiver of `post_migrate`; may run any number of times."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if _TABLE not in present:
        return  # migrated back to before versions
    with connection.cursor() as cursor:
        for statement in SQLITE if connection.vendor == "sqlite" else (POSTGRESQL,):
            cursor.execute(statement)
    for table, spaces in SHOWN.items():
        if table in present:
            renew_with(connection, table, spaces)
