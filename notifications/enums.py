"""The words in which people choose what reaches them, and when."""

from django.db import models


class Timing(models.TextChoices):
    """From the most pressing to the least: in that order a notice that concerns somebody twice takes the first."""

    AT_ONCE = "now", "Tout de suite, par courriel"
    DAILY = "daily", "Dans le récapitulatif du jour"
    WEEKLY = "weekly", "Dans le récapitulatif de la semaine"
    SITE = "site", "Sur le site seulement"
    NOTHING = "nothing", "Rien"

    @property
    def is_digest(self) -> bool:
        return self in {Timing.DAILY, Timing.WEEKLY}

    @property
    def is_mail(self) -> bool:
        return self not in {Timing.SITE, Timing.NOTHING}


class Category(models.TextChoices):
    ANNOUNCEMENTS = "announcements", "Annonces"
    DOCUMENTS = "documents", "Documents"
    MEETINGS = "meetings", "Réunions"
    PAGES = "pages", "Pages de l’espace"
    LIFE = "life", "Vie des espaces"
    FOLLOWED = "followed", "Ce que je suis"


DEFAULTS: dict[Category, Timing] = {
    Category.ANNOUNCEMENTS: Timing.AT_ONCE,
    Category.DOCUMENTS: Timing.DAILY,
    Category.MEETINGS: Timing.AT_ONCE,
    Category.PAGES: Timing.WEEKLY,
    Category.LIFE: Timing.SITE,
    Category.FOLLOWED: Timing.AT_ONCE,
}
"""What somebody who has chosen nothing receives."""

CATEGORY_HINTS: dict[Category, str] = {
    Category.DOCUMENTS: "Documents déposés et nouvelles versions.",
    Category.MEETINGS: "Réunions annoncées, déplacées, reportées ou annulées, comptes rendus. Les convocations nominatives partent toujours.",
    Category.LIFE: "Espaces ouverts, membres.",
    Category.FOLLOWED: "Les dossiers, documents, pages et instances que vous avez choisi de suivre.",
}
