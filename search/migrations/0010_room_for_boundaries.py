"""Putting a folder of thousands of documents into a circle indexed all their texts anew: the column has an index no more, and half of
each page is left for the new rows. What is there already takes its room as it is written again."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

labels_in_full_text = import_module("search.migrations.0008_labels_in_full_text")


def restore_triggers(apps, schema_editor):
    """SQLite has just made the table anew, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        labels_in_full_text.make_sqlite_triggers(schema_editor)


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry SET (fillfactor = 50)")


def leave_none(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("search", "0009_minutes_and_their_document"), ("spaces", "0002_boundary_share")]

    operations = [
        migrations.RunPython(leave_room, leave_none),
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AlterField(
            model_name="entry",
            name="boundary",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="spaces.boundary",
            ),
        ),
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
    ]
