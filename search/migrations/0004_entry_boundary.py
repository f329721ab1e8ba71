from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models


full_text = import_module("search.migrations.0002_full_text")


def restore_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        full_text.make_sqlite_triggers(schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0003_entry_extension'),
        ('spaces', '0002_boundary_share'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, restore_triggers),
        migrations.AddField(
            model_name='entry',
            name='boundary',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='spaces.boundary'),
        ),
        migrations.RunPython(restore_triggers, migrations.RunPython.noop),
    ]
