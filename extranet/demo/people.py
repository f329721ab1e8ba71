"""The demo network's people: invented names, functional addresses. Territories come by the order of the region's file."""

from dataclasses import dataclass

PASSWORD = "Extranet-Demo-2026"  # noqa: S105 - public: the demo network is fictitious, and loads nowhere else
DOMAIN = "demo.example"

ANIMATION = ("animation", "Hélène", "Marchandeau")

COORDINATORS = (
    ("Claire", "Vasseron"), ("Antoine", "Delcambrai"), ("Nadia", "Bensaïd-Roux"), ("Philippe", "Leclerquin"),
    ("Sandrine", "Houvenel"), ("Mathieu", "Carpentras"), ("Isabelle", "Dewaulle"), ("Karim", "Haddouche"),
    ("Véronique", "Plancquart"), ("Julien", "Wattrelin"), ("Marianne", "Desruelles"), ("Olivier", "Thibaudon"),
    ("Fatima", "Zerroukh"), ("Bertrand", "Quénehem"), ("Laurence", "Mirouvel"),
)  # fmt: skip
"""One for each of the fifteen territories."""

MEMBERS = (
    ("Sylvie", "Brisquet"), ("Thomas", "Ledruval"), ("Aurélie", "Fontenaille"), ("Rachid", "Messaoudi"),
    ("Catherine", "Olivaint"), ("Bruno", "Castelnot"), ("Émilie", "Rousselin"), ("Hervé", "Dambricart"),
    ("Pauline", "Grésillier"), ("Stéphane", "Vanhoeck"), ("Nathalie", "Berthelon"), ("Yannick", "Pruvosty"),
    ("Corinne", "Lamarquis"), ("David", "Szymczyk"), ("Élodie", "Framezelle"), ("Christophe", "Daubrecq"),
    ("Martine", "Sauvelin"), ("Florian", "Debuyne"), ("Samira", "Kaddouri"), ("Vincent", "Malapart"),
    ("Delphine", "Courtois-Ney"), ("Gérard", "Hennebault"), ("Céline", "Tavernon"), ("Mickaël", "Lorthiosse"),
    ("Agnès", "Devrainne"), ("Romain", "Piotrowiak"), ("Virginie", "Blondiaux"), ("Alain", "Mercheville"),
    ("Louise", "Tournemain"), ("Jérôme", "Cappelaère-Roy"),
)  # fmt: skip
"""Two for each territory: a contributor, then a reader."""

NETWORK_HEADS = {
    "cio": ("Odile", "Ramecourtin"),
    "eif": ("Pascal", "Ghesquin"),
    "fongecif": ("Muriel", "Dautremay"),
    "mission-locale": ("Farid", "Benhaddou"),
    "pij": ("Chloé", "Saint-Vaast"),
    "pole-emploi": ("Éric", "Monchaux-Lys"),
    "universite": ("Anne-Sophie", "Tillois"),
}
STATE = ("etat", "Dominique", "Ferrandier")
REGION = ("region", "Valérie", "Cauchemez")
PARTNER = ("partenaire", "Patrick", "Lescureuil")

STATE_TERRITORIES = ("lille", "roubaix-tourcoing", "douai", "lens-lievin", "dunkerque")
REGION_TERRITORIES = ("lille", "valenciennes", "cambrai", "maubeuge", "calais", "boulogne", "saint-omer")
"""Which territories the chargés de mission follow."""

ENDING_SOON = "saint-omer"
"""Its second member's mandate ends in ten days."""
ENDED = "cambrai"
"""Its second member's mandate ended last month: the account opens the common space only."""

REPRESENTED = ("mission-locale", "pij", "pole-emploi", "eif", "cio", "universite")
"""Networks whose référents sit in a CTT, taken in turn, skipping the coordinator's own."""

REFERENT = {
    "cio": "référent CIO",
    "eif": "référent Espace Info Formation",
    "mission-locale": "référent mission locale",
    "pij": "référent Information Jeunesse",
    "pole-emploi": "référent Pôle emploi",
    "universite": "référent université",
}


@dataclass(frozen=True)
class Waiting:
    """Somebody who asks for an account."""

    email: str
    first_name: str
    last_name: str
    structure: str
    function: str
    territory: str
    message: str


ACCESS_REQUESTS = (
    Waiting(
        email=f"conseil.insertion@{DOMAIN}",
        first_name="Manon",
        last_name="Devaucelle",
        structure="Mission locale, antenne de Lomme",
        function="conseillère en insertion",
        territory="lille",
        message="Je remplace une collègue au comité technique territorial à partir du mois prochain.",
    ),
    Waiting(
        email=f"accueil.formation@{DOMAIN}",
        first_name="Loïc",
        last_name="Barzanne",
        structure="Plateforme de suivi du décrochage",
        function="coordonnateur",
        territory="",
        message="Nous orientons chaque semaine des jeunes vers vos lieux d’accueil et voudrions consulter les cartes.",
    ),
)
INVITED = (f"nouvelle.referente@{DOMAIN}", "Juliette", "Hautecoeur")
"""Invited by Lille's coordinator; has not answered yet."""


ACCOUNTS = (
    (f"animation@{DOMAIN}", "animation régionale (C2RP) : tous les espaces"),
    (f"coordination.lille@{DOMAIN}", "coordination de Lille (et .douai, .calais… : 15 comptes)"),
    (f"membre1.lille@{DOMAIN}", "membre du CTT de Lille, contributeur (membre2 : lecteur)"),
    (f"reseau.cio@{DOMAIN}", "tête de réseau CIO (et .eif, .fongecif… : 7 comptes)"),
    (f"etat@{DOMAIN}", "chargé de mission État, plusieurs territoires (et region@)"),
    (f"partenaire@{DOMAIN}", "partenaire associé : espace commun seulement"),
)
"""For whoever discovers the demo network: one account of each kind."""


def address(*parts: str) -> str:
    """« coordination.lille@demo.example »."""
    return f"{'.'.join(parts)}@{DOMAIN}"


def represented(rank: int, coordinator_network: str) -> tuple[str, str]:
    """Networks of the two members of the territory of that rank: never the coordinator's."""
    others = [network for network in REPRESENTED if network != coordinator_network]
    return others[rank % len(others)], others[(rank + 2) % len(others)]
