"""One row per object that can be found. The full-text index beside it belongs to the engine (see the migrations):
a `tsvector` column on PostgreSQL, an FTS5 table on SQLite."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q, Value

from spaces import policy
from spaces.models import Bounded, BoundedQuerySet, Space

if TYPE_CHECKING:
    from accounts.models import User


class Kind(models.TextChoices):
    DOCUMENT = "document", "Document"
    ANNOUNCEMENT = "announcement", "Annonce"
    PAGE = "page", "Page"
    MEETING = "meeting", "Réunion"
    MINUTES = "minutes", "Compte rendu"


class EntryQuerySet(BoundedQuerySet):
    def visible_to(self, user: "User") -> "EntryQuerySet":
        """Adds `is_placed`: whether `user` reads the place where the object lies, hence may know and ask for its folder; false
        of what is only shared with them."""
        placed = policy.readable(user)
        shared = [str(uuid) for uuid in policy.reader_of(user).shared_ids]
        if not shared:
            return self.filter(placed).annotate(is_placed=Value(True))
        entries = self.annotate(is_placed=ExpressionWrapper(placed, BooleanField()))
        return entries.filter(placed | Q(object_id__in=shared))


class Entry(Bounded):
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    object_id = models.CharField("identifiant de l’objet", max_length=40)
    title = models.CharField("titre", max_length=255)
    body = models.TextField("texte", blank=True)
    labels = models.CharField(
        "ce qu’il est, où il est",
        max_length=200,
        blank=True,
        default="",
        help_text="Le nom de sa nature, puis à la ligne celui de son dossier.",
    )
    url = models.CharField("adresse", max_length=400)
    extension = models.CharField("format", max_length=10, blank=True, default="", help_text="D’un fichier, sans point.")
    nature = models.CharField(
        "nature d’un document", max_length=12, blank=True, default="", help_text="Vide : rien n’en est dit."
    )
    happened_at = models.DateTimeField("date")
    valid_until = models.DateField("valable jusqu’au", null=True, blank=True, help_text="Dernier jour compris.")
    review_on = models.DateField("à revoir le", null=True, blank=True)
    copied_in = models.CharField(
        "document qui en dit autant",
        max_length=40,
        blank=True,
        default="",
        help_text="Son `object_id` : qui trouve les deux n’en voit qu’un.",
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée de recherche"
        verbose_name_plural = "entrées de recherche"
        ordering = ["-happened_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_unique_object")]
        indexes = [models.Index(fields=["space", "kind"])]

    def __str__(self) -> str:
        return self.title
