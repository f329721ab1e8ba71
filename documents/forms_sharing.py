"""Forms by which a folder is placed or restricted, and a document shared."""

import secrets
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils import timezone

from documents.actions.shares import LINK_MAX_DAYS
from documents.models import Document, Folder
from documents.queries import folder_choices
from spaces.queries import members_in_force, people_around, spaces_to_share_with

if TYPE_CHECKING:
    from accounts.models import User


class PlaceForm(forms.Form):
    parent = forms.ChoiceField(label="Ranger dans", required=False)

    def __init__(self, *args: Any, folder: Folder, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = folder_choices(user, folder.space, but=folder)
        self.fields["parent"].choices = [("", "En haut de l’espace, hors de tout dossier"), *choices]
        self.fields["parent"].initial = folder.parent.slug if folder.parent else ""


class CircleForm(forms.Form):
    members = forms.ModelMultipleChoiceField(
        label="Qui, parmi les membres, peut voir ce dossier et tout ce qu’il contient",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Les animateurs de l’espace et l’animation régionale le voient toujours.",
    )

    def __init__(self, *args: Any, folder: Folder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = members_in_force(folder.space)
        if folder.boundary:
            self.fields["members"].initial = list(folder.boundary.members.values_list("pk", flat=True))


class ShareForm(forms.Form):
    to_space = forms.ModelChoiceField(
        label="Avec un espace",
        queryset=None,
        required=False,
        empty_label="Aucun",
        help_text="Avec l’espace commun, que lit toute personne ayant un compte, le document est ouvert à toutes.",
    )
    to_user = forms.ModelChoiceField(
        label="Ou avec une personne",
        queryset=None,
        required=False,
        empty_label="Personne",
        help_text="Parmi les membres des espaces que vous lisez.",
    )
    ends_on = forms.DateField(
        label="Jusqu’au",
        error_messages={"required": "Choisissez le dernier jour d’accès."},
        help_text="Dernier jour d’accès, dans un an au plus.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label="Pourquoi",
        max_length=200,
        error_messages={"required": "Dites pourquoi, en quelques mots."},
        help_text="Se lit dans «\u00a0Qui peut voir ceci\u00a0?\u00a0» et chez les destinataires.",
    )

    def __init__(self, *args: Any, document: Document, user: "User", **kwargs: Any) -> None:
        in_a_month = timezone.localdate() + timedelta(days=30)
        super().__init__(*args, initial={"ends_on": in_a_month} | kwargs.pop("initial", {}), **kwargs)
        self.fields["to_space"].queryset = spaces_to_share_with(user, document.space)
        self.fields["to_user"].queryset = people_around(user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("to_space")) == bool(cleaned.get("to_user")):
            self.add_error("to_space", "Choisissez un espace, ou bien une personne.")
        return cleaned

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("to_space", "to_user", "ends_on", "reason")}


class LinkForm(forms.Form):
    # A page loaded again, or a button pressed twice, makes one link.
    once = forms.CharField(
        required=False, max_length=64, widget=forms.HiddenInput, initial=partial(secrets.token_urlsafe, 16)
    )
    recipient = forms.CharField(
        label="Pour qui",
        max_length=120,
        error_messages={"required": "Dites pour qui est ce lien."},
        help_text="Pour vous y retrouver. N’apparaît pas derrière le lien.",
    )
    days = forms.IntegerField(
        label="Combien de jours",
        min_value=1,
        max_value=LINK_MAX_DAYS,
        error_messages={"required": "Dites pendant combien de jours ce lien doit marcher."},
        help_text=f"{LINK_MAX_DAYS} au plus.",
    )
    password = forms.CharField(
        label="Mot de passe",
        required=False,
        min_length=8,
        max_length=100,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="8 caractères au moins. Donnez-le par une autre voie que le lien, au téléphone par exemple.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"days": settings.LINK_DAYS} | kwargs.pop("initial", {}), **kwargs)
