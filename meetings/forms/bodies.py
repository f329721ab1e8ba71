"""Settling a body: its habits, and who sits in it."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet

from directory.models import Structure
from meetings.enums import Approval
from meetings.forms.fields import HourField, LinkField
from meetings.models import Body, no_control_character
from meetings.models.bodies import DAY_MINUTES
from meetings.rhythm import DAYS, EVERY, RANKS, Rhythm
from spaces.forms import StructureField, structures_of
from spaces.models import Membership, Space

_KEPT = "kept"
LONGEST_DAYS = 120


def _days(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
        error_messages={"required": "Dites combien de jours."},
    )


class BodyForm(forms.Form):
    name = forms.CharField(
        label="Nom",
        max_length=160,
        validators=[no_control_character],
        error_messages={"required": "Donnez un nom à l’instance."},
    )
    every = forms.ChoiceField(
        label="Rythme",
        required=False,
        help_text="Sert à proposer les dates de l’année, et à dire à l’animation régionale combien de réunions sont attendues.",
    )
    rank = forms.TypedChoiceField(label="Rang dans le mois", coerce=int, required=False, choices=list(RANKS.items()))
    day = forms.ChoiceField(label="Jour de la semaine", required=False, choices=list(DAYS.items()))
    default_start = HourField(label="Heure de début", required=False)
    duration = forms.IntegerField(
        label="Durée, en minutes",
        validators=[MinValueValidator(5), MaxValueValidator(DAY_MINUTES)],
        error_messages={"required": "Dites combien de minutes dure une réunion."},
    )
    place = forms.CharField(label="Lieu", max_length=200, required=False, validators=[no_control_character])
    link = LinkField(label="Lien de visioconférence", required=False)
    agenda_template = forms.CharField(
        label="Ordre du jour type",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Un point par ligne. Chaque nouvelle réunion commence par eux.",
    )
    quorum = forms.IntegerField(
        label="Quorum",
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text="Nombre de présents et de représentés qu’il faut. Laissez vide s’il n’y en a pas.",
    )
    approval = forms.ChoiceField(
        label="Approbation du compte rendu", choices=Approval.choices, widget=forms.RadioSelect
    )
    amendment_days = _days("Délai d’amendement, en jours", "À compter de la diffusion du compte rendu.")
    minutes_due_days = _days("Délai du compte rendu, en jours", "À compter de la réunion.")

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        self.body, rhythm = body, Rhythm.of(body.rrule)
        shown = {name: getattr(body, name) for name in self.base_fields if hasattr(body, name)}
        if rhythm:
            shown |= {"every": rhythm.every, "rank": rhythm.rank, "day": rhythm.day}
        elif body.rrule:
            shown["every"] = _KEPT
        kwargs["initial"] = shown | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        kept = [(_KEPT, "Garder le rythme actuel, particulier à cette instance")] if body.rrule and not rhythm else []
        every = [(number, words[0].upper() + words[1:]) for number, words in EVERY.items()]
        self.fields["every"].choices = [("", "Aucun"), *kept, *every]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        every = data.get("every")
        if every and every != _KEPT and not (data.get("rank") and data.get("day")):
            self.add_error("rank", "Choisissez aussi quel jour du mois.")
        return data

    def contents(self) -> dict[str, Any]:
        """What the action takes."""
        said = dict(self.cleaned_data)
        every, rank, day = said.pop("every"), said.pop("rank"), said.pop("day")
        rrule = self.body.rrule if every == _KEPT else Rhythm(int(every), rank, day).rrule if every else ""
        return said | {"rrule": rrule}


class MandatesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Membership) -> str:
        structure = obj.structure
        network = structure.network if structure and structure.network else None
        facts = [str(one) for one in (structure, network, obj.function) if one]
        return ", ".join([str(obj.user), *facts])


class MembersForm(forms.Form):
    mandates = MandatesField(
        label="Personnes de l’espace",
        queryset=Membership.objects.none(),
        error_messages={"required": "Cochez au moins une personne."},
    )

    def __init__(self, *args: Any, mandates: "QuerySet[Membership]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandates"].queryset = mandates  # type: ignore[attr-defined]


class GuestForm(forms.Form):
    name = forms.CharField(
        label="Prénom et nom",
        max_length=160,
        validators=[no_control_character],
        error_messages={"required": "Donnez le prénom et le nom."},
    )
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        error_messages={"required": "Donnez l’adresse à laquelle convoquer cette personne."},
    )
    structure = StructureField(
        label="Structure", queryset=Structure.objects.none(), required=False, empty_label="Aucune"
    )

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures_of(space)  # type: ignore[attr-defined]
