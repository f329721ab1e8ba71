"""What was said in the demo network's meetings. Each body has its items; a session takes some of them in turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extranet.demo.dates import in_words
from extranet.demo.files import Paper, box, bullets, heading, paragraph, table


@dataclass(frozen=True)
class Item:
    title: str
    said: str
    decided: str
    to_do: str
    who: str


CTT_ITEMS = (
    Item(
        "Accueil sans rendez-vous : relevé des horaires",
        "Chaque structure a présenté les heures d’ouverture de ses lieux. Deux permanences de mission locale passent sous la "
        "moitié du temps d’ouverture pendant les congés ; le Point Information Jeunesse propose de prendre le relais.",
        "Le tableau des horaires est mis à jour chaque trimestre et affiché dans tous les lieux.",
        "Envoyer les horaires d’été au coordinateur",
        "toutes les structures",
    ),
    Item(
        "Fiche contact : premiers retours",
        "La fiche est utilisée surtout vers les Espaces Info Formation. Les conseillers la trouvent claire, mais oublient souvent "
        "la partie conservée par la structure. Une version à remplir à l’écran est demandée.",
        "La partie conservée est remplie pour toute personne réorientée, y compris au téléphone.",
        "Recueillir les fiches du mois et compter les orientations",
        "coordination",
    ),
    Item(
        "Plan d’action : point d’étape",
        "Sur quatorze actions, six sont terminées et cinq en cours. Le parcours de découverte des métiers en tension attend la "
        "réponse d’un partenaire ; les visites croisées entre structures ont trouvé leur public.",
        "Les trois actions non commencées sont reportées au semestre suivant, sans changer le plan.",
        "Fixer les dates des visites croisées",
        "référent mission locale",
    ),
    Item(
        "Indicateurs du tableau de bord",
        "Les chiffres du trimestre sont complets pour cinq réseaux sur sept. La hausse des demandes sur la validation des acquis "
        "se confirme ; les demandes de financement reculent légèrement.",
        "Les structures en retard transmettent leurs données avant la fin du mois.",
        "Relancer les structures dont les données manquent",
        "coordination",
    ),
    Item(
        "Groupe d’usagers : suites données",
        "Les participants demandent une signalétique plus visible depuis la rue et des mots moins techniques à l’accueil. Les "
        "plaques ont été posées dans les deux tiers des lieux.",
        "Un glossaire d’une page est remis à chaque agent d’accueil.",
        "Rédiger le glossaire avec deux usagers volontaires",
        "référent Information Jeunesse",
    ),
    Item(
        "Forum des métiers : préparation",
        "Le forum réunira les sept réseaux sous une seule bannière. Le lieu est retenu ; il reste à répartir les créneaux d’accueil "
        "et à prévoir un espace calme pour les entretiens.",
        "Un stand commun, tenu à deux réseaux par demi-journée.",
        "Établir le planning du stand",
        "référent Pôle emploi",
    ),
    Item(
        "Mobilité et secteurs ruraux",
        "Les communes éloignées restent mal desservies. Une permanence itinérante est testée depuis deux mois, avec une moyenne "
        "de neuf personnes reçues par demi-journée.",
        "La permanence itinérante est prolongée de six mois.",
        "Proposer deux nouvelles communes d’étape",
        "chargé de mission Région",
    ),
    Item(
        "Professionnalisation",
        "L’atelier sur l’analyse de la demande a réuni douze conseillers de cinq réseaux. Une sensibilisation à l’illettrisme est "
        "souhaitée au printemps.",
        "Une demande de sensibilisation est adressée à l’animation régionale.",
        "Remplir le formulaire de demande",
        "coordination",
    ),
)

REGIONAL_ITEMS = (
    Item(
        "Calendrier de labellisation",
        "Les quinze dossiers sont déposés. Deux territoires doivent compléter la grille de présentation des services.",
        "Les pièces manquantes sont attendues sous un mois.",
        "Accompagner les deux territoires",
        "animation régionale",
    ),
    Item(
        "Synthèse des auto-évaluations",
        "La satisfaction des usagers est élevée sur l’écoute, plus faible sur les délais de rendez-vous. Les écarts entre "
        "territoires tiennent surtout à la taille des équipes.",
        "La synthèse est transmise au groupe thématique du CCREFP.",
        "Mettre en forme la synthèse régionale",
        "animation régionale",
    ),
    Item(
        "Kit de communication",
        "Les affiches et la plaquette grand public ont été distribuées. Les points d’accueil demandent un modèle modifiable.",
        "Une version à compléter par chaque structure est ajoutée au kit.",
        "Déposer le modèle dans l’espace commun",
        "animation régionale",
    ),
    Item(
        "Ressources partagées",
        "L’inventaire compte soixante-dix sites ; une dizaine d’adresses ne répondent plus. Chaque réseau relit sa partie.",
        "L’inventaire est revu deux fois par an.",
        "Relire les adresses de son réseau",
        "têtes de réseaux",
    ),
    Item(
        "Cartographies",
        "Les cartes des lieux labellisés sont à jour. Une carte des permanences itinérantes est souhaitée par trois territoires.",
        "La nouvelle carte sera prête pour la prochaine séance.",
        "Collecter les adresses des permanences",
        "coordinateurs",
    ),
    Item(
        "Professionnalisation commune",
        "Trois modules ouvrent au semestre prochain. Les ateliers de prise en main des ressources affichent complet.",
        "Deux dates supplémentaires sont ouvertes.",
        "Publier les nouvelles dates",
        "animation régionale",
    ),
)


def session(
    *,
    body: str,
    where: str,
    place: str,
    day: date,
    items: Sequence[Item],
    present: Sequence[str],
    excused: Sequence[str],
    following: date | None,
) -> Paper:
    """The minutes of one session, as they are on paper."""
    agenda = [item.title for item in items]
    blocks = [
        table(["Présents", "Excusés"], [", ".join(present), ", ".join(excused) or "–"]),
        heading("Ordre du jour"),
        bullets(*agenda),
    ]
    for number, item in enumerate(items, 1):
        blocks += [heading(f"{number}. {item.title}"), paragraph(item.said), box(f"Décision : {item.decided}")]
    blocks += [
        heading("Actions à suivre"),
        table(["Action", "Qui"], *([item.to_do, item.who] for item in items)),
        paragraph(
            f"Prochaine séance : {in_words(following)}."
            if following
            else "La date de la prochaine séance reste à fixer."
        ),
    ]
    return Paper(title=f"{body} du {in_words(day)}", subtitle=f"Compte rendu · {where} · {place}", blocks=blocks)


def taken(items: Sequence[Item], start: int, count: int = 4) -> list[Item]:
    """`count` items from `start`, going round."""
    return [items[(start + step) % len(items)] for step in range(count)]


def note(title: str, item: Item) -> Paper:
    """A short note that prepares one item."""
    return Paper(
        title=title,
        blocks=[
            heading("De quoi s’agit-il ?"),
            paragraph(item.said),
            heading("Proposition"),
            box(item.decided),
            heading("Suites"),
            bullets(f"{item.to_do} ({item.who})", "point d’étape à la séance suivante"),
        ],
    )
