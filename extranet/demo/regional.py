"""The regional papers: guide, reference of welcome, contact slip, maps, communication kit, training."""

from collections.abc import Mapping

from extranet.demo.files import Drawing, Paper, box, bullets, heading, paragraph, table

GUIDE = Paper(
    title="Guide du Service public de l’orientation",
    subtitle="À l’usage des professionnels du réseau",
    blocks=[
        paragraph("Ce guide rassemble ce qu’il faut savoir pour recevoir, informer et orienter ensemble."),
        heading("À qui s’adresse le service"),
        paragraph(
            "À tout habitant de la région, à chaque moment de sa vie : collégien, étudiant, salarié, demandeur d’emploi, "
            "indépendant. L’information est gratuite, et personne n’a rien à vendre."
        ),
        heading("Sept réseaux, quinze territoires"),
        table(
            ["Réseau", "Labellisés", "Existants"],
            ["CIO", "25", "25"], ["EIF", "17", "17"], ["Fongecif", "4", "4"], ["Missions locales", "124", "170"],
            ["PIJ", "53", "83"], ["Pôle emploi", "18", "66"], ["Universités", "19", "19"], ["Total", "260", "384"],
        ),
        heading("Trois niveaux de service"),
        bullets(
            "un premier accueil et un premier conseil, pour chacun",
            "une information complète sur les formations, l’alternance, la validation des acquis, les métiers et leur avenir",
            "un conseil personnalisé, donné par chaque réseau à son public",
        ),
        heading("Le label"),
        paragraph(
            "La demande est faite par territoire : formulaire, convention, état des lieux et grille des services. Un réseau "
            "qui ne peut pas recevoir sans rendez-vous la moitié du temps reste partenaire associé."
        ),
        heading("Qui se réunit, et quand"),
        table(
            ["Instance", "Rythme", "Participants"],
            ["Comité technique territorial", "à l’initiative du coordinateur", "référents, Région, État"],
            ["Réunion des coordinateurs", "tous les deux mois", "coordinateurs, C2RP"],
            ["COTEC", "chaque trimestre", "État, Région, têtes de réseaux"],
            ["Groupe Projet Ressources", "selon les besoins", "réseaux, C2RP"],
            ["Groupe d’usagers", "deux fois par an", "quatorze usagers du territoire"],
        ),
        heading("Suivre et s’améliorer"),
        paragraph(
            "Chaque structure fournit ses données ; elles forment le tableau de bord du territoire. L’auto-évaluation nourrit "
            "le rapport annuel, puis la synthèse régionale."
        ),
        box("Une remarque, une idée ? Écrivez à l’animation régionale : la prochaine édition en tiendra compte."),
    ],
)  # fmt: skip

WELCOME = Paper(
    title="Référentiel d’accueil",
    subtitle="Cinq étapes, du bonjour au rendez-vous",
    blocks=[
        table(
            ["Étape", "Ce qu’on cherche", "Comment"],
            ["Accueillir", "mettre en confiance", "se présenter, dire ce que le lieu propose"],
            ["Écouter", "comprendre la demande", "laisser parler, reformuler, ne pas conclure trop vite"],
            ["Repérer", "trouver le bon interlocuteur", "s’appuyer sur l’annuaire et les cartes"],
            ["Orienter", "expliquer le choix", "des mots simples, la fiche contact remise en main propre"],
            ["Mettre en relation", "que la personne soit attendue", "téléphoner devant elle, fixer le rendez-vous"],
        ),
        paragraph("À chaque étape, ne demander que ce qui sert à l’orientation."),
    ],
)

CONTACT_SLIP = Paper(
    title="Fiche contact",
    subtitle="Pour toute personne orientée vers un partenaire",
    blocks=[
        heading("Partie conservée par la structure (sans identité)"),
        table(
            ["Rubrique", "À compléter"],
            ["Réseau", " "], ["Date", " "], ["Sexe", " "], ["Moins ou plus de 26 ans", " "], ["Statut", " "],
            ["Demande de départ", " "], ["Réponse apportée", " "], ["Structures indiquées", " "],
        ),
        heading("Partie remise à la personne"),
        table(
            ["Rubrique", "À compléter"],
            ["Vous avez été reçu par", " "], ["Objet de votre demande", " "], ["Structure à contacter", " "],
            ["Adresse et téléphone", " "], ["Rendez-vous : date, heure, lieu", " "],
        ),
    ],
)  # fmt: skip

