"""Build the region from its data file."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from region import plan
from region.actions import build_region


class Command(BaseCommand):
    help = (
        "Construit la région (réseaux, territoires, espaces, dossiers) d’après son fichier ; ne supprime jamais rien."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="Fichier TOML de la région (par défaut : REGION_FILE).")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            region = plan.load(options["file"] or settings.REGION_FILE)
        except plan.PlanError as error:
            raise CommandError(str(error)) from error
        summary = build_region(region)
        self.stdout.write(f"Région {region.name}")
        if summary.is_empty:
            self.stdout.write("  Tout est déjà en place : rien à changer.")
        for label, counts in (("créés", summary.created), ("mis à jour", summary.updated)):
            if counts:
                self.stdout.write(f"  {label} : " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
