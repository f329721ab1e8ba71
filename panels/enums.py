"""Parts, states and answers of this room, with the words that people read."""

from django.db import models


class Part(models.TextChoices):
    HOLDER = "holder", "Titulaire"
    SUBSTITUTE = "substitute", "Suppléant"


PLACES = {"titulaire": Part.HOLDER, "suppleant": Part.SUBSTITUTE}
"""As addresses say them."""


class Seen(models.TextChoices):
    """What was seen of a seat at a session."""

    HOLDER = "holder", "Titulaire présent"
    SUBSTITUTE = "substitute", "Suppléant présent"
    ABSENT = "absent", "Absent"


class Consent(models.TextChoices):
    """How somebody agreed that their name be kept. A list, not a free text: a text would hold names."""

    FORM = "form", "Formulaire signé"
    GUARDIAN = "guardian", "Formulaire signé par un représentant légal (personne mineure)"
    MAIL = "mail", "Courrier ou courriel de la personne"
    SPOKEN = "spoken", "De vive voix, noté par l’animateur"


class ObservationState(models.TextChoices):
    HEARD = "heard", "Recueillie"
    STUDIED = "studied", "À l’étude"
    FOLLOWED = "followed", "Suivie d’effet"
    DECLINED = "declined", "Sans suite"
