"""Load the demo network: fictitious people and papers, for a trial or a demonstration. Never on a real site."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from directory.models import Territory
from extranet.demo import loading, places


class Command(BaseCommand):
    help = "Charge le réseau de démonstration : personnes, mandats, documents, annonces et réunions, tous fictifs."

    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Le réseau de démonstration ne se charge qu’en mode embarqué (DEMO_MODE).")
        if loading.is_loaded():
            self.stdout.write("Le réseau de démonstration est déjà là : rien à faire.")
            return
        missing = places.TOWNS.keys() - set(Territory.objects.values_list("slug", flat=True))
        if missing:
            raise CommandError(
                "Construisez d’abord la région (manage.py setup_region). "
                f"Territoires attendus et absents : {', '.join(sorted(missing))}."
            )
        started = time.monotonic()

        def tell(line: str) -> None:
            self.stdout.write(f"  {line} ({time.monotonic() - started:.0f} s)")
            self.stdout.flush()

        loading.load(tell)
