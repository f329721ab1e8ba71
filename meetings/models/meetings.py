"""A meeting: what, when, where, in which space and for which body, and how far it has come."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from meetings.enums import MeetingState
from meetings.models.bodies import Body
from meetings.models.texts import no_control_character
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: "User") -> "MeetingQuerySet":
        """The meetings of the spaces that `user` reads; a draft, for those alone who may convene in its space."""
        reader = policy.reader_of(user)
        drafts = Q(state=MeetingState.DRAFT) & ~Q(space_id__in=reader.space_ids_with(Ability.CONVENE_MEETING))
        return self.filter(space_id__in=reader.space_ids).exclude(drafts)

    def announced(self) -> "MeetingQuerySet":
        """Told to people: what feeds and counts may speak of, whoever reads them."""
        return self.exclude(state=MeetingState.DRAFT)

    def expected(self) -> "MeetingQuerySet":
        """Announced, and neither cancelled nor put off."""
        return self.announced().exclude(state__in=[MeetingState.CANCELLED, MeetingState.POSTPONED])

    def upcoming(self) -> "MeetingQuerySet":
        """Not over yet, soonest first."""
        return self.filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk")

    def between(self, start: datetime, end: datetime) -> "MeetingQuerySet":
        """Starting at `start` or later, and before `end`; soonest first."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "pk")

    def past(self, now: datetime | None = None) -> "MeetingQuerySet":
        """Over, latest first."""
        return self.filter(ends_at__lt=now or timezone.now()).order_by("-starts_at", "-pk")


class Meeting(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="meetings", verbose_name="espace")
    body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings", verbose_name="instance"
    )
    state = models.CharField("état", max_length=12, choices=MeetingState, default=MeetingState.DRAFT, editable=False)
    title = models.CharField("intitulé", max_length=200, validators=[no_control_character])
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    place = models.CharField("lieu", max_length=200, blank=True, validators=[no_control_character])
    link = models.URLField("lien de visioconférence", max_length=400, blank=True)
    description = models.TextField("en quelques mots", max_length=4000, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True, editable=False)
    convened_at = models.DateTimeField("convoquée le", null=True, blank=True, editable=False)
    answer_by = models.DateField("réponse attendue avant le", null=True, blank=True)
    held_at = models.DateTimeField("tenue le", null=True, blank=True, editable=False)
    postponed_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="postponed_from",
        verbose_name="reportée à",
    )
    sequence = models.PositiveIntegerField("révision", default=0, editable=False, help_text="SEQUENCE, RFC 5545.")
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state=MeetingState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=MeetingState.CANCELLED) & Q(cancelled_at=None)),
                name="meeting_cancelled_at_its_hour",
            ),
        ]
        indexes = [models.Index(fields=["space", "starts_at"]), models.Index(fields=["body", "starts_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.uuid])
