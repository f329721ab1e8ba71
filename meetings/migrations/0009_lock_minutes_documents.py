"""The documents of minutes that are there already are written from their meeting alone, as the next ones."""

from django.db import migrations

REASON = "Ce compte rendu s’écrit depuis sa réunion\u00a0: il ne se remplace, ne se renomme ni ne se retire ici."


def lock(apps, schema_editor):
    minutes = apps.get_model("meetings", "Minutes").objects.exclude(document=None)
    apps.get_model("documents", "Document").objects.filter(pk__in=minutes.values("document")).update(
        locked_reason=REASON, reserved_by=None, reserved_until=None
    )


class Migration(migrations.Migration):
    dependencies = [("documents", "0010_locked_documents"), ("meetings", "0008_deposited_minutes")]

    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
