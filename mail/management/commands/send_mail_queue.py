from django.core.management.base import BaseCommand

from mail.models import OutgoingMail
from mail.tasks import sweep_mail


class Command(BaseCommand):
    help = "Envoie les courriels en attente (à lancer chaque minute quand Celery ne tourne pas)."

    def handle(self, *args: object, **options: object) -> None:
        sent = sweep_mail()
        waiting = OutgoingMail.objects.in_hand().exclude(next_attempt_at=None).count()
        self.stdout.write(f"{sent} courriel(s) parti(s), {waiting} en attente.")
