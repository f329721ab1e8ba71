"""Who took which version away, and when. Names are kept for a limited time; the number stays."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from documents.models.documents import Document

if TYPE_CHECKING:
    from accounts.models import User


class DownloadRecordQuerySet(models.QuerySet["DownloadRecord"]):
    def visible_to(self, user: "User") -> "DownloadRecordQuerySet":
        """Everybody sees their own, of documents that they may still read."""
        return self.filter(user_id=user.pk, document__in=Document.objects.visible_to(user).order_by())


class DownloadRecord(models.Model):
    """One download. Nobody is named for one by a signed link: whoever had the link has no account.

    Each index is paid for at each download: the two below begin with the two keys, which have none of their own."""

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, db_index=False, related_name="downloads", verbose_name="document"
    )
    version_number = models.PositiveIntegerField("version")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="downloads",
        verbose_name="personne",
    )
    created_at = models.DateTimeField("date", auto_now_add=True)

    objects = DownloadRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "téléchargement"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "document", "version_number"], name="download_mine"),
            models.Index(fields=["document", "-created_at"], name="download_of_document"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.version_number}"


class DownloadCount(models.Model):
    """How many downloads of a version have lost their names to time."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="forgotten_downloads")
    version_number = models.PositiveIntegerField("version")
    count = models.PositiveIntegerField("nombre", default=0)

    class Meta:
        verbose_name = "téléchargements oubliés"
        verbose_name_plural = "téléchargements oubliés"
        ordering = ["document", "version_number"]
        constraints = [models.UniqueConstraint(fields=["document", "version_number"], name="download_count_unique")]

    def __str__(self) -> str:
        return f"{self.count} × v{self.version_number}"
