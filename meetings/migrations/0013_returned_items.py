import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0012_nothing_forgotten")]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="returned_item",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="returns",
                to="meetings.agendaitem",
                verbose_name="réponse inscrite",
            ),
        ),
    ]
