"""Triggers that stand in the database beside the migrations (`documents/guard.py`, `meetings/guard.py`, `epochs.py`)."""

from typing import Any

from django.apps import AppConfig
from django.db import connections


def set_aside(sender: AppConfig, using: str = "default", **kwargs: Any) -> None:
    """Receiver of `pre_migrate`, for a room whose receiver of `post_migrate` puts its triggers in place: SQLite changes a table
    by making it anew, and refuses while the trigger of another table names it. After a migration that failed, they are
    missing until one succeeds."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        for name, table in cursor.fetchall():
            if table.startswith(f"{sender.label}_"):
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
