"""The versions of a document: each file that it has had, for good."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from documents.models.documents import Document, document_store
from documents.models.works import Scan, may_be_taken

if TYPE_CHECKING:
    from accounts.models import User


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def visible_to(self, user: "User") -> "DocumentVersionQuerySet":
        """Whoever reads a document in its space reads all of its versions; a share opens the current one alone."""
        return self.filter(document__in=Document.objects.within_spaces_of(user).order_by())

    def handed_to(self, user: "User") -> "DocumentVersionQuerySet":
        """What `user` reads and may take: `scanning.may_take`, for a list."""
        return self.visible_to(user).filter(may_be_taken(user, author="author_id"))

    def with_scan_state(self) -> "DocumentVersionQuerySet":
        """Adds `scan_state`, for `scanning.may_take`; None where the antivirus was not asked."""
        scans = Scan.objects.filter(sha256=models.OuterRef("sha256"))
        return self.annotate(scan_state=models.Subquery(scans.values("state")[:1]))


class DocumentVersion(models.Model):
    """One file of a document. Its bytes, number, name and reason never change, and it leaves only with its document, from
    the trash: the database itself refuses anything else (`documents.guard`). A name (« version validée en COTEC ») may be
    given to it afterwards."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions", verbose_name="document")
    number = models.PositiveIntegerField("numéro")
    file = models.FileField("fichier", storage=document_store, max_length=200)
    original_name = models.CharField("nom du fichier", max_length=255, help_text="Tel que déposé, en NFC.")
    extension = models.CharField("format", max_length=10, help_text="En minuscules, sans point.")
    media_type = models.CharField("type", max_length=120)
    size = models.PositiveBigIntegerField("taille", help_text="En octets.")
    sha256 = models.CharField("empreinte", max_length=64, db_index=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="auteur"
    )
    created_at = models.DateTimeField("déposée le")
    reason = models.CharField("ce qui a changé", max_length=500, blank=True)
    label = models.CharField("nom de la version", max_length=80, blank=True)
    labelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="nommée par"
    )
    labelled_at = models.DateTimeField("nommée le", null=True)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version"
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_number")]

    def __str__(self) -> str:
        return f"version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("documents:version", args=[self.document.uuid, self.number])

    @classmethod
    def current_of(cls, document: Document) -> "DocumentVersion":
        """The file that `document` holds now, as a row still to be saved."""
        return cls(
            document=document,
            number=document.current_number,
            file=document.file.name,
            original_name=document.original_name,
            extension=document.extension,
            media_type=document.media_type,
            size=document.file_size,
            sha256=document.sha256,
            author=document.version_author,
            created_at=document.published_at,
        )

    @property
    def format_label(self) -> str:
        return self.extension.upper()
