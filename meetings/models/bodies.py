"""A body that meets: the CTT of a territory, the coordinators' meeting, a user panel. It holds the habits of its meetings:
rhythm, hour, place, usual agenda, members, and the rules by which its minutes are approved."""

from datetime import datetime
from typing import TYPE_CHECKING

from dateutil.rrule import rrulestr
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.alphabet import FRENCH
from directory.models import Network, Structure
from meetings.enums import Approval, BodyKind
from meetings.models.texts import no_control_character
from spaces import policy
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

DAY_MINUTES = 24 * 60


def is_rrule(value: str) -> None:
    """A rhythm is a recurrence rule by day or longer: nothing that would repeat within a day, or not be understood."""
    parts = dict(part.partition("=")[::2] for part in value.upper().split(";"))
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"} or "\n" in value or parts.keys() & {
        "BYHOUR", "BYMINUTE", "BYSECOND", "UNTIL", "COUNT",
    }:  # fmt: skip
        raise ValidationError("Ce rythme n’est pas compris.", code="rrule")
    try:
        rrulestr(value, dtstart=datetime(2026, 1, 1))
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise ValidationError("Ce rythme n’est pas compris.", code="rrule") from error


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, user: "User") -> "BodyQuerySet":
        return self.filter(space_id__in=policy.reader_of(user).space_ids)

    def active(self) -> "BodyQuerySet":
        return self.filter(is_active=True)


class Body(models.Model):
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="bodies", verbose_name="espace")
    slug = models.SlugField("identifiant", max_length=50, help_text="Figure dans l’adresse ; ne change plus.")
    name = models.CharField("nom", max_length=160, validators=[no_control_character])
    kind = models.CharField("nature", max_length=20, choices=BodyKind, default=BodyKind.OTHER)
    rrule = models.CharField("rythme", max_length=200, blank=True, validators=[is_rrule], help_text="RRULE, RFC 5545.")
    default_start = models.TimeField("heure de début habituelle", null=True, blank=True)
    duration = models.PositiveSmallIntegerField(
        "durée habituelle, en minutes", default=120, validators=[MinValueValidator(5), MaxValueValidator(DAY_MINUTES)]
    )
    place = models.CharField("lieu habituel", max_length=200, blank=True, validators=[no_control_character])
    link = models.URLField("lien de visioconférence habituel", max_length=400, blank=True)
    agenda_template = models.TextField(
        "ordre du jour type", max_length=4000, blank=True, help_text="Un point par ligne."
    )
    quorum = models.PositiveSmallIntegerField("quorum", null=True, blank=True)
    approval = models.CharField(
        "approbation du compte rendu", max_length=10, choices=Approval, default=Approval.EXPRESS
    )
    amendment_days = models.PositiveSmallIntegerField("délai d’amendement, en jours", default=15)
    minutes_due_days = models.PositiveSmallIntegerField("délai du compte rendu, en jours", default=15)
    is_active = models.BooleanField("active", default=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "instance"
        ordering = ["space__position", "kind", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["space", "slug"], name="body_unique_slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("meetings:body", args=[self.space.slug, self.slug])

    @property
    def agenda_lines(self) -> list[str]:
        """The usual items as agendas have them, in order."""
        return [" ".join(line.split())[:200] for line in self.agenda_template.splitlines() if line.strip()]


class BodyMember(models.Model):
    """Who sits in the body, for which structure and network: whom a convocation is sent to. Gives no right.

    Somebody of the space sits as long as they read it. A guest sits without a mandate, until taken off: with an account or
    without, hence their own name and address."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="members", verbose_name="instance")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="personne",
    )
    is_guest = models.BooleanField("extérieure à l’espace", default=False, editable=False)
    name = models.CharField("nom", max_length=160, blank=True, validators=[no_control_character], db_collation=FRENCH)
    email = models.EmailField("adresse électronique", max_length=254, blank=True)
    structure = models.ForeignKey(
        Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="structure"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="réseau"
    )
    joined_at = models.DateTimeField("depuis le", default=timezone.now, editable=False)
    left_at = models.DateTimeField("jusqu’au", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "membre d’une instance"
        verbose_name_plural = "membres d’une instance"
        ordering = ["user__last_name", "user__first_name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "user"], condition=Q(left_at=None), name="body_member_once"),
            models.UniqueConstraint(
                "body", Lower("email"), condition=Q(left_at=None) & ~Q(email=""), name="body_guest_once"
            ),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(email=""), name="body_member_is_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} · {self.body}"

    @property
    def full_name(self) -> str:
        return self.name or str(self.user)

    @property
    def address(self) -> str:
        return self.user.email if self.user else self.email
