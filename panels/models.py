"""A user panel is a body (`meetings.Body`, kind « user panel ») whose seats are held by people without accounts. Their names
lie in one table of their own, `Identity`, that no other room knows: erasing a name is deleting its row, and everything that is
counted is counted without it."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from directory.models import Structure
from documents.models import Document
from meetings.models import Action, Body, Meeting, no_control_character
from panels.enums import Consent, ObservationState, Part, Seen
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

_PERSON = {"null": True, "editable": False, "on_delete": models.SET_NULL, "related_name": "+"}


class _InOrder(models.Model):
    """What a panel's composition lists, in the order of the region's file, then of what was added."""

    slug = models.SlugField("identifiant", max_length=80)
    name = models.CharField("nom", max_length=120, validators=[no_control_character])
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Category(_InOrder):
    """« Étudiants », with its seats."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="categories", verbose_name="groupe")

    class Meta:
        verbose_name = "catégorie d’usagers"
        verbose_name_plural = "catégories d’usagers"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="panel_category_unique_slug")]


class Theme(_InOrder):
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="themes", verbose_name="groupe")

    class Meta:
        verbose_name = "thème d’observation"
        verbose_name_plural = "thèmes d’observation"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="panel_theme_unique_slug")]


class Seat(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="seats", verbose_name="catégorie")
    number = models.PositiveSmallIntegerField("numéro", validators=[MinValueValidator(1), MaxValueValidator(20)])

    class Meta:
        verbose_name = "siège"
        ordering = ["category__position", "category_id", "number"]
        constraints = [models.UniqueConstraint(fields=["category", "number"], name="panel_seat_once")]

    def __str__(self) -> str:
        return f"{self.category}, siège {self.number}"


class TenureQuerySet(models.QuerySet["Tenure"]):
    def in_force(self, day: date | None = None) -> "TenureQuerySet":
        day = day or timezone.localdate()
        return self.filter(since__lte=day, until__gte=day)


class Tenure(models.Model):
    """Somebody holds a seat, for a time: through which structure they were found, how they agreed. Says nothing of who: it is
    what statistics are made of once the name is gone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="tenures", verbose_name="siège")
    part = models.CharField("place", max_length=10, choices=Part)
    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, related_name="+", verbose_name="structure qui l’a fait connaître"
    )
    since = models.DateField("depuis le")
    until = models.DateField("jusqu’au")
    consent_on = models.DateField("accord donné le")
    consent_how = models.CharField("de quelle façon", max_length=10, choices=Consent)
    erased_on = models.DateField("nom effacé le", null=True, editable=False)
    was_withdrawn = models.BooleanField("à sa demande", default=False, editable=False)

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat d’usager"
        verbose_name_plural = "mandats d’usagers"
        ordering = ["seat", "part", "since", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="panel_tenure_ends_after_start"),
            models.UniqueConstraint(fields=["seat", "part", "since"], name="panel_tenure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}, {self.get_part_display()}"


class IdentityQuerySet(models.QuerySet["Identity"]):
    def visible_to(self, user: "User") -> "IdentityQuerySet":
        """Only for those who manage the panel's space by a mandate of that space."""
        spaces = policy.reader_of(user).space_ids_with(Ability.SEE_PANEL_NAMES)
        return self.filter(tenure__seat__category__body__space_id__in=spaces)


class Identity(models.Model):
    """The name and contact of a panel's member. Read through `visible_to`, written by `panels.actions.seats`, deleted when
    consent is withdrawn or time has passed. It never says its name by itself: not in a log, a list or an error."""

    tenure = models.OneToOneField(Tenure, on_delete=models.CASCADE, related_name="identity", verbose_name="mandat")
    name = models.CharField("prénom et nom", max_length=160, validators=[no_control_character])
    email = models.EmailField("adresse électronique", max_length=254, blank=True)
    phone = models.CharField("téléphone", max_length=40, blank=True, validators=[no_control_character])

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = "identité protégée"
        verbose_name_plural = "identités protégées"
        ordering = ["pk"]

    def __str__(self) -> str:
        return "Identité protégée"


class SeatPresence(models.Model):
    """Whether a seat was taken at a session, and by the holder or the substitute: without a name, kept for ever."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="seat_presences", verbose_name="séance")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="presences", verbose_name="siège")
    seen = models.CharField("présence", max_length=10, choices=Seen)
    structure = models.ForeignKey(
        Structure, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="structure"
    )

    class Meta:
        verbose_name = "présence d’un siège"
        verbose_name_plural = "présences des sièges"
        ordering = ["meeting", "seat"]
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="panel_presence_once")]

    def __str__(self) -> str:
        return f"{self.seat} · {self.get_seen_display()}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: "User") -> "ObservationQuerySet":
        return self.filter(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"))


class Observation(models.Model):
    """What the panel said, under a theme; of a category at most, never of somebody."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="observations", verbose_name="séance")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="observations", verbose_name="thème")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="catégorie"
    )
    text = models.TextField("observation", max_length=2000)
    state = models.CharField("état", max_length=10, choices=ObservationState, default=ObservationState.HEARD)
    answer = models.TextField("ce qu’elle est devenue", max_length=2000, blank=True)
    actions = models.ManyToManyField(Action, blank=True, related_name="observations", verbose_name="actions")
    created_at = models.DateTimeField("recueillie le", auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = "observation"
        ordering = ["-meeting__starts_at", "theme__position", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ReturnSheet(models.Model):
    """« Ce que sont devenus vos avis », published: one document by session, a version each time it is published again."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="return_sheet", verbose_name="séance"
    )
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField("publiée le")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    class Meta:
        verbose_name = "restitution"
        ordering = ["-meeting__starts_at"]

    def __str__(self) -> str:
        return f"Restitution · {self.meeting}"
