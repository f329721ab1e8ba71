"""Folders of a space: Wagtail collections, seen from a space."""

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse

from documents.enums import DocumentKind
from spaces.models import Bounded, BoundedQuerySet, Space


class FolderQuerySet(BoundedQuerySet):
    def with_counts(self) -> "FolderQuerySet":
        """Adds `document_count`: what lies in the folder itself, without its subfolders."""
        from documents.models.documents import Document  # which knows folders

        documents = Document.objects.filter(folder=models.OuterRef("pk"), withdrawn_at=None).order_by()
        # COUNT(*), which the index answers alone: COUNT(id) would have each row fetched.
        count = documents.values("folder").annotate(n=models.Count("*")).values("n")
        return self.annotate(document_count=Coalesce(models.Subquery(count), 0))


class Folder(Bounded):
    """A Wagtail collection seen as a folder of a space. The slug is its stable name, in addresses and in the region's file."""

    collection = models.OneToOneField("wagtailcore.Collection", on_delete=models.PROTECT, related_name="folder")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="folders", verbose_name="espace")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    slug = models.SlugField("identifiant", max_length=80)
    name = models.CharField("nom", max_length=120)
    description = models.CharField("ce qu’on y range", max_length=200, blank=True)
    default_kind = models.CharField(
        "nature de ce qu’on y range", max_length=12, choices=DocumentKind, default=DocumentKind.OTHER
    )
    position = models.PositiveSmallIntegerField("ordre", default=0)
    # Renamed from the screen: the region's set-up, run again, leaves the name alone.
    is_named_by_hand = models.BooleanField(default=False, editable=False)
    # Until what lies in it is found by its new name.
    renamed_at = models.DateTimeField(null=True, editable=False)

    objects = FolderQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["space", "slug"], name="folder_unique_slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("documents:folder", args=[self.space.slug, self.slug])


class RemovedFolder(models.Model):
    """The slug of a folder that a manager has removed: the region's set-up, run again, does not make it again."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="removed_folders")
    slug = models.SlugField("identifiant", max_length=80)

    class Meta:
        verbose_name = "dossier supprimé"
        verbose_name_plural = "dossiers supprimés"
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["space", "slug"], name="removed_folder_unique_slug")]

    def __str__(self) -> str:
        return self.slug
