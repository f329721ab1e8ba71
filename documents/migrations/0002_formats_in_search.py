"""The format of each document already findable becomes a filter of the search."""

from django.db import migrations


def forwards(apps, schema_editor):
    documents = apps.get_model("documents", "Document").objects.filter(withdrawn_at=None)
    entries = apps.get_model("search", "Entry").objects.filter(kind="document")
    for extension in documents.order_by().values_list("extension", flat=True).distinct():
        of_format = documents.filter(extension=extension).order_by("pk").values_list("uuid", flat=True)
        names = [str(uuid) for uuid in of_format]
        for start in range(0, len(names), 500):
            entries.filter(object_id__in=names[start : start + 500]).update(extension=extension)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("search", "0003_entry_extension")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
