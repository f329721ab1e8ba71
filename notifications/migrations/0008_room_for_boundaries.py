"""As documents' 0022, for what was said of the documents."""

import django.db.models.deletion
from django.db import migrations, models


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE notifications_event SET (fillfactor = 50)")


def leave_none(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE notifications_event RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_followed_deliveries"),
        ("spaces", "0004_share_warned_at"),
    ]

    operations = [
        migrations.RunPython(leave_room, leave_none),
        migrations.AlterField(
            model_name="event",
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
