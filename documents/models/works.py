"""What is worked out of a file's bytes after it came in, kept by fingerprint: identical bytes are worked on once, whichever
documents and versions hold them. A row is written with the file, in its transaction: what it waits for cannot be lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from documents.enums import NOT_LOOKED_AT, ComparisonState, PreviewState, ScanState

if TYPE_CHECKING:
    from accounts.models import User

CLAIM = timedelta(minutes=10)
"""For how long a worker keeps what it has taken: it was killed if it took longer."""
MAX_ATTEMPTS = 3
"""A file that took its worker with it so many times is left alone."""


class WorkQuerySet(models.QuerySet[Any]):
    def waiting(self) -> "WorkQuerySet":
        """To be done, and in nobody's hands."""
        free = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - CLAIM)
        return self.filter(free, state="pending")

    def claim(self, limit: int = 500) -> Iterator[Any]:
        """The waiting rows, oldest first, each taken by a conditional update when its turn comes: two workers never work
        on the same one."""
        for pk in list(self.waiting().order_by("pk").values_list("pk", flat=True)[:limit]):
            taken = self.waiting().filter(pk=pk).update(claimed_at=timezone.now(), attempts=F("attempts") + 1)
            if taken:
                yield self.get(pk=pk)


class Work(models.Model):
    claimed_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_hopeless(self) -> bool:
        return self.attempts > MAX_ATTEMPTS


class Preview(Work):
    """The first pages of a file as pictures, in the derived store (`previews.py`). Without a row: a format that we do not
    draw."""

    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    state = models.CharField("état", max_length=10, choices=PreviewState, default=PreviewState.PENDING)
    page_count = models.PositiveIntegerField("pages", default=0)
    drawn_count = models.PositiveSmallIntegerField("pages dessinées", default=0)
    width = models.PositiveIntegerField("largeur de la première page", default=0, help_text="En pixels.")
    height = models.PositiveIntegerField("hauteur de la première page", default=0, help_text="En pixels.")

    class Meta:
        verbose_name = "aperçu"
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], name="preview_waiting", condition=Q(state=PreviewState.PENDING))]


class Scan(Work):
    """What the antivirus says of a file. Without a row: it came in when there was no antivirus."""

    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    state = models.CharField("état", max_length=10, choices=ScanState, default=ScanState.PENDING)
    signature = models.CharField("virus", max_length=200, blank=True, help_text="Nom que lui donne l’antivirus.")
    scanned_at = models.DateTimeField("analysé le", null=True)

    class Meta:
        verbose_name = "analyse antivirus"
        verbose_name_plural = "analyses antivirus"
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], name="scan_waiting", condition=Q(state=ScanState.PENDING))]


def may_be_taken(user: "User", *, author: str) -> Q:
    """`scanning.may_take` as a condition on files, `author` being the column of who deposited them."""
    held = Scan.objects.filter(sha256=OuterRef("sha256"))
    infected, waiting = held.filter(state=ScanState.INFECTED), held.filter(state__in=NOT_LOOKED_AT)
    return ~Exists(infected) & (Q(**{author: user.pk}) | ~Exists(waiting))


class Comparison(Work):
    """The differences between the texts of two files."""

    older = models.CharField("empreinte de l’ancien", max_length=64)
    newer = models.CharField("empreinte du nouveau", max_length=64, db_index=True)
    older_extension = models.CharField(max_length=10)
    newer_extension = models.CharField(max_length=10)
    state = models.CharField("état", max_length=10, choices=ComparisonState, default=ComparisonState.PENDING)
    # See compare.py: blocks of rows, each row a list of runs on both sides.
    blocks = models.JSONField(default=list)
    added = models.PositiveIntegerField("passages ajoutés", default=0)
    removed = models.PositiveIntegerField("passages supprimés", default=0)
    changed = models.PositiveIntegerField("passages modifiés", default=0)
    is_cut = models.BooleanField("textes trop longs, comparés en partie", default=False)

    class Meta:
        verbose_name = "comparaison"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["older", "newer"], name="comparison_unique_pair")]
        indexes = [models.Index(fields=["id"], name="comparison_waiting", condition=Q(state=ComparisonState.PENDING))]

    @property
    def found_nothing(self) -> bool:
        """The same words on both sides, as far as they were compared."""
        return not (self.added or self.removed or self.changed)
