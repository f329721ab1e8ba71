"""The embedded mode's beat: every periodic task, once, here and now. A cron line can call it where there is no Celery."""

from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Exécute une fois chaque tâche périodique (CELERY_BEAT_SCHEDULE), dans ce processus."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        current_app.loader.import_default_modules()
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            if verbosity:
                self.stdout.write(name)
            current_app.tasks[entry["task"]].apply(throw=True)
