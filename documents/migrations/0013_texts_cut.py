"""Texts that were cut at the former bound are read again, up to the present one, by the sweep."""

from django.db import migrations, models
from django.db.models.functions import Length

FORMER_BOUND = 100_000


def forwards(apps, schema_editor):
    documents = apps.get_model("documents", "Document").objects.order_by()
    cut = documents.filter(text_state="done").annotate(length=Length("text")).filter(length__gte=FORMER_BOUND - 1000)
    documents.filter(pk__in=list(cut.values_list("pk", flat=True))).update(text_state="pending", text_attempts=0)


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0012_natures_in_search'),
    ]

    operations = [
        migrations.AlterField(
            model_name='document',
            name='text_state',
            field=models.CharField(choices=[('pending', 'En attente'), ('done', 'Lu'), ('cut', 'Lu en partie'), ('protected', 'Protégé par un mot de passe'), ('heavy', 'Trop lourd'), ('unreadable', 'Illisible')], default='pending', editable=False, max_length=10, verbose_name='état du texte'),
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
