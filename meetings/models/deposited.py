"""Minutes that were written elsewhere: a file of the space that stands for the minutes of a meeting."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from documents.models import Document
from meetings.models.meetings import Meeting

if TYPE_CHECKING:
    from accounts.models import User


class DepositedMinutesQuerySet(models.QuerySet["DepositedMinutes"]):
    def readable(self) -> "DepositedMinutesQuerySet":
        """By whoever reads the space: neither in the trash, nor in a circle."""
        return self.filter(document__withdrawn_at=None, document__boundary=None)

    def visible_to(self, user: "User") -> "DepositedMinutesQuerySet":
        return self.filter(
            meeting__in=Meeting.objects.visible_to(user).order_by().values("pk"),
            document__in=Document.objects.visible_to(user).order_by().values("pk"),
        )


class DepositedMinutes(models.Model):
    """Most coordinators begin by depositing a file: it counts as the minutes of its meeting, without their states."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="deposited", verbose_name="réunion")
    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, related_name="minutes_of", verbose_name="document"
    )
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    attached_at = models.DateTimeField("rattaché le", auto_now_add=True)

    objects = DepositedMinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "compte rendu déposé"
        verbose_name_plural = "comptes rendus déposés"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.document} · {self.meeting}"
