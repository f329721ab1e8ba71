"""Sheets and slides that hold no picture of themselves are laid out anew: those that are there are looked at again by the sweep."""

from django.db import migrations


def forwards(apps, schema_editor):
    DocumentVersion, Preview = apps.get_model("documents", "DocumentVersion"), apps.get_model("documents", "Preview")
    held = DocumentVersion.objects.filter(extension__in=("xlsx", "pptx")).order_by().values("sha256")
    Preview.objects.filter(state="none", sha256__in=held).update(state="pending", claimed_at=None, attempts=0)


class Migration(migrations.Migration):
    dependencies = [("documents", "0020_folder_renamed_at")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
