"""What a territory puts to an upper body, and what comes back. Only the two texts cross: neither side gains a right over the
other's meetings."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse

from meetings.enums import EscalationState, MeetingState
from meetings.models.agenda import AgendaItem
from meetings.models.bodies import Body
from meetings.models.meetings import Meeting
from meetings.models.texts import no_control_character
from spaces import policy
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 3500
"""Characters of either text: what goes with it on an agenda (4,000) fits beside."""
_PERSON = {"null": True, "editable": False, "on_delete": models.SET_NULL, "related_name": "+"}


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, user: "User") -> "EscalationQuerySet":
        """Whoever reads the space that it comes from; and, unless it was taken back, the one that it was put to."""
        spaces = policy.reader_of(user).space_ids
        received = Q(to_body__space_id__in=spaces) & ~Q(state=EscalationState.WITHDRAWN)
        return self.filter(Q(from_space_id__in=spaces) | received)

    def with_step(self) -> "EscalationQuerySet":
        """Adds `step`: the state, or `ENTERED` once the item is on an agenda that people were told of, and that is to be or was."""
        untold = [MeetingState.DRAFT, MeetingState.CANCELLED, MeetingState.POSTPONED]
        entered = Q(state=EscalationState.SENT, item__meeting__isnull=False) & ~Q(item__meeting__state__in=untold)
        return self.annotate(step=Case(When(entered, then=Value(EscalationState.ENTERED)), default=F("state")))

    def at_step(self, step: str) -> "EscalationQuerySet":
        return self.with_step().filter(step=step)

    def to_answer(self) -> "EscalationQuerySet":
        return self.filter(state=EscalationState.SENT)

    def spoken_of(self, now: datetime) -> "EscalationQuerySet":
        """Without an answer although the sitting that had it on its agenda is over, and has not put it off to one to come."""
        sitting = Q(item__meeting__state=MeetingState.CONVENED, item__meeting__ends_at__lt=now)
        sitting |= Q(item__meeting__state__in=[MeetingState.HELD, MeetingState.CIRCULATED, MeetingState.APPROVED])
        again = AgendaItem.objects.filter(
            carried_from=OuterRef("item"), meeting__state__in=[MeetingState.DRAFT, MeetingState.CONVENED]
        )
        return self.to_answer().filter(sitting & ~Exists(again))


class Escalation(models.Model):
    """« Remontée ». The upper body's agenda holds a copy of the text (`item`), which it may change or drop: this row is what was
    sent and what was answered, whatever becomes of the copy."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    from_space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", verbose_name="espace d’origine")
    from_body = models.ForeignKey(
        Body, null=True, on_delete=models.SET_NULL, related_name="raised", verbose_name="instance d’origine"
    )
    meeting = models.ForeignKey(
        Meeting, null=True, on_delete=models.SET_NULL, related_name="escalations", verbose_name="réunion d’origine"
    )
    subject = models.CharField(
        "objet", max_length=80, blank=True, help_text="«\u00a0meetings.decision:12\u00a0», ou rien."
    )
    origin = models.CharField("remonté par", max_length=260, help_text="Tel que l’instance saisie le lit.")
    to_body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="escalations", verbose_name="instance saisie"
    )
    item = models.ForeignKey(
        AgendaItem, null=True, on_delete=models.SET_NULL, related_name="escalations", verbose_name="point inscrit"
    )
    title = models.CharField("intitulé", max_length=200, validators=[no_control_character])
    text = models.TextField("texte transmis", max_length=LONGEST, validators=[MaxLengthValidator(LONGEST)])
    state = models.CharField("état", max_length=10, choices=EscalationState, default=EscalationState.SENT)
    answer = models.TextField("réponse", max_length=LONGEST, blank=True, validators=[MaxLengthValidator(LONGEST)])
    sent_at = models.DateTimeField("transmise le", auto_now_add=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    reminded_on = models.DateField("instance relancée le", null=True, editable=False)
    closed_at = models.DateTimeField("close le", null=True, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    # Once on the next agenda of the body of origin, it is not put there again, even where it was taken off.
    returned_at = models.DateTimeField("réponse inscrite le", null=True, editable=False)
    returned_item = models.ForeignKey(
        AgendaItem,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="returns",
        verbose_name="réponse inscrite",
    )

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = "remontée"
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(fields=["from_space", "-sent_at"]),
            models.Index(fields=["to_body", "-sent_at"]),
            models.Index(fields=["subject"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:escalation", args=[self.uuid])
