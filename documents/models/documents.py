"""A document: names, types and dates live here; bytes live in the content-addressed store."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Func, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet

from directory.models import Network, Territory
from documents.enums import DocumentKind, TextState
from documents.periods import period_in_words
from search.validity import validity_in_words
from spaces import policy
from spaces.models import Bounded, Space

if TYPE_CHECKING:
    from accounts.models import User


from documents.models.folders import Folder
from documents.models.works import Scan, may_be_taken


def document_store():  # a callable, so that migrations name no machine's folder
    return storages["documents"]


class _Dashed(Func):
    """A uuid as `str` writes it: SQLite keeps it as 32 figures."""

    template = "%(expressions)s::text"
    output_field = models.CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        dashed = " || '-' || ".join(f"substr(%(expressions)s, {start}, {size})" for start, size in parts)
        return self.as_sql(compiler, connection, template=f"({dashed})", **extra)


class DocumentQuerySet(WagtailDocumentQuerySet):
    def visible_to(self, user: "User") -> "DocumentQuerySet":
        """What one's spaces hold, and what is shared with one: that document, never the folder where it is."""
        shared = policy.reader_of(user).shared_ids
        reachable = policy.readable(user) | Q(uuid__in=shared) if shared else policy.readable(user)
        return self.filter(reachable, withdrawn_at=None)

    def within_spaces_of(self, user: "User") -> "DocumentQuerySet":
        """What one's spaces hold."""
        return self.filter(policy.readable(user), withdrawn_at=None)

    def in_trash_of(self, user: "User") -> "DocumentQuerySet":
        """What was put in the trash of the spaces that `user` manages."""
        return self.filter(space_id__in=policy.reader_of(user).managed_ids, withdrawn_at__isnull=False)

    def with_scan_state(self) -> "DocumentQuerySet":
        """Adds `scan_state`, for `scanning.may_take`; None where the antivirus was not asked."""
        return self.annotate(scan_state=Subquery(Scan.objects.filter(sha256=OuterRef("sha256")).values("state")[:1]))

    def search_ids(self) -> "QuerySet[Any, Any]":
        """How the search index names them."""
        return self.order_by().values_list(_Dashed("uuid"), flat=True)

    def handed_to(self, user: "User") -> "DocumentQuerySet":
        """What `user` reads and may take: `scanning.may_take`, for a list."""
        return self.visible_to(user).filter(may_be_taken(user, author="version_author_id"))


class Document(Bounded, AbstractDocument):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="documents", verbose_name="espace")
    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, related_name="documents", verbose_name="dossier")
    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="déposé par",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="uploaded_documents",
    )
    tags = TaggableManager(blank=True, verbose_name="mots-clés", related_name="extranet_documents")
    file = models.FileField("fichier", storage=document_store, max_length=200)
    original_name = models.CharField("nom du fichier", max_length=255, help_text="Tel que déposé, en NFC.")
    extension = models.CharField("format", max_length=10, help_text="En minuscules, sans point.")
    media_type = models.CharField("type", max_length=120)
    sha256 = models.CharField("empreinte", max_length=64, db_index=True, editable=False)
    description = models.TextField("description", blank=True, max_length=1000)
    text = models.TextField("texte extrait", blank=True, editable=False)
    text_state = models.CharField(
        "état du texte", max_length=10, choices=TextState, default=TextState.PENDING, editable=False
    )
    text_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = models.CharField("nature", max_length=12, choices=DocumentKind, default=DocumentKind.OTHER)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="territoire"
    )
    networks = models.ManyToManyField(Network, blank=True, related_name="+", verbose_name="réseaux")
    period_start = models.DateField("période, début", null=True, blank=True)
    period_end = models.DateField("période, fin", null=True, blank=True, help_text="Dernier jour compris.")
    print_format = models.CharField("format d’impression", max_length=60, blank=True)
    valid_until = models.DateField("valable jusqu’au", null=True, blank=True, help_text="Dernier jour compris.")
    review_on = models.DateField("à revoir le", null=True, blank=True)
    # The review date of which somebody has been told: another date is told again.
    review_told_for = models.DateField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField("publié le", db_index=True)
    # What `file`, `original_name`… tell is the current version's; `published_at` is the day when it was deposited.
    current_number = models.PositiveIntegerField("version en cours", default=1, editable=False)
    version_author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="auteur de la version en cours",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_open = models.BooleanField(
        "les contributeurs de l’espace peuvent en déposer une nouvelle version", default=False, editable=False
    )
    reserved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="réservé par",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reserved_until = models.DateTimeField("réservé jusqu’au", null=True, blank=True, editable=False)
    locked_reason = models.CharField(
        "écrit ailleurs",
        max_length=200,
        blank=True,
        editable=False,
        help_text="Pourquoi rien ne s’y change ici ; vide sinon.",
    )
    withdrawn_at = models.DateTimeField("mis à la corbeille le", null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="mis à la corbeille par",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    admin_form_fields = ("title", "description")  # its file changes by `publish_version` alone

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_start=None, period_end=None) | Q(period_end__gte=models.F("period_start")),
                name="document_period_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["space", "-published_at"], name="document_space_live", condition=Q(withdrawn_at=None)),
            models.Index(
                fields=["folder", "-published_at"], name="document_folder_live", condition=Q(withdrawn_at=None)
            ),
            models.Index(
                fields=["created_at"], name="document_text_pending", condition=Q(text_state=TextState.PENDING)
            ),
            models.Index(fields=["withdrawn_at"], name="document_trash", condition=Q(withdrawn_at__isnull=False)),
            models.Index(fields=["review_on"], name="document_to_review", condition=Q(review_on__isnull=False)),
        ]

    def get_absolute_url(self) -> str:
        return reverse("documents:document", args=[self.uuid])

    @property
    def period(self) -> str:
        """« 2026 », « mars 2026 », « 2025-2026 »… ; empty without one."""
        return period_in_words(self.period_start, self.period_end)

    @property
    def is_over(self) -> bool:
        """No longer valid."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def validity(self) -> str:
        return validity_in_words(self.valid_until, timezone.localdate())

    @property
    def filename(self) -> str:
        """Wagtail takes the stored path's last part; ours is a fingerprint, so the name is kept apart."""
        return self.original_name

    @property
    def format_label(self) -> str:
        """« PDF », « ODT »…: what people call the type of a file."""
        return self.extension.upper()

    @property
    def is_reserved(self) -> bool:
        """A reservation ends by itself: nothing has to come and take it off."""
        return (
            self.reserved_by_id is not None and self.reserved_until is not None and self.reserved_until > timezone.now()
        )

    def is_taken_from(self, user: "User") -> bool:
        """Somebody else has reserved it."""
        return self.is_reserved and self.reserved_by_id != user.pk

    @property
    def url(self) -> str:
        return reverse("documents:download", args=[self.uuid])
