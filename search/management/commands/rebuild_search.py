from django.core.management.base import BaseCommand

from search.actions import rebuild


class Command(BaseCommand):
    help = "Refait l’index de recherche à partir des documents, pages, annonces et réunions."

    def handle(self, *args: object, **options: object) -> None:
        for room, count in rebuild().items():
            self.stdout.write(f"{room} : {count} éléments indexés")
        self.stdout.write(self.style.SUCCESS("Index de recherche refait."))
