from django.core.management.base import BaseCommand

from notifications.tasks import send_digests, sweep_events


class Command(BaseCommand):
    help = "Dit ce qui attend d’être dit, et écrit les récapitulatifs dont l’heure est venue."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{sweep_events()} événement(s) annoncé(s), {send_digests()} récapitulatif(s) écrit(s).")
