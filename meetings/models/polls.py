"""Several dates for a meeting that has none yet, and what each invitee says of each."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from meetings.enums import AnsweredVia, Choice, MeetingState
from meetings.models.invitees import Invitee
from meetings.models.meetings import Meeting
from spaces import policy

if TYPE_CHECKING:
    from accounts.models import User

POLLED = (MeetingState.DRAFT, MeetingState.POSTPONED)
"""States of a meeting whose date is still to be found."""


class PollQuerySet(models.QuerySet["Poll"]):
    def visible_to(self, user: "User") -> "PollQuerySet":
        """Of a meeting that `user` may see; of a draft too, for whoever was asked and reads its space."""
        asked = Ballot.objects.filter(invitee__user=user).values("poll")
        mine = Q(pk__in=asked, meeting__space_id__in=policy.reader_of(user).space_ids)
        return self.filter(Q(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk")) | mine)

    def open(self) -> "PollQuerySet":
        """Still answered: no date has been kept, and the last day is not over."""
        return self.filter(chosen=None, closes_on__gte=timezone.localdate(), meeting__state__in=POLLED)


class Poll(models.Model):
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="poll", verbose_name="réunion")
    closes_on = models.DateField("réponses jusqu’au")
    chosen = models.ForeignKey(
        "PollDate", null=True, editable=False, on_delete=models.SET_NULL, related_name="+", verbose_name="date retenue"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField("ouvert le", auto_now_add=True)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = "choix de date"
        verbose_name_plural = "choix de date"

    def __str__(self) -> str:
        return f"Choix de date : {self.meeting}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:poll", args=[self.meeting.uuid])

    @property
    def is_over(self) -> bool:
        return self.closes_on < timezone.localdate()


class PollDate(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="dates", verbose_name="choix de date")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")

    class Meta:
        verbose_name = "date proposée"
        verbose_name_plural = "dates proposées"
        ordering = ["starts_at", "ends_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "starts_at", "ends_at"], name="poll_date_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="poll_date_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Ballot(models.Model):
    """One invitee's sheet; it goes with the invitee. Dates added since it was filled in make it wait again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots", verbose_name="choix de date")
    invitee = models.OneToOneField(Invitee, on_delete=models.CASCADE, related_name="ballot", verbose_name="invité")
    asked_at = models.DateTimeField("demandé le", default=timezone.now, editable=False)
    reminded_at = models.DateTimeField("relancé le", null=True, editable=False)
    answered_at = models.DateTimeField("répondu le", null=True, editable=False)
    answered_via = models.CharField("répondu", max_length=10, choices=AnsweredVia, blank=True, editable=False)

    class Meta:
        verbose_name = "réponse à un choix de date"
        verbose_name_plural = "réponses à un choix de date"
        indexes = [models.Index(fields=["poll", "answered_at"])]

    def __str__(self) -> str:
        return str(self.invitee)


class PollAnswer(models.Model):
    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="answers", verbose_name="réponse")
    date = models.ForeignKey(PollDate, on_delete=models.CASCADE, related_name="answers", verbose_name="date")
    choice = models.CharField("choix", max_length=5, choices=Choice)

    class Meta:
        verbose_name = "avis sur une date"
        verbose_name_plural = "avis sur une date"
        constraints = [models.UniqueConstraint(fields=["ballot", "date"], name="poll_answer_once")]

    def __str__(self) -> str:
        return self.get_choice_display()
