from typing import Any

from django.core.management.base import BaseCommand

from documents.purge import purge_trash


class Command(BaseCommand):
    help = "Efface pour de bon les documents restés trop longtemps à la corbeille, puis les fichiers que plus rien n’utilise."

    def handle(self, *args: Any, **options: Any) -> None:
        documents, files = purge_trash()
        self.stdout.write(f"{documents} document(s) et {files} fichier(s) effacé(s) pour de bon.")
