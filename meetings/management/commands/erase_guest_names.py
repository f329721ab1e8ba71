from typing import Any

from django.core.management.base import BaseCommand

from meetings.actions import erase_guest_names


class Command(BaseCommand):
    help = "Efface le nom et l’adresse des personnes sans compte convoquées à des réunions finies depuis plus de GUEST_NAMES_DAYS jours."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{erase_guest_names()} nom(s) effacé(s).")
