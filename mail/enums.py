"""Where a message stands."""

from django.db import models


class State(models.TextChoices):
    WAITING = "attente", "En attente"
    SENT = "parti", "Parti"
    GIVEN_UP = "abandonne", "Abandonné"
    RECALLED = "rappele", "Rappelé avant de partir"
