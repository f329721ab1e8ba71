from django.conf import settings
from django.core.management.base import BaseCommand

from mail.actions import purge_mail


class Command(BaseCommand):
    help = "Efface les courriels envoyés ou abandonnés il y a plus de MAIL_KEEP_DAYS jours."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{purge_mail()} courriel(s) de plus de {settings.MAIL_KEEP_DAYS} jours effacé(s).")
