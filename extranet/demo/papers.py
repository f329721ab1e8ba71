"""The territories' other papers: pieces of the label, action plan, dashboard, user panel, self-evaluation."""

from collections.abc import Sequence

from extranet.demo.files import Paper, box, bullets, heading, paragraph, table

NETWORKS = ("CIO", "EIF", "Fongecif", "Missions locales", "PIJ", "Pôle emploi", "Universités")


def convention(territory: str, structures: Sequence[str]) -> Paper:
    return Paper(
        title=f"Convention multipartite – {territory}",
        subtitle="Pièce du dossier de label",
        blocks=[
            heading("Objet"),
            paragraph(
                "Les structures signataires s’engagent à recevoir toute personne qui s’interroge sur son orientation, "
                "gratuitement, sans parti pris et quel que soit son statut."
            ),
            heading("Signataires"),
            bullets(*structures),
            heading("Engagements"),
            bullets(
                "tenir un accueil sans rendez-vous pendant au moins la moitié des heures d’ouverture",
                "présenter ses services sous une forme commune aux sept réseaux",
                "remettre une fiche contact à chaque personne orientée vers un partenaire",
                "fournir les données du tableau de bord chaque trimestre",
                "participer au comité technique territorial et au groupe d’usagers",
            ),
            heading("Durée"),
            paragraph("La convention vaut cinq ans. Elle est revue chaque année au vu du rapport d’activité."),
            box("Signée par l’ensemble des structures, sous la coordination désignée pour le territoire."),
        ],
    )


STATE_OF_PLAY = Paper(
    title="État des lieux du territoire",
    subtitle="{{territory}}",
    blocks=[
        heading("Le territoire en quelques mots"),
        paragraph(
            "Le territoire {{territory}} compte {{existing}} lieux d’accueil, dont {{labelled}} labellisés, "
            "tenus par les réseaux signataires. L’accueil s’organise autour de {{town}}."
        ),
        heading("Publics et besoins"),
        bullets(
            "des jeunes sortis de l’école sans qualification, que la mobilité freine",
            "des salariés qui veulent faire reconnaître leur expérience",
            "des demandeurs d’emploi en reconversion vers les métiers qui recrutent",
        ),
        heading("Forces et points à travailler"),
        table(
            ["Forces", "À travailler"],
            ["Habitude de travailler ensemble", "Délais de rendez-vous en fin d’année"],
            ["Bonne connaissance de l’offre de formation", "Couverture des communes rurales"],
            ["Deux rencontres d’usagers par an", "Suivi des personnes réorientées"],
        ),
    ],
)

APPLICATION = Paper(
    title="Formulaire de demande de label",
    subtitle="{{territory}}",
    blocks=[
        heading("Demandeur"),
        table(
            ["Rubrique", "Réponse"],
            ["Territoire", "{{territory}}"],
            ["Coordination assurée par", "{{coordinator}}"],
            ["Lieux présentés au label", "{{labelled}}"],
            ["Pièces jointes", "Convention, état des lieux, grille des services"],
        ),
        heading("Motivation"),
        paragraph(
            "Les structures travaillent ensemble de longue date. Le label rend cette coopération visible du public et "
            "fixe une exigence commune d’accueil."
        ),
        heading("Organisation proposée"),
        bullets(
            "un comité technique chaque trimestre", "un tableau de bord tenu à jour", "un plan d’action sur cinq ans"
        ),
    ],
)

PANEL = Paper(
    title="Groupe d’usagers : synthèse de la rencontre",
    subtitle="{{territory}}, {{day}}",
    blocks=[
        paragraph(
            "Quatorze personnes ont répondu à l’invitation des structures : salariés, demandeurs d’emploi adultes et jeunes, "
            "élèves, étudiants, parents et employeurs."
        ),
        heading("Ce qu’elles apprécient"),
        bullets("être écoutées sans être pressées", "repartir avec un nom et un numéro", "un accueil le même partout"),
        heading("Ce qu’elles demandent"),
        bullets(
            "savoir avant de venir ce que chaque lieu propose",
            "des horaires après 18 h au moins un soir par semaine",
            "moins de sigles dans les documents",
        ),
        heading("Suites proposées"),
        paragraph(
            "Le comité technique examine ces demandes à sa prochaine séance et répond par écrit aux participants."
        ),
    ],
)

