"""What is to be spoken of: on the agenda of a meeting, or waiting in the backlog of a body."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from documents.models import Document
from meetings.enums import ItemState, Purpose
from meetings.models.bodies import Body
from meetings.models.meetings import Meeting
from meetings.models.texts import no_control_character
from spaces import policy

if TYPE_CHECKING:
    from accounts.models import User


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: "User") -> "AgendaItemQuerySet":
        """Of a meeting that `user` may see; or waiting in a body of one of their spaces."""
        reader = policy.reader_of(user)
        waiting = Q(meeting=None, body__space_id__in=reader.space_ids)
        return self.filter(waiting | Q(meeting__in=Meeting.objects.visible_to(user).order_by().values("pk")))

    def waiting(self) -> "AgendaItemQuerySet":
        """In a body's backlog, oldest first."""
        return self.filter(meeting=None, state=ItemState.OPEN).order_by("created_at", "pk")


class AgendaItem(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.CASCADE, related_name="items", verbose_name="instance"
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.CASCADE, related_name="items", verbose_name="réunion"
    )
    position = models.PositiveIntegerField("ordre", default=0)
    title = models.CharField("intitulé", max_length=200, validators=[no_control_character])
    description = models.TextField("précisions", max_length=4000, blank=True)
    purpose = models.CharField("pour", max_length=12, choices=Purpose, default=Purpose.DISCUSSION)
    minutes = models.PositiveSmallIntegerField(
        "durée, en minutes", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    presenter = models.CharField("présenté par", max_length=120, blank=True, validators=[no_control_character])
    documents = models.ManyToManyField(Document, blank=True, related_name="agenda_items", verbose_name="documents")
    state = models.CharField("état", max_length=10, choices=ItemState, default=ItemState.OPEN)
    # Taken off an agenda, it waits in the body again; without, it was written for that meeting alone.
    is_from_backlog = models.BooleanField("vient des points en attente", default=False, editable=False)
    # The meeting put off that gave it back to the body, or to the meeting that stands for it: dated anew, it takes it again,
    # unless another has chosen or spoken of it by then.
    given_back_by = models.ForeignKey(
        Meeting, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", verbose_name="rendu par"
    )
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to", verbose_name="repris de"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("proposé le", auto_now_add=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "point de l’ordre du jour"
        verbose_name_plural = "points de l’ordre du jour"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False) | Q(meeting__isnull=False), name="agenda_item_is_somewhere"
            )
        ]
        indexes = [models.Index(fields=["meeting", "position"])]

    def __str__(self) -> str:
        return self.title
