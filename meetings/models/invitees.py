"""Who is invited to a meeting, what they answered, and whether they were there."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.alphabet import FRENCH
from directory.models import Network, Structure
from documents.models import SignedLink
from meetings.enums import Answer, AnsweredVia, Attendance
from meetings.models.meetings import Meeting
from meetings.models.texts import no_control_character
from spaces.audience import who_may
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


class InviteeQuerySet(models.QuerySet["Invitee"]):
    def visible_to(self, user: "User") -> "InviteeQuerySet":
        return self.filter(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"))

    def still_called(self, space: Space, today: date | None = None) -> "InviteeQuerySet":
        """Of a meeting of `space`, those who may still be written to, and answer by their link: an account that is closed may
        not, nor whoever was called as a member and reads the space no more."""
        readers = who_may(space, Ability.VIEW_SPACE, today=today).order_by().values("pk")
        guests = Q(as_member=False) & (Q(user=None) | Q(user__is_active=True))
        return self.filter(guests | Q(user__in=readers))

    def who_came(self) -> "InviteeQuerySet":
        """There, in person or through somebody."""
        return self.filter(attendance__in=[Attendance.PRESENT, Attendance.REPRESENTED])

    def unanswered(self) -> "InviteeQuerySet":
        return self.filter(answer=Answer.NONE)


class Invitee(models.Model):
    """One person, once a meeting, with or without an account. Name, structure and network are those of the day of the
    invitation: they are what the minutes will say, whatever the person becomes. Gives no right on the space. Without an account,
    name and address are erased after a time (`meetings.actions.forgetting`); the row stays, for the figures."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitees", verbose_name="réunion")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="meeting_invitations",
        verbose_name="compte",
    )
    name = models.CharField("nom", max_length=160, validators=[no_control_character], db_collation=FRENCH)
    email = models.EmailField("adresse électronique", max_length=254, blank=True)
    # Read the space when invited: the invitation ends with that right. A guest's does not hang on a mandate.
    as_member = models.BooleanField("invité comme membre", default=False, editable=False)
    structure = models.ForeignKey(
        Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="structure"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="réseau"
    )
    answer = models.CharField("réponse", max_length=12, choices=Answer, default=Answer.NONE)
    represented_by = models.CharField("par", max_length=120, blank=True, validators=[no_control_character])
    answered_at = models.DateTimeField("répondu le", null=True, blank=True, editable=False)
    answered_via = models.CharField("répondu", max_length=10, choices=AnsweredVia, blank=True, editable=False)
    attendance = models.CharField("présence", max_length=12, choices=Attendance, default=Attendance.UNKNOWN)
    # The calendar entry last sent to this person: None before the convocation, then the meeting's SEQUENCE.
    told_sequence = models.PositiveIntegerField("révision envoyée", null=True, editable=False)
    reminded_at = models.DateTimeField("relancé le", null=True, blank=True, editable=False)
    # The one that opens the minutes last circulated, for who was there and does not read the space.
    minutes_link = models.ForeignKey(
        SignedLink, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", verbose_name="lien"
    )
    created_at = models.DateTimeField("invité le", auto_now_add=True)

    objects = InviteeQuerySet.as_manager()

    class Meta:
        verbose_name = "invité"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("meeting", Lower("email"), condition=~Q(email=""), name="invitee_once_a_meeting")
        ]
        indexes = [models.Index(fields=["user", "answer"])]

    def __str__(self) -> str:
        return self.name
