"""The database's own lock on approved minutes, whatever code, screen or console writes: what was approved never changes and never
leaves, nor do its errata.

Put in place after each migration and not by one of them: SQLite changes a table by making it anew, without its triggers."""

from typing import Any

from django.db import connections

FROZEN = (
    "meeting_id",
    "state",
    "content",
    "sha256",
    "circulated_at",
    "circulations",
    "amend_until",
    "approved_at",
    "approval",
)
"""Columns of `meetings_minutes` that nothing writes after the approval."""
SAID = ("minutes_id", "number", "text", "created_at")
"""Those of `meetings_erratum`."""

_WHY = "approved minutes do not change"
_APPROVED = "OLD.state = 'approved'"
_OF_APPROVED = "EXISTS (SELECT 1 FROM meetings_minutes WHERE id = OLD.minutes_id AND state = 'approved')"


def _differ(columns: tuple[str, ...], sign: str) -> str:
    return "(" + " OR ".join(f"NEW.{one} {sign} OLD.{one}" for one in columns) + ")"


def _postgresql(table: str, columns: tuple[str, ...], kept: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {kept} AND (TG_OP = 'DELETE' OR {_differ(columns, "IS DISTINCT FROM")}) THEN
        RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep();
"""


def _sqlite(table: str, columns: tuple[str, ...], kept: str) -> tuple[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_unchanged BEFORE UPDATE ON {table} "
        f"WHEN {kept} AND {_differ(columns, 'IS NOT')} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE DELETE ON {table} WHEN {kept} {refuse}",
    )


TABLES = (("meetings_minutes", FROZEN, _APPROVED), ("meetings_erratum", SAID, _OF_APPROVED))


def keep_minutes(using: str = "default", **kwargs: Any) -> None:
    """Receiver of `post_migrate`; may run any number of times."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    for table, columns, kept in TABLES:
        if table not in present:
            continue  # migrated back to before minutes
        is_sqlite = connection.vendor == "sqlite"
        statements = _sqlite(table, columns, kept) if is_sqlite else (_postgresql(table, columns, kept),)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
