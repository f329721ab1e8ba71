from typing import Any

from django.core.management.base import BaseCommand

from documents import tasks


class Command(BaseCommand):
    help = "Supprime les fichiers temporaires laissés par des envois interrompus depuis plus d’un jour."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{tasks.sweep_uploads()} fichier(s) temporaire(s) supprimé(s).")
