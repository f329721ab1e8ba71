"""Open one more territory, with everything that the others have."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from directory.models import Network
from region.actions import add_territory
from region.plan import PlanError


class Command(BaseCommand):
    help = "Ouvre un territoire : son espace, ses dossiers, ses pages et ses droits, comme depuis l’écran."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Nom du territoire, par exemple « Avesnois-Thiérache ».")
        parser.add_argument("--slug", default="", help="Identifiant dans l’adresse (par défaut : d’après le nom).")
        parser.add_argument("--network", default="", help="Identifiant du réseau du coordinateur, par exemple « cio ».")

    def handle(self, *_: Any, **options: Any) -> None:
        network = None
        if options["network"]:
            network = Network.objects.filter(slug=options["network"]).first()
            if network is None:
                known = ", ".join(Network.objects.values_list("slug", flat=True))
                raise CommandError(f"Aucun réseau « {options['network']} ». Réseaux connus : {known}.")
        try:
            space = add_territory(
                name=options["name"],
                slug=options["slug"] or slugify(options["name"]),
                coordinator_network=network,
                by=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PlanError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Le territoire « {space.name} » est ouvert : {space.get_absolute_url()}")
