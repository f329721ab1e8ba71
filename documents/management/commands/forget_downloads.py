from typing import Any

from django.core.management.base import BaseCommand

from documents import actions


class Command(BaseCommand):
    help = "Oublie qui a téléchargé quoi il y a plus de DOWNLOAD_RECORD_DAYS jours ; garde combien l’ont fait."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.forget_downloads()} téléchargement(s) oublié(s).")
