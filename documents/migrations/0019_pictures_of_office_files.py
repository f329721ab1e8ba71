from django.db import migrations, models

OFFICE = ("odt", "ods", "odp", "odg", "docx", "xlsx", "pptx")


def ask_for_previews(apps, schema_editor):
    """The files that are there already get their pictures from the sweep."""
    DocumentVersion, Preview = apps.get_model("documents", "DocumentVersion"), apps.get_model("documents", "Preview")
    versions = DocumentVersion.objects.filter(extension__in=OFFICE).order_by()
    known = Preview.objects.order_by().values("sha256")
    fingerprints = versions.exclude(sha256__in=known).values_list("sha256", flat=True).distinct()
    rows = (Preview(sha256=sha256) for sha256 in list(fingerprints))
    Preview.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("documents", "0018_labels_in_search")]

    operations = [
        migrations.AlterField(
            model_name="preview",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "En préparation"),
                    ("done", "Prêt"),
                    ("none", "Sans image"),
                    ("protected", "Protégé par un mot de passe"),
                    ("heavy", "Trop lourd"),
                    ("broken", "Illisible"),
                ],
                default="pending",
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.RunPython(ask_for_previews, migrations.RunPython.noop),
    ]
