"""Until when a document holds, and when it is to be looked at again, become filters. Columns without a default: SQLite adds them
without making the table anew, its triggers stay."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0010_room_for_boundaries'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='review_on',
            field=models.DateField(blank=True, null=True, verbose_name='à revoir le'),
        ),
        migrations.AddField(
            model_name='entry',
            name='valid_until',
            field=models.DateField(blank=True, help_text='Dernier jour compris.', null=True, verbose_name='valable jusqu’au'),
        ),
    ]
