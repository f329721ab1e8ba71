from typing import Any

from django.core.management.base import BaseCommand

from documents import actions


class Command(BaseCommand):
    help = "Ask the antivirus anew about the files that it could not look at, once its StreamMaxLength has been raised."

    def handle(self, **options: Any) -> None:
        count = actions.scan_again()
        verdicts = actions.scan_waiting_files()
        self.stdout.write(f"{count} fichiers à regarder de nouveau, {verdicts} verdicts.")
