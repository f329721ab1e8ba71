"""What a line of text may hold, here and in the forms."""

import re

from django.core.exceptions import ValidationError


def no_control_character(value: str) -> None:
    """A line break or a bidirectional override in a title would forge a line of a calendar or of a mail."""
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", value):
        raise ValidationError("Ce texte contient un caractère invisible ; retapez-le.", code="control")
