from typing import Any

from django.core.management.base import BaseCommand

from panels.actions import erase_old_names


class Command(BaseCommand):
    help = (
        "Efface le nom et les coordonnées des usagers dont le mandat a pris fin il y a plus de PANEL_NAMES_DAYS jours."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{erase_old_names()} nom(s) effacé(s).")