SELF_EVALUATION = Paper(
    title="Auto-évaluation : trame et premiers résultats",
    subtitle="{{territory}}",
    blocks=[
        paragraph("Trame commune à la région ; le territoire l’enrichit de ses propres questions."),
        table(
            ["Critère", "Note sur 5", "Commentaire"],
            ["Accueil sans rendez-vous", "4", "Horaires respectés, affichage à compléter"],
            ["Information objective", "4", "Documentation à jour"],
            ["Orientation vers le bon organisme", "3", "Fiche contact encore inégalement remplie"],
            ["Satisfaction des usagers", "4", "Enquête menée auprès de 120 personnes"],
        ),
        heading("Pistes"),
        bullets("former les nouveaux agents d’accueil", "suivre ce que deviennent les personnes orientées"),
    ],
)

DRAFT_AGENDA = Paper(
    title="Prochain CTT : projet d’ordre du jour",
    subtitle="{{territory}}",
    blocks=[
        paragraph(
            "Projet soumis aux membres ; merci de proposer vos points au coordinateur une semaine avant la séance."
        ),
        bullets(
            "approbation du dernier compte rendu",
            "avancement du plan d’action",
            "données du tableau de bord",
            "préparation de la rencontre des usagers",
            "questions diverses",
        ),
    ],
)


def services_grid(structures: Sequence[str]) -> dict[str, list[list[str | int | float]]]:
    """The grid that presents each structure's services, by level."""
    rows: list[list[str | int | float]] = [
        [
            "Structure",
            "Accueil et premier conseil",
            "Information complète",
            "Conseil personnalisé",
            "Heures sans rendez-vous",
        ]
    ]
    for rank, structure in enumerate(structures):
        rows.append([structure, "oui", "oui", "oui" if rank % 3 else "sur rendez-vous", 18 + rank * 2])
    return {"Services": rows}


def action_plan(rank: int, first_year: int) -> dict[str, list[list[str | int | float]]]:
    """Five years of actions, and how far each has come."""
    actions = (
        ("Visites croisées entre structures", "Mission locale"),
        ("Forum des métiers commun", "Pôle emploi"),
        ("Permanence itinérante", "Espace Info Formation"),
        ("Glossaire sans sigles", "Information Jeunesse"),
        ("Atelier « analyser la demande »", "CIO"),
        ("Fiche contact à l’écran", "Coordination"),
        ("Enquête de satisfaction annuelle", "Coordination"),
        ("Parcours de découverte des métiers", "Mission locale"),
    )
    states = ("terminée", "en cours", "en cours", "à lancer")
    rows: list[list[str | int | float]] = [["Action", "Pilote", "Année", "État", "Avancement (%)"]]
    for number, (title, leader) in enumerate(actions):
        state = states[(number + rank) % 4]
        done = {"terminée": 100, "en cours": 30 + (number * 7 + rank * 3) % 50, "à lancer": 0}[state]
        rows.append([title, leader, first_year + number % 5, state, done])
    return {"Plan d’action": rows}


def dashboard(rank: int) -> dict[str, list[list[str | int | float]]]:
    """Indicators by network over two quarters; counts of people received, without anybody's identity."""
    rows: list[list[str | int | float]] = [
        ["Réseau", "Personnes reçues", "dont moins de 26 ans", "Réorientées avec fiche contact", "Trimestre précédent"]
    ]
    for number, network in enumerate(NETWORKS):
        received = 140 + (number * 61 + rank * 37) % 420
        rows.append([network, received, received * 2 // 5, received // 9, received - 25 + (number * 13 + rank) % 50])
    return {"Indicateurs": rows}
