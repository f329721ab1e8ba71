"""What somebody chooses, on the preferences page and at the foot of a mail."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from notifications.enums import CATEGORY_HINTS, Category, Timing
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_ABSENCE = 366
"""Days."""
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class ChoicesForm(forms.Form):
    """One field for each category."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for category in Category:
            self.fields[category.value] = forms.ChoiceField(
                label=category.label, choices=Timing.choices, help_text=CATEGORY_HINTS.get(category, "")
            )

    @property
    def choices(self) -> dict[Category, Timing]:
        return {Category(name): Timing(value) for name, value in self.cleaned_data.items()}


class ExceptionForm(forms.Form):
    space = forms.ModelChoiceField(
        label="Dans l’espace", queryset=Space.objects.none(), empty_label="Choisir un espace"
    )
    category = forms.ChoiceField(
        label="Pour la rubrique",
        choices=[(category.value, category.label) for category in Category if category != Category.FOLLOWED],
    )
    timing = forms.ChoiceField(label="Me prévenir", choices=Timing.choices)

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].queryset = Space.objects.visible_to(user)


class RhythmForm(forms.Form):
    hour = forms.TypedChoiceField(
        label="Heure des récapitulatifs", coerce=int, choices=[(hour, f"{hour}\u00a0h") for hour in range(5, 23)]
    )
    weekday = forms.TypedChoiceField(
        label="Jour du récapitulatif de la semaine", coerce=int, choices=list(enumerate(WEEKDAYS))
    )
    away_until = forms.DateField(
        label="Absent jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Aucune notification ne vous est envoyée jusqu’à ce jour compris\u00a0; un récapitulatif vous attend à votre "
        "retour. Les messages qui vous sont adressés en personne (convocations, rappels, accès) partent quand même.",
        error_messages={"invalid": "Cette date n’est pas lisible. Exemple\u00a0: 12/03/2027."},
    )

    def clean_away_until(self) -> date | None:
        """A wrong year would pause nothing, or everything for good."""
        day, today = self.cleaned_data["away_until"], timezone.localdate()
        if day and day < today:
            raise forms.ValidationError(
                "Cette date est passée\u00a0: donnez le dernier jour de votre absence, ou videz-la."
            )
        if day and day > today + timedelta(days=LONGEST_ABSENCE):
            raise forms.ValidationError("Une absence dure un an au plus\u00a0: vérifiez l’année.")
        return day


class StopForm(forms.Form):
    """At the foot of a mail. What mail readers send by themselves (RFC 8058) has no `timing`: it means « stop »."""

    timing = forms.ChoiceField(
        label="Ce que je veux recevoir",
        required=False,
        widget=forms.RadioSelect,
        choices=[choice for choice in Timing.choices if choice[0] != Timing.AT_ONCE],
    )
