from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mail.actions import read_bounces


class Command(BaseCommand):
    help = (
        "Lit les rapports de non-remise d’une boîte (Maildir ou mbox) et met en pause les adresses qui n’existent plus. Ce qui a "
        "été lu est marqué comme tel."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="Dossier Maildir, ou fichier mbox.")

    def handle(self, *, path: Path, **options: object) -> None:
        try:
            paused = read_bounces(path)
        except FileNotFoundError as error:
            raise CommandError(f"{path} n’existe pas.") from error
        for address in sorted(paused):
            self.stdout.write(f"En pause : {address}")
        self.stdout.write(f"{len(paused)} adresse(s) en pause.")
