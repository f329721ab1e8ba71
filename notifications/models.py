"""What happened: one row each, written in the transaction of the action that caused it. Then who is told, and what each
person has chosen to be told."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mail.models import OutgoingMail
from notifications.enums import Category, Timing
from spaces.models import Bounded, BoundedQuerySet, Space

if TYPE_CHECKING:
    from accounts.models import User


class EventQuerySet(BoundedQuerySet):
    def by_others(self, user: "User") -> "EventQuerySet":
        """Nobody is told what they did themselves."""
        return self.exclude(actor=user)

    def waiting(self) -> "EventQuerySet":
        """Not yet told to all whom they concern."""
        return self.filter(told_at=None)


HIDDEN = "hidden:"
"""Before the subject of an event whose object is in the trash."""


class EventManager(models.Manager.from_queryset(EventQuerySet)):  # type: ignore[misc]
    """Without what is hidden: nobody reads it, and nobody is told of it."""

    def get_queryset(self) -> EventQuerySet:
        return super().get_queryset().exclude(subject__startswith=HIDDEN)


class Event(Bounded):
    """Something happened in a space. `subject` names the object (« documents.document:42 »), so that the rows of an
    object that disappears can be withdrawn with it.

    The row is also the outbox of what must be said of it: `told_at` is empty until everybody has been told, and `told_up_to`
    is the last person (by id) who was, so that a worker that is killed is taken over where it stopped."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="events", verbose_name="espace")
    kind = models.CharField("nature", max_length=40)
    subject = models.CharField("objet", max_length=80)
    title = models.CharField("titre", max_length=255)
    url = models.CharField("adresse", max_length=400)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="auteur"
    )
    created_at = models.DateTimeField("le", auto_now_add=True)
    category = models.CharField("catégorie", max_length=20, choices=Category, blank=True)
    # The same news told in several spaces: whoever reads two of them receives it once.
    news = models.CharField("nouvelle", max_length=80, blank=True, db_index=True)
    told_up_to = models.BigIntegerField("dit jusqu’à", default=0, editable=False)
    told_at = models.DateTimeField("dit à tous le", null=True, editable=False)

    objects = EventManager()
    hidden_or_not = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["space", "-created_at"]),
            models.Index(fields=["subject"]),
            models.Index(fields=["id"], condition=Q(told_at=None), name="event_waiting"),
        ]

    def __str__(self) -> str:
        return self.title


class ReadMarker(models.Model):
    """Until when somebody has seen their notices: everything older counts as read."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    seen_at = models.DateTimeField("lu jusqu’au")

    class Meta:
        verbose_name = "repère de lecture"
        verbose_name_plural = "repères de lecture"

    def __str__(self) -> str:
        return f"{self.user} · {self.seen_at}"


class NoticeRead(models.Model):
    """One notice that somebody has read, since the last time they marked all of them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", verbose_name="événement")

    class Meta:
        verbose_name = "notification lue"
        verbose_name_plural = "notifications lues"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notice_read_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.event}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def pending(self) -> "DeliveryQuerySet":
        return self.filter(handled_at=None)


class Delivery(models.Model):
    """One event, for one person, by mail: in a message already written (`mail`), or waiting for a digest."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries", verbose_name="événement")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    timing = models.CharField("quand", max_length=10, choices=Timing)
    # Told to them as a follower: « ce que je suis » holds too, whatever they have chosen of its category.
    is_followed = models.BooleanField("suivi", default=False)
    created_at = models.DateTimeField("le", default=timezone.now)
    handled_at = models.DateTimeField("traité le", null=True)
    mail = models.ForeignKey(
        OutgoingMail, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="courriel"
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="delivery_once")]
        indexes = [models.Index(fields=["user", "timing"], condition=Q(handled_at=None), name="delivery_pending")]

    def __str__(self) -> str:
        return f"{self.event} → {self.user}"


class Told(models.Model):
    """Somebody has received that news, of which the events were withdrawn since: if it comes back, they are not told again."""

    news = models.CharField("nouvelle", max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    created_at = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "nouvelle déjà dite"
        verbose_name_plural = "nouvelles déjà dites"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["news", "user"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.news} → {self.user}"


class Preference(models.Model):
    """What somebody has chosen for a category: everywhere (`space` empty), or in one space."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    space = models.ForeignKey(
        Space, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name="espace"
    )
    category = models.CharField("catégorie", max_length=20, choices=Category)
    timing = models.CharField("quand", max_length=10, choices=Timing)

    class Meta:
        verbose_name = "préférence"
        ordering = ["space", "category"]
        constraints = [
            models.UniqueConstraint(fields=["user", "space", "category"], name="preference_once"),
            models.UniqueConstraint(
                fields=["user", "category"], condition=Q(space=None), name="preference_everywhere_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_category_display()} : {self.get_timing_display()}"


class Rhythm(models.Model):
    """When somebody's digests leave, and until when nothing does. Without a row: every day at 8, on Mondays."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    hour = models.PositiveSmallIntegerField("heure", default=8, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField("jour de la semaine", default=0, validators=[MaxValueValidator(6)])
    away_until = models.DateField("absent jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "rythme"

    def __str__(self) -> str:
        return f"{self.user} · {self.hour} h"

    def is_away(self, today: date) -> bool:
        return self.away_until is not None and today <= self.away_until

    def last_moment(self, timing: Timing, now: datetime) -> datetime:
        """The latest moment, not after `now`, at which such a digest leaves. The hour is that of the clock on the wall."""
        today = timezone.localdate(now)
        back = (today.weekday() - self.weekday) % 7 if timing == Timing.WEEKLY else 0
        moment = self._at(today - timedelta(days=back))
        return (
            moment if moment <= now else self._at(today - timedelta(days=back + (7 if timing == Timing.WEEKLY else 1)))
        )

    def _at(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day, time(self.hour)))


class Follow(models.Model):
    """Somebody wants to be told of whatever happens to this object, or in it; `subject` as in `Event`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    subject = models.CharField("objet", max_length=80, db_index=True)
    created_at = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "suivi"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "subject"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.subject}"
