"""An invitation that a mandate was the reason of ends with it. What was the reason was not written down so far: whoever has ever
held a mandate there is taken to have been called for it."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def remember_members(apps, schema_editor):
    Invitee = apps.get_model("meetings", "Invitee")
    Membership = apps.get_model("spaces", "Membership")
    AnimationMandate = apps.get_model("spaces", "AnimationMandate")
    held = Membership.objects.filter(user=OuterRef("user"), space=OuterRef("meeting__space"))
    animated = AnimationMandate.objects.filter(user=OuterRef("user"))
    is_open = Q(meeting__space__visibility="registered") | Q(user__is_superuser=True)
    members = Invitee.objects.exclude(user=None).filter(Exists(held) | Exists(animated) | is_open)
    members.update(as_member=True)


class Migration(migrations.Migration):
    dependencies = [("meetings", "0010_body_guests"), ("spaces", "0003_space_epoch")]

    operations = [
        migrations.AddField(
            model_name="invitee",
            name="as_member",
            field=models.BooleanField(default=False, editable=False, verbose_name="invité comme membre"),
        ),
        migrations.RunPython(remember_members, migrations.RunPython.noop),
    ]
