"""A word from the regional animation to those who run a body: what is awaited of it."""

from django.conf import settings
from django.db import models

from meetings.models.bodies import Body


class BodyReminder(models.Model):
    """Written once it was sent, so that it is not sent again the next day."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="reminders", verbose_name="instance")
    year = models.PositiveSmallIntegerField("année")
    reasons = models.TextField("ce qui est attendu", help_text="Une raison par ligne, telle qu’elle a été écrite.")
    sent_at = models.DateTimeField("envoyée le", auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="par"
    )
    recipients = models.PositiveSmallIntegerField("destinataires")

    class Meta:
        verbose_name = "relance d’une instance"
        verbose_name_plural = "relances d’instances"
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["body", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.body} · {self.sent_at:%Y-%m-%d}"
