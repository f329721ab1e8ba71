from importlib import import_module

from django.db import migrations, models

full_text = import_module("search.migrations.0002_full_text")


def restore_triggers(apps, schema_editor):
    """SQLite has just made the table anew, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        full_text.make_sqlite_triggers(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("search", "0006_entry_nature")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name="entry",
            name="labels",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Le nom de sa nature, puis à la ligne celui de son dossier.",
                max_length=200,
                verbose_name="ce qu’il est, où il est",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="copied_in",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Son `object_id` : qui trouve les deux n’en voit qu’un.",
                max_length=40,
                verbose_name="document qui en dit autant",
            ),
        ),
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
    ]
