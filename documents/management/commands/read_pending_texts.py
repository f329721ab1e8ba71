from typing import Any

from django.core.management.base import BaseCommand

from documents import tasks


class Command(BaseCommand):
    help = "Lit, pour la recherche, le texte des documents qui attendent encore."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{tasks.read_pending()} document(s) lu(s).")
