from importlib import import_module

from django.db import migrations, models

full_text = import_module("search.migrations.0002_full_text")


def restore_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        full_text.make_sqlite_triggers(schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0005_minutes'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name='entry',
            name='nature',
            field=models.CharField(blank=True, default='', help_text='Vide : rien n’en est dit.', max_length=12, verbose_name='nature d’un document'),
        ),
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
    ]
