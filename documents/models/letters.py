"""Why a mail of this room may leave."""

from django.conf import settings
from django.db import models

from documents.models.documents import Document
from mail.models import OutgoingMail


class DocumentMail(models.Model):
    """Whom a mail is for, and which document it names: asked again as it leaves (`documents.leaving`), forgotten with it."""

    mail = models.OneToOneField(OutgoingMail, on_delete=models.CASCADE, related_name="+", verbose_name="courriel")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="destinataire"
    )
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+", verbose_name="document")

    class Meta:
        verbose_name = "courriel sur un document"
        verbose_name_plural = "courriels sur des documents"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.mail_id} · {self.document_id}"
