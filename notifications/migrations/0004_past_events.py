"""What happened before there were mails is told to nobody: it was on the site, and is known."""

from django.db import migrations
from django.db.models import F

CATEGORIES = {
    "announcement.": "announcements",
    "document.": "documents",
    "meeting.": "meetings",
    "page.": "pages",
    "space.": "life",
}


def settle(apps, schema_editor):
    events = apps.get_model("notifications", "Event").objects
    events.filter(told_at=None).update(told_at=F("created_at"))
    for prefix, category in CATEGORIES.items():
        events.filter(kind__startswith=prefix).update(category=category)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_telling")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
