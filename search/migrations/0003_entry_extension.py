from importlib import import_module

from django.db import migrations, models

full_text = import_module("search.migrations.0002_full_text")


def restore_triggers(apps, schema_editor):
    """SQLite has just made the table anew, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        full_text.make_sqlite_triggers(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_full_text")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name="entry",
            name="extension",
            field=models.CharField(
                blank=True, default="", help_text="D’un fichier, sans point.", max_length=10, verbose_name="format"
            ),
        ),
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
    ]
