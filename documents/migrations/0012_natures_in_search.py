"""The nature of each document already findable becomes a filter of the search."""

from django.db import migrations


def forwards(apps, schema_editor):
    documents = apps.get_model("documents", "Document").objects.filter(withdrawn_at=None).exclude(kind="other")
    entries = apps.get_model("search", "Entry").objects.filter(kind="document")
    for kind in documents.order_by().values_list("kind", flat=True).distinct():
        names = [str(uuid) for uuid in documents.filter(kind=kind).order_by("pk").values_list("uuid", flat=True)]
        for start in range(0, len(names), 500):
            entries.filter(object_id__in=names[start : start + 500]).update(nature=kind)


class Migration(migrations.Migration):
    dependencies = [("documents", "0011_text_attempts"), ("search", "0006_entry_nature")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