LITERACY = Paper(
    title="Demande de sensibilisation à l’illettrisme",
    subtitle="À renvoyer à l’animation régionale",
    blocks=[
        table(
            ["Rubrique", "À compléter"],
            ["Territoire", " "], ["Nombre de participants", " "], ["Période souhaitée", " "], ["Salle proposée", " "],
        ),
        paragraph("La sensibilisation dure une journée. L’animation régionale vous répond sous quinze jours."),
    ],
)  # fmt: skip

TRAINING = Paper(
    title="Professionnalisation : les modules ouverts",
    subtitle="Programme du semestre",
    blocks=[
        table(
            ["Module", "Durée", "Pour qui"],
            ["Analyser une demande d’orientation", "2 jours", "conseillers et agents d’accueil"],
            ["Prendre en main les ressources régionales", "1 jour", "tout professionnel du réseau"],
            ["Reconnaître et accompagner l’illettrisme", "1 jour", "à la demande d’un territoire"],
            ["Lire les données socio-économiques", "1 jour", "coordinateurs et référents"],
        ),
        paragraph("Inscription auprès du référent professionnalisation de votre réseau."),
    ],
)

PARTNERS = Paper(
    title="Partenaires associés : qui fait quoi",
    blocks=[
        heading("Ceux vers qui nous orientons"),
        bullets(
            "Cap emploi et MDPH, pour les personnes en situation de handicap",
            "points de conseil VAE",
            "chambres consulaires et réseaux d’aide à la création d’entreprise",
            "plateformes de suivi des jeunes sortis de l’école",
        ),
        heading("Ceux qui nous adressent leur public"),
        bullets("maisons de l’emploi", "CCAS et référents RSA", "centres sociaux et clubs de prévention"),
        box("Un organisme de formation n’est jamais partenaire : l’information reste indépendante."),
    ],
)

WEBSITES = Paper(
    title="Sites de référence, par catégorie",
    blocks=[
        heading("Métiers et formations"),
        bullets("Onisep, fiches métiers", "offre régionale de formation", "portail de la validation des acquis"),
        heading("Emploi et données"),
        bullets("observatoire régional emploi-formation", "statistiques du marché du travail"),
        heading("Réseaux"),
        bullets("missions locales", "information jeunesse", "Fongecif", "universités"),
    ],
)

CALENDAR_OF_WORKSHOPS: list[list[str | int | float]] = [
    ["Atelier", "Territoire", "Places", "Places prises"],
    ["Prise en main des ressources", "Lille", 14, 14],
    ["Prise en main des ressources", "Valenciennes", 14, 9],
    ["Prise en main des ressources", "Calais", 12, 7],
    ["Analyse de la demande", "Lens-Liévin", 12, 12],
    ["Données socio-économiques", "Dunkerque", 16, 5],
]

# --- Maps -----------------------------------------------------------------------------------------------------------

TILES = {
    "calais": (1.1, 0.0), "dunkerque": (2.3, 0.0), "boulogne": (0.2, 0.9), "saint-omer": (1.7, 1.0),
    "flandre-lys": (2.8, 1.0), "lille": (4.0, 1.0), "roubaix-tourcoing": (5.1, 0.7), "berck-montreuil": (0.3, 1.9),
    "bethune-bruay": (2.2, 2.0), "lens-lievin": (3.3, 2.0), "douai": (4.4, 2.0), "valenciennes": (5.5, 2.0),
    "artois-ternois": (1.7, 3.0), "cambrai": (4.0, 3.0), "maubeuge": (6.2, 3.0),
}  # fmt: skip
"""Where each territory's tile lies on the maps, in tiles from the top left."""
COLOURS = {"cio": "#000091", "eif": "#1f8d49", "pole-emploi": "#b34000", "": "#6a6a6a"}
NAMES = {"cio": "CIO", "eif": "EIF", "pole-emploi": "Pôle emploi"}
_FOOT = "Carte schématique : la place des territoires est approchée. Document fictif du réseau de démonstration."


