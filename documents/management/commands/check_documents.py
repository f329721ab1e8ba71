import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat

from documents.integrity import differences, unused


class Command(BaseCommand):
    help = "Vérifie chaque fichier du dépôt et chaque document. Code de retour 1 à la moindre différence."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for sentence in differences():
            count += 1
            self.stderr.write(sentence)
        files, size = unused()
        if files:
            self.stdout.write(f"Fichiers sans document : {files} ({filesizeformat(size)}), sans gravité.")
        if count:
            self.stderr.write(f"{count} différence(s).")
            sys.exit(1)
        self.stdout.write("Tous les fichiers et tous les documents concordent.")
