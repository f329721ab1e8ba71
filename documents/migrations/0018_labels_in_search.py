"""Each document already findable is found by the names of its nature and of its folder."""

from django.db import migrations

NATURES = {
    "guide": "Guide",
    "map": "Cartographie",
    "kit": "Kit de communication",
    "label": "Pièce de label",
    "minutes": "Compte rendu",
    "agreement": "Convention",
    "plan": "Plan d’action, suivi",
    "form": "Formulaire, modèle",
    "training": "Professionnalisation",
    "other": "",
}


def forwards(apps, schema_editor):
    documents = apps.get_model("documents", "Document").objects.filter(withdrawn_at=None).order_by("pk")
    entries = apps.get_model("search", "Entry").objects.filter(kind="document")
    places = documents.order_by().values_list("folder", "folder__name", "kind").distinct()
    for folder, name, kind in list(places):
        names = [str(uuid) for uuid in documents.filter(folder=folder, kind=kind).values_list("uuid", flat=True)]
        for start in range(0, len(names), 500):
            entries.filter(object_id__in=names[start : start + 500]).update(labels=f"{NATURES[kind]}\n{name}")


class Migration(migrations.Migration):
    dependencies = [("documents", "0017_fewer_indexes_of_downloads"), ("search", "0007_entry_labels")]
    run_before = [("search", "0008_labels_in_full_text")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
