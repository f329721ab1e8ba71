"""Why a letter of this room may leave."""

from django.conf import settings
from django.db import models

from mail.models import OutgoingMail
from spaces.models import Space


class LetterRight(models.Model):
    """Whom a letter is for, and whose space it speaks of: asked again as it leaves (`meetings.leaving`), forgotten with it.
    Without a space, it is a guest's: it hangs on their account alone."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="+", verbose_name="courriel")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="destinataire"
    )
    space = models.ForeignKey(Space, null=True, on_delete=models.CASCADE, related_name="+", verbose_name="espace")

    class Meta:
        verbose_name = "droit de recevoir un courriel"
        verbose_name_plural = "droits de recevoir un courriel"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.mail} · {self.space or 'invité'}"
