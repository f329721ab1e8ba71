"""The regional animation's forms: a territory, a structure, a place that receives the public."""

from typing import Any

from django import forms
from django.utils.text import slugify
from dsfr.forms import DsfrBaseForm

from directory.models import Network, Structure, Territory
from region.reading import SLUG


class TerritoryForm(DsfrBaseForm):
    name = forms.CharField(
        label="Nom du territoire", max_length=80, help_text="Tel qu’il s’affichera, par exemple « Avesnois-Thiérache »."
    )
    slug = forms.CharField(
        label="Identifiant dans l’adresse",
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"data-slug-from": "id_name", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="Proposé d’après le nom. Il ne pourra plus changer : les liens et les favoris en dépendent.",
    )
    coordinator_network = forms.ModelChoiceField(
        Network.objects.all(),
        label="Réseau de la structure du coordinateur",
        required=False,
        empty_label="Pas encore connu",
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip() or slugify(self.cleaned_data.get("name", ""))[:50].strip("-")
        if not SLUG.fullmatch(slug):
            raise forms.ValidationError(
                "Lettres minuscules sans accent, chiffres et tirets seulement, par exemple « avesnois-thierache »."
            )
        return slug


class StructureForm(DsfrBaseForm):
    name = forms.CharField(label="Nom de la structure", max_length=160)
    network = forms.ModelChoiceField(
        Network.objects.all(),
        label="Réseau",
        required=False,
        empty_label="Aucun (État, Région, animation régionale, partenaire associé…)",
    )
    territory = forms.ModelChoiceField(
        Territory.objects.all(), label="Territoire", required=False, empty_label="Aucun : structure régionale"
    )


class SiteForm(DsfrBaseForm):
    structure = forms.ModelChoiceField(
        Structure.objects.exclude(network=None).select_related("territory"),
        label="Structure qui tient ce lieu",
        empty_label="Choisissez une structure",
    )
    territory = forms.ModelChoiceField(
        Territory.objects.all(),
        label="Territoire où se trouve ce lieu",
        empty_label="Choisissez un territoire",
    )
    name = forms.CharField(label="Nom du lieu", max_length=160, help_text="Par exemple « Antenne du centre ».")
    town = forms.CharField(label="Commune", max_length=80, required=False)
    is_labelled = forms.BooleanField(
        label="Lieu labellisé",
        required=False,
        help_text="Un accueil sans rendez-vous y est assuré pendant au moins la moitié des heures d’ouverture.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].label_from_instance = lambda structure: (
            f"{structure.name} ({structure.territory.name})" if structure.territory else structure.name
        )
