"""Until when what is found holds: the words of the filters, of the lists and of the pages."""

from datetime import date, timedelta
from functools import lru_cache

from django.db import models

from spaces.models import french_date


class Validity(models.TextChoices):
    """What may be asked of it. What has no last day is in force."""

    IN_FORCE = "en-vigueur", "En vigueur"
    OVER = "echus", "Échus"
    TO_REVIEW = "a-revoir", "À revoir"


@lru_cache
def validity_in_words(valid_until: date | None, today: date) -> str:
    """« Valable jusqu’au 31 mars 2027 », « Échu depuis le 1er avril 2026 ». Empty without a last day."""
    if valid_until is None:
        return ""
    if valid_until >= today:
        return f"Valable jusqu’au {french_date(valid_until)}"
    return f"Échu depuis le {french_date(valid_until + timedelta(days=1))}"
