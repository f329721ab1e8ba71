from django.core.management.base import BaseCommand

from spaces import actions


class Command(BaseCommand):
    help = "Ferme les mandats échus, fait commencer ceux du jour, annonce les fins proches, efface les vieilles demandes d’accès. Une fois par jour."

    def handle(self, *args: object, **options: object) -> None:
        report = actions.close_mandates()
        self.stdout.write(
            f"Mandats fermés : {report.closed}. Comptes mis à jour : {report.projected}. "
            f"Fins de mandat annoncées : {report.warned}. "
            f"Demandes d’accès effacées : {report.forgotten}."
        )
