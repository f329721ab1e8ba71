"""Rows that last: who asked, who has read which version. Who is expected to read is never written down: it is asked of the
rights at each reading (see queries.py)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mail.models import OutgoingMail


class AcknowledgementRequest(models.Model):
    """Somebody asked that an object be read. It follows the object: a new version has to be read again."""

    kind = models.CharField("nature", max_length=20)
    object_id = models.PositiveBigIntegerField("objet")
    deadline = models.DateField("à lire avant le", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="demandé par"
    )
    asked_at = models.DateTimeField("demandé le", default=timezone.now)
    stopped_at = models.DateTimeField("arrêté le", null=True, blank=True)

    class Meta:
        verbose_name = "demande d’accusé de lecture"
        verbose_name_plural = "demandes d’accusé de lecture"
        ordering = ["-asked_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="acknowledgement_one_per_object")]
        indexes = [models.Index(fields=["-asked_at"], condition=Q(stopped_at=None), name="acknowledgement_open")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"

    @property
    def subject(self) -> tuple[str, int]:
        return self.kind, self.object_id


class Acknowledgement(models.Model):
    """« J’ai lu »: one person, one version. Kept when the person leaves or the version is replaced."""

    request = models.ForeignKey(
        AcknowledgementRequest, on_delete=models.CASCADE, related_name="acknowledgements", verbose_name="demande"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    version = models.CharField("version lue", max_length=64)
    at = models.DateTimeField("lu le", auto_now_add=True)

    class Meta:
        verbose_name = "accusé de lecture"
        verbose_name_plural = "accusés de lecture"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "user", "version"], name="acknowledgement_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.request}"


class ReminderKind(models.TextChoices):
    BEFORE = "before", "Avant l’échéance"
    AFTER = "after", "Après l’échéance"
    BY_HAND = "by_hand", "À la main"


class Reminder(models.Model):
    """One round of reminders to those who have not read yet: a row before the mails, so that it leaves once. Those of the
    clockwork happen once a version and a deadline, those by hand once a day."""

    request = models.ForeignKey(AcknowledgementRequest, on_delete=models.CASCADE, related_name="reminders")
    version = models.CharField("version", max_length=64)
    kind = models.CharField("nature", max_length=10, choices=ReminderKind)
    occasion = models.CharField(
        "occasion", max_length=20, help_text="La nature et l’échéance, ou le jour d’un rappel à la main."
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField("parti le", null=True)
    recipients = models.PositiveIntegerField("destinataires", default=0)

    class Meta:
        verbose_name = "rappel"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["request", "version", "occasion"], name="reminder_once")]
        indexes = [models.Index(fields=["sent_at"], condition=Q(sent_at=None), name="reminder_waiting")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.request}"


class ReminderMail(models.Model):
    """Which mail of a round is for whom: their right is asked again when it leaves."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="mails", verbose_name="rappel")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    mail = models.OneToOneField(OutgoingMail, on_delete=models.CASCADE, related_name="+", verbose_name="courriel")

    class Meta:
        verbose_name = "courriel de rappel"
        verbose_name_plural = "courriels de rappel"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.reminder} → {self.user}"
