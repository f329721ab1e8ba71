"""A small other region: proof that nothing in the code knows Nord – Pas-de-Calais."""

from pathlib import Path

import pytest

from region import plan

TINY = """
[region]
nom = "Îles du Ponant"
# Trois îles, un réseau.

[[reseaux]]
identifiant = "phare"
nom = "Phares"

[[reseaux]]
identifiant = "bac"
nom = "Bacs"

[[territoires]]
identifiant = "ouessant"
nom = "Ouessant"
reseau_coordinateur = "phare"

[[territoires]]
identifiant = "sein"
nom = "Sein"

[[espaces]]
identifiant = "commun"
nom = "Le quai"
nature = "commun"
lisible = "inscrits"
dossiers = [
    { identifiant = "cartes", nom = "Cartes marines" },
    { identifiant = "vieilles-cartes", nom = "Vieilles cartes", dans = "cartes" },
]

[modele_territoire]
nom = "Île de {nom}"
description = "L’espace de {nom}."
accueil = \"\"\"
Bienvenue à {nom} <ici>.

Second paragraphe.\"\"\"
liens = [ { titre = "Marées", adresse = "https://marees.example/" } ]
dossiers = [
    { identifiant = "comptes-rendus", nom = "Comptes rendus" },
    { identifiant = "plan", nom = "Plan de {nom}", description = "Pour {nom}" },
]
"""


@pytest.fixture
def tiny() -> plan.Plan:
    return plan.parse(TINY)


@pytest.fixture
def tiny_file(tmp_path: Path, settings) -> Path:
    path = tmp_path / "iles.toml"
    path.write_text(TINY, encoding="utf-8")
    settings.REGION_FILE = path
    return path
