"""What leaves by e-mail: a row before it is a message, written in the transaction of the action that causes it, so that
nothing is lost when a worker, the broker or the relay stops."""

from django.db import models
from django.utils import timezone

from mail.enums import State

FORGOTTEN = "Le contenu de ce message a été effacé après l’envoi : il portait un lien personnel."


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def in_hand(self) -> "OutgoingMailQuerySet":
        """Neither sent nor taken back: still ours to send, or given up."""
        return self.filter(sent_at=None, recalled_at=None)

    def due(self) -> "OutgoingMailQuerySet":
        """Those whose time has come."""
        return self.in_hand().filter(next_attempt_at__lte=timezone.now())

    def retriable(self) -> "OutgoingMailQuerySet":
        """Given up, and still holding its words."""
        return self.in_hand().filter(next_attempt_at=None).exclude(text__in=["", FORGOTTEN])


class OutgoingMail(models.Model):
    """One message to one person; sent once, retried until it leaves or is given up.

    A message that carries a secret link (invitation, new password) keeps its words only until then: what stays is to whom,
    about what and when, never the link. One whose leave is asked as well weeks later (`gates.is_lasting`) keeps them
    a little longer once given up, to be sent again by hand."""

    to = models.EmailField("destinataire", db_index=True)
    reply_to = models.EmailField("réponse à", blank=True)
    subject = models.CharField("objet", max_length=200)
    text = models.TextField("texte")
    html = models.TextField("HTML", blank=True)
    calendar = models.TextField("fichier iCalendar", blank=True)
    calendar_method = models.CharField("méthode iCalendar", max_length=10, blank=True, help_text="RFC 5546.")
    holds_secret = models.BooleanField("contient un lien secret", default=False)
    # One-click address of RFC 8058; empty for what cannot be refused (invitation, new password).
    unsubscribe_url = models.CharField("adresse de désabonnement", max_length=400, blank=True)
    # Whose leave is asked just before the message goes (see gates.py); empty: nobody's.
    gate = models.CharField("contrôle au départ", max_length=30, blank=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    next_attempt_at = models.DateTimeField("prochain essai", null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    sent_at = models.DateTimeField("parti le", null=True)
    recalled_at = models.DateTimeField("rappelé le", null=True)
    last_error = models.CharField("dernière erreur", max_length=300, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def state(self) -> State:
        if self.sent_at:
            return State.SENT
        if self.recalled_at:
            return State.RECALLED
        return State.WAITING if self.next_attempt_at else State.GIVEN_UP


class PausedAddress(models.Model):
    """An address that a server said it does not know: nothing that can be refused is written to it until somebody has
    looked. The account is not touched: its owner signs in as before."""

    address = models.EmailField("adresse", unique=True)
    reason = models.CharField("réponse du serveur", max_length=300)
    paused_at = models.DateTimeField("depuis le", default=timezone.now)

    class Meta:
        verbose_name = "adresse en pause"
        verbose_name_plural = "adresses en pause"
        ordering = ["-paused_at", "pk"]

    def __str__(self) -> str:
        return self.address
