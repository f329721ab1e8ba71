"""Inviting, convening, answering."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from directory.models import Structure
from meetings.actions.invitees import Person
from meetings.enums import Answer
from meetings.forms.fields import DayField
from meetings.models import no_control_character
from spaces.forms import StructureField, structures_of
from spaces.models import Space

_BRACKETED = re.compile(r"^(?P<name>[^<>]*)<(?P<email>[^<>\s]+)>$")


class InviteesForm(forms.Form):
    """A list pasted as mail programs write it, one person a line."""

    people = forms.CharField(
        label="Personnes à inviter",
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Une par ligne : « Prénom Nom <adresse@exemple.fr> », ou l’adresse seule. Sans compte, on répond par "
        "le lien du courriel.",
        error_messages={"required": "Écrivez au moins une adresse."},
    )

    structure = StructureField(
        label="Leur structure",
        queryset=Structure.objects.none(),
        required=False,
        empty_label="Aucune",
        help_text="Pour celles qui n’ont pas de mandat dans l’espace. Les autres représentent la structure de leur mandat.",
    )

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures_of(space)  # type: ignore[attr-defined]

    def clean_people(self) -> list[Person]:
        lines = [line.strip() for line in re.split(r"[\n;]|(?<=>),", self.cleaned_data["people"])]
        people, wrong = [], []
        for line in filter(None, lines):
            match = _BRACKETED.match(line)
            name, email = (_unquoted(match["name"]), match["email"]) if match else ("", line.strip(","))
            try:
                validate_email(email)
                no_control_character(name)
            except ValidationError:
                wrong.append(line[:80])
            else:
                people.append(Person(email=email, name=name[:160]))
        if wrong:
            raise ValidationError([f"Cette ligne n’est pas comprise : « {line} »." for line in wrong[:5]])
        return people


def _unquoted(name: str) -> str:
    """« "Nom, Prénom" » as mail programs quote it; quotes within a name are its own."""
    name = name.strip()
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] == '"' else name


class ConveneForm(forms.Form):
    answer_by = DayField(
        label="Réponse attendue avant le",
        required=False,
        help_text="Ceux qui n’ont pas répondu sont relancés trois jours avant.",
    )


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="Votre réponse",
        choices=[
            (Answer.PRESENT, "Je viens"),
            (Answer.EXCUSED, "Je ne peux pas venir"),
            (Answer.REPRESENTED, "Je serai représenté"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse."},
    )
    represented_by = forms.CharField(
        label="Représenté par",
        max_length=120,
        required=False,
        validators=[no_control_character],
        help_text="Seulement si vous serez représenté : le nom de la personne qui viendra.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The date that the page showed, in seconds since 1970: the meeting may have moved since."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == Answer.REPRESENTED and not data.get("represented_by"):
            self.add_error("represented_by", "Par qui serez-vous représenté ?")
        return data
