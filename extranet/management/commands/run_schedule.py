"""The embedded mode's beat: every periodic task, once, here and now. A cron line can call it where there is no Celery."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Exécute une fois chaque tâche périodique (CELERY_BEAT_SCHEDULE), dans ce processus."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", nargs="?", help="Cette tâche seulement, par exemple mail.tasks.sweep_mail.")

    def handle(self, *, verbosity: int, task: str | None = None, **options: Any) -> None:
        current_app.loader.import_default_modules()
        tasks = {entry["task"]: name for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
        if task and task not in tasks:
            raise CommandError(f"{task} n’est pas une tâche périodique. Il y a\u00a0: {', '.join(sorted(tasks))}.")
        failed = []
        for one in [task] if task else tasks:
            if verbosity:
                self.stdout.write(tasks[one])
            try:
                current_app.tasks[one].apply(throw=True)
            except Exception:  # the others run, whatever befell this one
                logger.exception("%s failed", one)
                failed.append(one)
        if failed:
            raise CommandError(f"En échec\u00a0: {', '.join(failed)}.")
