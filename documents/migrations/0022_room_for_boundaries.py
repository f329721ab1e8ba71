"""As search's 0010: half of each page is left for the new rows of documents put into a circle or out of it, which are then written
without touching an index. What is there already takes its room as it is written again."""

import django.db.models.deletion
from django.db import migrations, models


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE documents_document SET (fillfactor = 50)")


def leave_none(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE documents_document RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0021_pictures_of_sheets_and_slides"),
        ("spaces", "0004_share_warned_at"),
    ]

    operations = [
        migrations.RunPython(leave_room, leave_none),
        migrations.AlterField(
            model_name="document",
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
        migrations.AlterField(
            model_name="folder",
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
    ]
