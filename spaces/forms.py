"""What people type. Forms check the shape; the rights and the rules are the actions'."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from directory.models import Structure, Territory
from spaces import policy
from spaces.actions import Invitee
from spaces.enums import Role
from spaces.models import AccessRequest, Membership, Space
from spaces.queries import ACCOUNT_STATES, MemberFilter, members_in_force

MAX_PEOPLE = 200
"""Addresses in one pasted list."""

ROLE_HELP = (
    "Lecteur : lit tout ce qui est dans l’espace. Contributeur : dépose aussi des documents. "
    "Animateur d’espace : publie, convoque, invite."
)

_NAMED = re.compile(r'^"?([^"<>]*?)"?\s*<\s*([^<>\s]+)\s*>$')


def parse_people(text: str) -> list[Invitee]:
    """The people of a pasted list: `a@b.c` or `Prénom Nom <a@b.c>`, separated by new lines, semicolons or commas. The same
    address twice counts once. Raises `ValidationError` naming what was not understood."""
    people: dict[str, Invitee] = {}
    unknown = []
    for entry in filter(None, (part.strip() for part in re.split(r"[\n;,]", text))):
        named = _NAMED.match(entry)
        name, email = named.groups() if named else ("", entry)
        try:
            validate_email(email)
            if not name.isprintable() or len(email) > 254:
                raise ValidationError("")
        except ValidationError:
            unknown.append(entry[:80])
            continue
        first_name, _, last_name = " ".join(name.split()).partition(" ")
        people.setdefault(email.lower(), Invitee(email.lower(), first_name[:80], last_name[:80]))
    if unknown:
        raise ValidationError([f"Adresse non reconnue : « {entry} »." for entry in unknown[:20]])
    if len(people) > MAX_PEOPLE:
        raise ValidationError(f"{len(people)} adresses : {MAX_PEOPLE} au plus à la fois.")
    return list(people.values())


class StructureField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Structure) -> str:
        """Two territories may have a structure of the same name: the territory follows, unless the name says it already."""
        elsewhere = obj.territory and obj.territory.name not in obj.name
        return f"{obj.name} ({obj.territory.name})" if elsewhere else obj.name


def structures_of(space: Space | None) -> Any:
    """Those of the space's territory and the regional ones; all, where the space is not a territory's."""
    structures = Structure.objects.select_related("territory").order_by("name", "territory__position")
    if space is None or space.territory_id is None:
        return structures
    return structures.filter(Q(territory=space.territory_id) | Q(territory=None))


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MandateFields(forms.Form):
    """In which capacity, until when."""

    role = forms.TypedChoiceField(
        label="Rôle",
        choices=Role.choices,
        coerce=lambda value: Role(int(value)),
        widget=forms.RadioSelect,
        initial=Role.READER.value,
        help_text=ROLE_HELP,
    )
    function = forms.CharField(
        label="Fonction", max_length=120, required=False, help_text="Par exemple « référent Pôle emploi »."
    )
    structure = StructureField(
        label="Structure représentée", queryset=Structure.objects.none(), required=False, empty_label="Aucune"
    )
    ends_on = forms.DateField(
        label="Fin du mandat",
        required=False,
        widget=DateInput,
        help_text="Dernier jour d’accès. Laissez vide si aucun terme n’est fixé.",
    )

    def clean_ends_on(self) -> Any:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on and ends_on < timezone.localdate():
            raise ValidationError(
                "Cette date est passée : pour retirer l’accès tout de suite, utilisez « Mettre fin »."
            )
        return ends_on


class ChangeMembershipForm(MandateFields):
    starts_on = forms.DateField(label="Début du mandat", widget=DateInput)

    field_order = ("role", "function", "structure", "starts_on", "ends_on")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "role": membership.role,
            "function": membership.function,
            "structure": membership.structure_id,
            "starts_on": membership.starts_on,
            "ends_on": membership.ends_on,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures_of(membership.space) | Structure.objects.select_related(
            "territory"
        ).filter(pk=membership.structure_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "La fin du mandat précède son début.")
        return data


class SpacesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Space) -> str:
        return obj.name


class InviteForm(MandateFields):
    """One person, or a pasted list; into one or more of the spaces that the inviter manages."""

    email = forms.EmailField(label="Adresse électronique professionnelle", max_length=254)
    first_name = forms.CharField(label="Prénom", max_length=80, required=False)
    last_name = forms.CharField(label="Nom", max_length=80, required=False)
    people = forms.CharField(
        label="Adresses des personnes à inviter",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=40_000,
        help_text="Une par ligne, ou séparées par des points-virgules ou des virgules. "
        "« prenom.nom@exemple.fr » ou « Prénom Nom <prenom.nom@exemple.fr> ».",
    )
    spaces = SpacesField(label="Espaces", queryset=Space.objects.none())

    field_order = ("people", "email", "first_name", "last_name", "spaces", "role", "function", "structure", "ends_on")

    def __init__(self, *args: Any, inviter: User, space: Space | None, as_list: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "first_name", "last_name") if as_list else ("people",):
            del self.fields[name]
        self.fields["structure"].queryset = structures_of(space)
        managed = Space.objects.filter(pk__in=policy.reader_of(inviter).managed_ids)
        self.fields["spaces"].queryset = managed
        if space is not None:
            self.initial.setdefault("spaces", [space.pk])
            if len(policy.reader_of(inviter).managed_ids) == 1:
                self.fields["spaces"].widget = forms.MultipleHiddenInput()

    def clean_people(self) -> list[Invitee]:
        people = parse_people(self.cleaned_data["people"])
        if not people:
            raise ValidationError("Indiquez au moins une adresse.")
        return people

    def invitation(self) -> dict[str, Any]:
        """What `spaces.actions.invite` takes: to whom, in which spaces, with which mandate."""
        data = self.cleaned_data
        alone = [] if data.get("people") else [Invitee(data["email"], data["first_name"], data["last_name"])]
        mandate = {name: data[name] for name in ("role", "function", "structure", "ends_on")}
        return {"people": data.get("people") or alone, "spaces": list(data["spaces"]), **mandate}


class EndMembershipForm(forms.Form):
    """Who takes over what the person held, if somebody does today."""

    successor = forms.ModelChoiceField(
        label="Passer la main à",
        queryset=User.objects.none(),
        required=False,
        empty_label="Personne pour l’instant",
        help_text="Un membre de l’espace. Pour quelqu’un d’autre, invitez d’abord cette personne.",
        error_messages={"invalid_choice": "Choisissez un autre membre de cet espace."},
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = members_in_force(membership.space).exclude(pk=membership.user_id)


class MemberFilterForm(forms.Form):
    """Read from the address: what is not understood filters nothing."""

    q = forms.CharField(label="Nom, fonction ou structure", max_length=100, required=False)
    role = forms.TypedChoiceField(label="Rôle", required=False, coerce=lambda value: Role(int(value)), empty_value=None)
    structure = forms.ModelChoiceField(
        label="Structure", queryset=Structure.objects.none(), required=False, empty_label="Toutes"
    )

    def __init__(self, *args: Any, structures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Tous"), *Role.choices]
        self.fields["structure"].queryset = structures

    def wanted(self) -> MemberFilter:
        data = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        structure = data.get("structure")
        return MemberFilter(
            text=data.get("q") or "", role=data.get("role"), structure_id=structure.pk if structure else None
        )


class AccountFilterForm(forms.Form):
    q = forms.CharField(label="Nom ou adresse", max_length=100, required=False)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *ACCOUNT_STATES.items()])


class AnimationForm(forms.Form):
    """Somebody who has an account becomes one of the regional animation."""

    email = forms.EmailField(
        label="Adresse électronique du compte",
        max_length=254,
        help_text="La personne doit déjà avoir un compte : sinon, invitez-la d’abord dans l’espace commun.",
    )
    function = forms.CharField(label="Fonction", max_length=120, required=False)
    ends_on = MandateFields.base_fields["ends_on"]

    def clean_email(self) -> User:
        user = User.objects.active().filter(email=self.cleaned_data["email"].strip().lower()).first()
        if user is None:
            raise ValidationError("Aucun compte actif n’a cette adresse.")
        return user

    clean_ends_on = MandateFields.clean_ends_on


class AccessRequestForm(forms.ModelForm):
    """Public. `website` is left empty by people, who do not see it, and filled in by machines."""

    website = forms.CharField(label="Ne remplissez pas ce champ", required=False, max_length=200)

    class Meta:
        model = AccessRequest
        fields = ("first_name", "last_name", "email", "structure_name", "function", "territory", "message")
        widgets = {"message": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"] = forms.ModelChoiceField(
            label="Territoire",
            queryset=Territory.objects.all(),
            required=False,
            empty_label="Niveau régional",
            help_text="Votre demande sera lue par la coordination de ce territoire, ou par l’animation régionale.",
        )
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        self.fields["structure_name"].widget.attrs["autocomplete"] = "organization"


class DeclineForm(forms.Form):
    note = forms.CharField(
        label="Un mot d’explication",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="Il est envoyé à la personne par courriel.",
    )
