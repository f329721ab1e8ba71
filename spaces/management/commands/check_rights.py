from django.core.management.base import BaseCommand, CommandParser

from spaces import audit


class Command(BaseCommand):
    help = "Compare les groupes et les droits enregistrés avec les mandats. Code de sortie 1 s’il reste un écart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="remettre en ordre ce qui diffère")

    def handle(self, *args: object, repair: bool, **options: object) -> None:
        found = list(audit.differences())
        for difference in found:
            self.stdout.write(f"- {difference.sentence}")
        if found and repair:
            audit.repair()
            left = list(audit.differences())
            self.stdout.write(f"Écarts réparés : {len(found) - len(left)} sur {len(found)}.")
            found = left
        if found:
            self.stderr.write(f"Écarts entre les droits et les mandats : {len(found)}.")
            raise SystemExit(1)
        self.stdout.write("Les droits correspondent aux mandats.")
