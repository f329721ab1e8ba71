"""States, in the words of the screens."""

from django.db import models


class TextState(models.TextChoices):
    """Whether the document can be found by the words of its file."""

    PENDING = "pending", "En attente"
    DONE = "done", "Lu"
    CUT = "cut", "Lu en partie"
    PROTECTED = "protected", "Protégé par un mot de passe"
    HEAVY = "heavy", "Trop lourd"
    UNREADABLE = "unreadable", "Illisible"


class DocumentKind(models.TextChoices):
    """What people look for: « le guide », « la carte », « un compte rendu »."""

    GUIDE = "guide", "Guide"
    MAP = "map", "Cartographie"
    KIT = "kit", "Kit de communication"
    LABEL = "label", "Pièce de label"
    MINUTES = "minutes", "Compte rendu"
    AGREEMENT = "agreement", "Convention"
    PLAN = "plan", "Plan d’action, suivi"
    FORM = "form", "Formulaire, modèle"
    TRAINING = "training", "Professionnalisation"
    OTHER = "other", "Autre"


class PreviewState(models.TextChoices):
    """Whether the first pages of a file can be shown as pictures."""

    PENDING = "pending", "En préparation"
    DONE = "done", "Prêt"
    NONE = "none", "Sans image"
    PROTECTED = "protected", "Protégé par un mot de passe"
    HEAVY = "heavy", "Trop lourd"
    BROKEN = "broken", "Illisible"


class ScanState(models.TextChoices):
    """What the antivirus says of a file."""

    PENDING = "pending", "En cours d’analyse"
    CLEAN = "clean", "Rien trouvé"
    INFECTED = "infected", "En quarantaine"
    UNSCANNED = "unscanned", "Non analysé"


NOT_LOOKED_AT = frozenset({ScanState.PENDING, ScanState.UNSCANNED})


class ComparisonState(models.TextChoices):
    """Whether two versions have been compared."""

    PENDING = "pending", "En préparation"
    DONE = "done", "Prête"
    IMPOSSIBLE = "impossible", "Texte illisible"
