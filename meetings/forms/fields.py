"""Fields that several forms ask for in the same words."""

from typing import Any

from django import forms
from django.core.validators import URLValidator

from spaces.forms import DateInput


class DayField(forms.DateField):
    widget = DateInput
    input_formats = ["%Y-%m-%d", "%d/%m/%Y"]
    default_error_messages = {"invalid": "Écrivez le jour ainsi\u00a0: 12/03/2026."}


class HourField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    default_error_messages = {"invalid": "Écrivez l’heure ainsi\u00a0: 14:30."}


class LinkField(forms.URLField):
    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {"invalid": "Collez l’adresse entière, qui commence par https://."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=400, assume_scheme="https", **kwargs)
