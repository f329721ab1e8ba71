"""What is put to an upper body, and what it answers."""

from typing import Any

from django import forms

from meetings.enums import EscalationState, Purpose
from meetings.models import Body, BodyQuerySet, no_control_character
from meetings.models.escalations import LONGEST
from meetings.queries.escalations import who_will_read


class EscalationForm(forms.Form):
    to_body = forms.ModelChoiceField(
        Body.objects.none(),
        label="À quelle instance\u00a0?",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choisissez l’instance à saisir."},
    )
    title = forms.CharField(
        label="Intitulé",
        max_length=200,
        validators=[no_control_character],
        error_messages={"required": "Donnez un intitulé."},
    )
    text = forms.CharField(
        label="Texte transmis",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Seul ce texte est transmis\u00a0: ni la réunion, ni son compte rendu, ni ses documents. N’y nommez aucun usager.",
        error_messages={"required": "Écrivez ce que vous transmettez."},
    )
    purpose = forms.ChoiceField(label="Vous demandez", choices=Purpose.choices, initial=Purpose.DECISION)

    def __init__(self, *args: Any, bodies: BodyQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_body"]
        field.queryset = bodies
        field.label_from_instance = who_will_read


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label="Que devient cette remontée\u00a0?",
        choices=[
            (EscalationState.TREATED, "Elle est traitée"),
            (EscalationState.RETURNED, "Elle est renvoyée, avec le motif"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si elle est traitée ou renvoyée."},
    )
    answer = forms.CharField(
        label="Réponse au territoire",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Le plus souvent, la décision prise. Elle sera lue dans l’espace d’origine et viendra au prochain ordre du jour de son "
        "instance\u00a0; elle ne se modifie plus ensuite.",
        error_messages={"required": "Écrivez la réponse\u00a0: c’est elle que le territoire lira."},
    )
