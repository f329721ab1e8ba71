from django.db import migrations, models
from django.db.models import F, Q


def tell_the_backlog(apps, schema_editor):
    """What waits or was put there by somebody else than the organiser came from the backlog, as far as can be known."""
    items = apps.get_model("meetings", "AgendaItem").objects.exclude(body=None).filter(carried_from=None, approves=None)
    by_others = Q(proposed_by__isnull=False) & ~Q(proposed_by=F("meeting__created_by"))
    raised = Q(pk__in=apps.get_model("meetings", "Escalation").objects.exclude(item=None).values("item"))
    chosen = items.filter(Q(meeting=None) | by_others | raised).values_list("pk", flat=True)
    apps.get_model("meetings", "AgendaItem").objects.filter(pk__in=list(chosen)).update(is_from_backlog=True)


class Migration(migrations.Migration):
    dependencies = [("meetings", "0011_invitee_as_member")]

    operations = [
        migrations.AddField(
            model_name="agendaitem",
            name="is_from_backlog",
            field=models.BooleanField(default=False, editable=False, verbose_name="vient des points en attente"),
        ),
        migrations.AddField(
            model_name="minutes",
            name="reminded_on",
            field=models.DateField(editable=False, null=True, verbose_name="organisateur relancé le"),
        ),
        migrations.CreateModel(
            name="DecisionSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(max_length=30)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "numérotation des décisions",
                "verbose_name_plural": "numérotations des décisions",
                "constraints": [models.UniqueConstraint(fields=("series", "year"), name="decision_series_once")],
            },
        ),
        migrations.RunPython(tell_the_backlog, migrations.RunPython.noop, elidable=True),
    ]
