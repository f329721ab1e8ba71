"""Minutes already findable stand for the document that holds them. What is indexed by the meetings is theirs; a migration of
this room alone knows that the column has just come."""

from django.db import migrations


def forwards(apps, schema_editor):
    entries = apps.get_model("search", "Entry").objects.filter(kind="minutes")
    minutes = apps.get_model("meetings", "Minutes").objects.exclude(document=None).order_by("pk")
    for meeting, uuid in minutes.values_list("meeting_id", "document__uuid").iterator():
        entries.filter(object_id=str(meeting)).update(copied_in=str(uuid))


class Migration(migrations.Migration):
    dependencies = [("search", "0008_labels_in_full_text"), ("meetings", "0015_papers")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