def coordinators_map(territories: Mapping[str, tuple[str, str]]) -> Drawing:
    """Colours by the network of the coordinator. `territories`: slug → (name, network's slug)."""
    tiles = [_tile(slug, name, COLOURS.get(network, COLOURS[""]), "") for slug, (name, network) in territories.items()]
    legend = [{"fill": COLOURS[slug], "text": name} for slug, name in NAMES.items()]
    title = "Les 15 territoires et le réseau de leur coordinateur"
    data = {"title": title, "subtitle": "Zones d’emploi-formation", "tiles": tiles, "legend": legend, "footer": _FOOT}
    return Drawing("map", data, "\n".join([title, *(name for name, _ in territories.values())]))


def sites_map(territories: Mapping[str, tuple[str, int, int]]) -> Drawing:
    """Darker where more places are labelled. `territories`: slug → (name, labelled, existing)."""
    shades = ((22, "#000091"), (17, "#2323b4"), (13, "#6a6af4"), (0, "#8585c8"))
    tiles = [
        _tile(slug, name, next(shade for least, shade in shades if labelled >= least), f"{labelled} / {existing}")
        for slug, (name, labelled, existing) in territories.items()
    ]
    legend = [{"fill": shade, "text": f"{least} lieux labellisés et plus"} for least, shade in shades if least]
    title = "Lieux labellisés et lieux existants, par territoire"
    data = {
        "title": title, "subtitle": "260 lieux labellisés sur 384", "tiles": tiles, "legend": legend, "footer": _FOOT,
    }  # fmt: skip
    return Drawing("map", data, "\n".join([title, *(f"{name} : {a} / {b}" for name, a, b in territories.values())]))


def _tile(slug: str, name: str, fill: str, figure: str) -> dict[str, object]:
    x, y = TILES[slug]
    return {"name": name, "x": x, "y": y, "fill": fill, "figure": figure}


# --- Communication kit ----------------------------------------------------------------------------------------------


def _poster(title: str, width: int, height: int, *sheets: tuple[str, list[str]], size: float = 8.0) -> Drawing:
    data = {
        "title": title, "width": width, "height": height, "fill": "#000091", "accent": "#e1000f",
        "footer": "Service public de l’orientation · document fictif du réseau de démonstration",
        "sheets": [{"heading": heading, "lines": lines, "size": size} for heading, lines in sheets],
    }  # fmt: skip
    return Drawing(
        "poster", data, "\n".join([title, *(line for heading, lines in sheets for line in [heading, *lines])])
    )


POSTER = _poster(
    "Affiche 40 × 60 cm",
    400,
    600,
    ("Et demain, vous faites quoi ?", ["Un métier, une formation, un projet :", "poussez la porte, on en parle.", "Gratuit, pour tous."]),
)  # fmt: skip
ROLL_UP = _poster(
    "Kakémono 80 × 200 cm",
    800,
    2000,
    ("S’orienter à tout âge", ["Sept réseaux, une seule porte.", "Accueil sans rendez-vous.", "Information gratuite."]),
    size=11.0,
)
SIGN = _poster("Plaque 30 × 20 cm", 300, 200, ("Ici, on vous oriente", ["Lieu labellisé"]), size=5.0)
LEAFLET = _poster(
    "Plaquette grand public",
    210,
    297,
    ("Une question sur votre avenir ?", ["260 lieux labellisés près de chez vous.", "Des conseillers qui vous écoutent."]),
    ("Ce que vous y trouverez", ["Un premier conseil, tout de suite.", "Les formations et leurs débouchés.", "La validation de votre expérience.", "Un rendez-vous avec la bonne personne."]),
)  # fmt: skip
PROFESSIONALS = _poster(
    "Dépliant pour les professionnels",
    210,
    297,
    ("Orienter ensemble", ["Le référentiel d’accueil en cinq étapes.", "La fiche contact, à chaque réorientation."]),
    (
        "Qui contacter ?",
        ["Le coordinateur de votre territoire.", "Le référent de votre réseau.", "L’animation régionale."],
    ),
)
