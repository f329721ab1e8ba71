"""The region's file, and what is answered to somebody who mistypes it."""

from pathlib import Path

import pytest
from django.conf import settings

from region import plan
from region.plan import FolderPlan, PlanError
from spaces.enums import SpaceKind, Visibility
from tests.region.conftest import TINY


def test_nord_pas_de_calais():
    region = plan.load(settings.BASE_DIR / "region" / "data" / "nord-pas-de-calais.toml")
    assert [network.slug for network in region.networks] == [
        "cio", "eif", "fongecif", "mission-locale", "pij", "pole-emploi", "universite",
    ]  # fmt: skip
    assert {territory.slug: territory.coordinator_network for territory in region.territories} == {
        "artois-ternois": "pole-emploi", "berck-montreuil": "eif", "bethune-bruay": "pole-emploi", "boulogne": "eif",
        "calais": "eif", "cambrai": "cio", "douai": "pole-emploi", "dunkerque": "eif", "flandre-lys": "cio",
        "lens-lievin": "cio", "lille": "cio", "maubeuge": "eif", "roubaix-tourcoing": "cio", "saint-omer": "cio",
        "valenciennes": "pole-emploi",
    }  # fmt: skip
    assert {space.slug: (space.kind, space.template.visibility) for space in region.spaces} == {
        "commun": (SpaceKind.COMMON, Visibility.REGISTERED),
        "cotec": (SpaceKind.COTEC, Visibility.MEMBERS),
        "ressources": (SpaceKind.RESOURCES, Visibility.MEMBERS),
    }
    assert region.territory_template.visibility == Visibility.MEMBERS


def test_another_region(tiny):
    assert tiny.territories[1].coordinator_network == ""
    assert tiny.spaces[0].template.folders[1] == FolderPlan("vieilles-cartes", "Vieilles cartes", parent="cartes")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            'nom = "Sein"', "",
            "iles.toml, territoires, 2e entrée, ligne 19 : clé « nom » : elle manque, ou elle est vide.",
        ),
        (
            'identifiant = "sein"', 'identifiant = "Île"',
            "iles.toml, territoires, 2e entrée, ligne 20 : clé « identifiant » : « Île » ne convient pas : "
            "lettres minuscules sans accent, chiffres et tirets.",
        ),
        (
            'reseau_coordinateur = "phare"', 'reseau_coordinateur = "fare"',
            "iles.toml, territoires, 1re entrée, ligne 17 : clé « reseau_coordinateur » : "
            "« fare » n’est l’identifiant d’aucun réseau du fichier.",
        ),
        (
            'nom = "Ouessant"', 'nom = "Ouessant"\ncouleur = "bleu"',
            "iles.toml, territoires, 1re entrée, ligne 17 : clé « couleur » : elle n’existe pas ici ; "
            "clés possibles : identifiant, nom, reseau_coordinateur.",
        ),
        (
            'identifiant = "sein"', 'identifiant = "ouessant"',
            "iles.toml, territoires, 2e entrée, ligne 20 : clé « identifiant » : "
            "« ouessant » est déjà pris par une entrée précédente.",
        ),
        (
            'dans = "cartes"', 'dans = "cales"',
            "iles.toml, espaces, 1re entrée, dossiers, 2e entrée, ligne 30 : clé « dans » : "
            "« cales » n’est pas un dossier déclaré avant celui-ci.",
        ),
        (
            'lisible = "inscrits"', 'lisible = "tous"',
            "iles.toml, espaces, 1re entrée, ligne 27 : clé « lisible » : "
            "« tous » n’est pas possible ; au choix : membres, inscrits.",
        ),
        (
            '"https://marees.example/"', '"marees"',
            "iles.toml, modele_territoire, liens, 1re entrée, ligne 40 : clé « adresse » : "
            "« marees » n’est pas une adresse (https://… attendu).",
        ),
        (
            'nom = "Île de {nom}"', 'nom = "Île"',
            "iles.toml, modele_territoire, ligne 34 : clé « nom » : "
            "le nom du modèle doit contenir {nom}, sans quoi tous les espaces auraient le même.",
        ),
        (
            'identifiant = "commun"', 'identifiant = "sein"',
            "iles.toml, espaces, 1re entrée, ligne 24 : clé « identifiant » : « sein » est déjà celui d’un territoire.",
        ),
        (
            'nature = "commun"', 'nature = "cotec"',
            "iles.toml, ligne 23 : clé « espaces » : il faut un espace de nature « commun », et un seul.",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named(right: str, wrong: str, message: str):
    assert right in TINY
    with pytest.raises(PlanError) as caught:
        plan.parse(TINY.replace(right, wrong, 1), where="iles.toml")
    assert str(caught.value) == message


def test_not_toml():
    with pytest.raises(PlanError, match=r"^iles.toml, ligne 2, colonne \d+\s: ce n’est pas du TOML correct"):
        plan.parse("[region]\nnom = Bretagne\n", where="iles.toml")


def test_no_file(tmp_path: Path):
    with pytest.raises(PlanError, match="est introuvable"):
        plan.load(tmp_path / "absent.toml")


PANEL = """
[groupe_usagers]
categories = [
    { identifiant = "marins", nom = "Marins", sieges = 3 },
    { identifiant = "gardiens", nom = "Gardiens de phare" },
]
themes = [ { identifiant = "marees", nom = "Marées" } ]
"""


def test_the_user_panels_of_another_region():
    panel = plan.parse(TINY + PANEL).panel
    assert panel.categories == (("marins", "Marins", 3), ("gardiens", "Gardiens de phare", 2))
    assert panel.themes == (("marees", "Marées"),)
    assert plan.parse(TINY).panel == plan.PanelPlan()


def test_the_user_panels_of_nord_pas_de_calais():
    panel = plan.load(settings.BASE_DIR / "region" / "data" / "nord-pas-de-calais.toml").panel
    assert [seats for _, _, seats in panel.categories] == [2] * 7
    assert len(panel.themes) == 6


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("sieges = 3", "sieges = 0", "1re entrée, ligne 48 : clé « sieges » : un nombre entre 1 et 20 attendu."),
        ('identifiant = "gardiens"', 'identifiant = "marins"', "« marins » est déjà pris par une entrée précédente."),
        ('nom = "Marées"', 'nom = ""', "clé « nom » : elle manque, ou elle est vide."),
        ("themes =", "sujets =", "clé « sujets » : elle n’existe pas ici ; clés possibles : categories, themes."),
    ],
)
def test_a_mistake_in_the_panels_is_told(right, wrong, message):
    assert right in PANEL
    with pytest.raises(PlanError) as caught:
        plan.parse(TINY + PANEL.replace(right, wrong), where="iles.toml")
    assert message in str(caught.value)


def test_one_panel_by_space():
    twice = '{ identifiant = "a", nom = "A", nature = "usagers" }, { identifiant = "b", nom = "B", nature = "usagers" }'
    wrong = TINY.replace('description = "L’espace de {nom}."', f"instances = [ {twice} ]")
    with pytest.raises(PlanError, match="un seul par espace"):
        plan.parse(wrong)
