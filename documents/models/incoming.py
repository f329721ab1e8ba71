"""Large files on their way in, by parts."""

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from documents.models.documents import document_store
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


class IncomingUploadQuerySet(models.QuerySet["IncomingUpload"]):
    def visible_to(self, user: "User") -> "IncomingUploadQuerySet":
        """Its author's alone."""
        return self.filter(author_id=user.pk)


class IncomingUpload(models.Model):
    """A file being received. How much of it has come is the length of the file on the disk, and nothing else: a process
    killed between two writes leaves no row that lies."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    name = models.CharField("nom du fichier", max_length=255)
    size = models.PositiveBigIntegerField("taille annoncée", help_text="En octets.")
    choices = models.JSONField("réponses au formulaire", default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = IncomingUploadQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi en cours"
        verbose_name_plural = "envois en cours"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return document_store().incoming / f"upload-{self.uuid}"

    @property
    def offset(self) -> int:
        """Bytes received. Raises `FileNotFoundError` once it has been swept."""
        return self.path.stat().st_size
