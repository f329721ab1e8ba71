"""Forms of the room."""

from datetime import date

from django import forms
from django.utils import timezone


class DeadlineForm(forms.Form):
    deadline = forms.DateField(
        label="À lire jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Ce jour compris. Vide\u00a0: sans échéance, et sans rappel automatique.",
        error_messages={"invalid": "Cette date n’est pas lisible. Exemple\u00a0: 12/03/2027."},
    )

    def clean_deadline(self) -> date | None:
        deadline = self.cleaned_data["deadline"]
        if deadline and deadline < timezone.localdate():
            raise forms.ValidationError("Cette date est passée\u00a0: choisissez-en une à venir.")
        return deadline
