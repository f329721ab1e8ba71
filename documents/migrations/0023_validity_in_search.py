"""The dates of each document already findable become filters of the search."""

from django.db import migrations
from django.db.models import Q


def forwards(apps, schema_editor):
    documents = apps.get_model("documents", "Document").objects.filter(withdrawn_at=None)
    entries = apps.get_model("search", "Entry").objects.filter(kind="document")
    dated = documents.exclude(Q(valid_until=None) & Q(review_on=None)).order_by()
    for until, review in list(dated.values_list("valid_until", "review_on").distinct()):
        same = documents.filter(valid_until=until, review_on=review).order_by("pk")
        names = [str(uuid) for uuid in same.values_list("uuid", flat=True)]
        for start in range(0, len(names), 500):
            entries.filter(object_id__in=names[start : start + 500]).update(valid_until=until, review_on=review)


class Migration(migrations.Migration):
    dependencies = [("documents", "0022_room_for_boundaries"), ("search", "0011_entry_validity")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
