"""What people type about a panel."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import User
from directory.models import Structure
from meetings.forms.fields import DayField
from meetings.models import Action, Body, no_control_character
from panels.enums import Consent, ObservationState, Part, Seen
from panels.models import Category, Identity, Observation, Tenure, Theme
from panels.queries import SeatLine
from spaces.forms import StructureField, structures_of
from spaces.models import Membership, Space

_NOT_NOTED = "non-note"


class SeatForm(forms.Form):
    """A name is asked for with the agreement that allows keeping it."""

    name = forms.CharField(
        label="Prénom et nom",
        max_length=160,
        validators=[no_control_character],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Donnez le prénom et le nom."},
    )
    email = forms.EmailField(
        label="Adresse électronique", max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    phone = forms.CharField(
        label="Téléphone",
        max_length=40,
        required=False,
        validators=[no_control_character],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    structure = StructureField(
        label="Structure qui l’a fait connaître",
        queryset=Structure.objects.none(),
        empty_label="Choisissez une structure",
        error_messages={"required": "Par quelle structure cette personne a-t-elle été trouvée\u00a0?"},
    )
    since = DayField(label="Membre du groupe depuis le", error_messages={"required": "Depuis quel jour\u00a0?"})
    until = DayField(
        label="Jusqu’au",
        error_messages={"required": "Jusqu’à quel jour\u00a0?"},
        help_text="Trois ans au plus. Ensuite, le nom est effacé de lui-même.",
    )
    consent_on = DayField(
        label="Accord donné le",
        error_messages={"required": "Sans accord de la personne, son nom ne peut pas être noté."},
    )
    consent_how = forms.ChoiceField(
        label="De quelle façon", choices=Consent.choices, error_messages={"required": "Comment l’accord a-t-il été donné\u00a0?"}
    )  # fmt: skip

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures_of(space)  # type: ignore[attr-defined]


def initial_of(tenure: Tenure | None, identity: Identity | None) -> dict[str, object]:
    """The place as the form shows it; two years from today when it is free."""
    if tenure is None or identity is None:
        today = timezone.localdate()
        return {"since": today, "until": today + timedelta(days=730)}
    shown: dict[str, object] = {name: getattr(tenure, name) for name in ("since", "until", "consent_on", "consent_how")}
    shown |= {name: getattr(identity, name) for name in ("name", "email", "phone")}
    return shown | {"structure": tenure.structure_id}


class PresencesForm(forms.Form):
    """One list by seat that somebody holds on the day; the names are shown to who may see them."""

    def __init__(self, *args: Any, lines: Iterable[SeatLine], noted: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uuids: dict[str, UUID] = {}
        for line in lines:
            held = [place for place in line.places if place.tenure]
            if not held:
                continue
            key = f"siege-{line.seat.uuid}"
            self.uuids[key] = line.seat.uuid
            there = [(_seen(place.part), f"{_seen(place.part).label}{_named(place.name)}") for place in held]
            self.fields[key] = forms.ChoiceField(
                label=str(line.seat),
                choices=[(_NOT_NOTED, "Non noté"), *there, (Seen.ABSENT, Seen.ABSENT.label)],
                initial=noted.get(line.seat.pk, _NOT_NOTED),
            )

    def seen(self) -> dict[UUID, str]:
        said = {uuid: self.cleaned_data[key] for key, uuid in self.uuids.items()}
        return {uuid: word for uuid, word in said.items() if word != _NOT_NOTED}


def _seen(part: Part) -> Seen:
    return Seen.HOLDER if part == Part.HOLDER else Seen.SUBSTITUTE


def _named(name: str) -> str:
    return f"\u00a0: {name}" if name else ""


class ObservationForm(forms.Form):
    theme = forms.ModelChoiceField(
        label="Thème",
        queryset=Theme.objects.none(),
        empty_label="Choisissez un thème",
        error_messages={"required": "Sous quel thème ranger cette observation\u00a0?"},
    )
    category = forms.ModelChoiceField(
        label="Catégorie d’usagers", queryset=Category.objects.none(), required=False, empty_label="Plusieurs, ou aucune en particulier"
    )  # fmt: skip
    text = forms.CharField(
        label="Observation",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Sans nom de personne\u00a0: les membres de l’espace la lisent.",
        error_messages={"required": "Écrivez ce qui a été dit."},
    )

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.filter(body=body)  # type: ignore[attr-defined]
        self.fields["category"].queryset = Category.objects.filter(body=body)  # type: ignore[attr-defined]


class ObservationChangeForm(ObservationForm):
    state = forms.ChoiceField(label="Où en est-elle\u00a0?", choices=ObservationState.choices)
    answer = forms.CharField(
        label="Ce qu’elle est devenue",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Repris tel quel dans la restitution remise aux usagers.",
    )
    actions = forms.ModelMultipleChoiceField(
        label="Actions qui y répondent",
        queryset=Action.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, actions: QuerySet[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actions"].queryset = actions  # type: ignore[attr-defined]
        if not actions:
            del self.fields["actions"]


class CorrectiveActionForm(forms.Form):
    text = forms.CharField(
        label="Quoi",
        max_length=500,
        validators=[no_control_character],
        error_messages={"required": "Dites ce qu’il y a à faire."},
    )
    structure = StructureField(
        label="Structure qui s’en charge", queryset=Structure.objects.none(), required=False, empty_label="Une structure…"
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label="Professionnel qui s’en charge",
        queryset=None,
        required=False,
        empty_label="Une personne…",
        help_text="Parmi les membres de l’espace. La restitution ne nomme que la structure.",
    )
    due_on = DayField(label="Pour le", required=False)
    observations = forms.ModelMultipleChoiceField(
        label="Observations auxquelles elle répond",
        queryset=Observation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, space: Space, observations: QuerySet[Observation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures_of(space)  # type: ignore[attr-defined]
        members = Membership.objects.in_force().filter(space=space).values("user")
        people = User.objects.active().filter(pk__in=members).order_by("last_name", "first_name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["observations"].queryset = observations  # type: ignore[attr-defined]
        self.fields["observations"].label_from_instance = lambda one: Truncator(one.text).chars(140)  # type: ignore[attr-defined]


class CategoryForm(forms.Form):
    prefix = "categorie"
    name = forms.CharField(
        label="Nom de la catégorie",
        max_length=120,
        validators=[no_control_character],
        error_messages={"required": "Donnez un nom à la catégorie."},
    )
    seats = forms.IntegerField(
        label="Nombre de sièges",
        initial=2,
        min_value=1,
        max_value=20,
        error_messages={"required": "Combien de sièges\u00a0?", "invalid": "Écrivez un nombre."},
    )


class ThemeForm(forms.Form):
    prefix = "theme"
    name = forms.CharField(
        label="Nom du thème",
        max_length=120,
        validators=[no_control_character],
        error_messages={"required": "Donnez un nom au thème."},
    )
