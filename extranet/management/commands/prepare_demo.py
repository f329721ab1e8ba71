"""Everything `make demo` does before serving, in one process: a second start skips what is done."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from extranet.demo import loading, people


class Command(BaseCommand):
    help = "Prépare la base, la région et le réseau de démonstration ; ne refait pas ce qui est fait."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Le réseau de démonstration ne se charge qu’en mode embarqué.")
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        self.step("Base de données", lambda: call_command("migrate", verbosity=0, interactive=False))
        if loading.is_loaded():
            self.stdout.write("Région et réseau de démonstration : déjà là.")
        else:
            self.step("Région : territoires, réseaux, espaces, dossiers", lambda: call_command("setup_region"))
            self.step("Réseau de démonstration : personnes, documents, annonces", lambda: call_command("load_demo"))
        self.step("Tâches périodiques", lambda: call_command("run_schedule", verbosity=0))
        self.stdout.write(f"\n  http://localhost:{port}/\n\n  Mot de passe de tous les comptes : {people.PASSWORD}\n")
        for address, who in people.ACCOUNTS:
            self.stdout.write(f"  {address:<36} {who}")
        self.stdout.write("\nLe site répond dès maintenant. Ctrl+C l’arrête ; « make demo-reset » efface tout.")

    def step(self, title: str, do: Any) -> None:
        started = time.monotonic()
        self.stdout.write(f"{title}…")
        self.stdout.flush()
        do()
        self.stdout.write(f"{title} : fait en {time.monotonic() - started:.1f} s.".replace(".", ",", 1))
