"""Announcements and pages of the demo network, in HTML."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """An announcement. Days count from today: `days` ago it was published; the other facts follow."""

    title: str
    html: str
    days: int = 0
    is_pinned: bool = False
    goes_live_in: int = 0
    """Scheduled: appears in that many days."""
    expires_in: int = 0
    is_expired: bool = False
    is_draft: bool = False


COMMON = (
    Notice(
        "Nouvelle édition de la carte des lieux labellisés",
        "<p>La carte est à jour des dernières décisions de labellisation. Elle se trouve dans le dossier « Cartographies », en "
        "PDF et en image.</p><p>Merci de signaler tout lieu manquant à l’animation régionale.</p>",
        days=-33,
        is_pinned=True,
    ),
    Notice(
        "Ateliers de prise en main : deux dates de plus",
        "<p>Les ateliers affichent complet à Lille et à Lens-Liévin. Deux dates sont ouvertes à Valenciennes et à Calais ; "
        "inscrivez-vous auprès du référent de votre réseau.</p>",
        days=-5,
        expires_in=45,
    ),
    Notice(
        "Fiche contact à remplir à l’écran",
        "<p>À la demande des territoires, la fiche contact existe maintenant dans une version à remplir à l’écran. La partie "
        "conservée par la structure reste sans identité.</p>",
        days=-46,
    ),
    Notice(
        "Kakémonos : pensez à réserver",
        "<p>Le C2RP prête deux kakémonos pour vos forums. Réservez au moins quinze jours avant la date.</p>",
        days=-92,
    ),
    Notice(
        "Journée régionale des accueils",
        "<p>La journée régionale réunira les agents d’accueil des sept réseaux. Le programme sera publié ici.</p>",
        goes_live_in=6,
    ),
    Notice(
        "Enquête sur les besoins de formation",
        "<p>L’enquête est close. Merci aux 212 professionnels qui ont répondu ; la synthèse sera présentée au COTEC.</p>",
        days=-70,
        is_expired=True,
    ),
    Notice(
        "Révision du guide : appel à remarques",
        "<p>Brouillon, à relire avant publication : dates à confirmer.</p>",
        is_draft=True,
    ),
)
COTEC = (
    Notice(
        "Documents de la prochaine séance",
        "<p>Deux documents sont soumis à décision. Merci de les lire avant la séance et de transmettre vos remarques par écrit.</p>",
        days=-8,
        is_pinned=True,
    ),
    Notice(
        "Calendrier des séances de l’année", "<p>Les séances ont lieu chaque trimestre, un mardi matin.</p>", days=-190
    ),
)
RESOURCES = (
    Notice(
        "Inventaire : relecture par réseau",
        "<p>Chaque réseau relit ses adresses avant la prochaine séance. Les sites qui ne répondent plus sont marqués.</p>",
        days=-19,
        is_pinned=True,
    ),
    Notice("Kit modifiable : premières idées", "<p>Le cahier des charges est ouvert à vos remarques.</p>", days=-14),
)
TERRITORY = (
    (
        Notice(
            "Horaires d’accueil des prochaines vacances",
            "<p>Merci d’envoyer vos horaires au coordinateur avant la fin de la semaine : ils seront affichés partout.</p>",
            days=-6,
            is_pinned=True,
        ),
        Notice(
            "Tableau de bord complet", "<p>Toutes les structures ont transmis leurs chiffres. Merci !</p>", days=-24
        ),
    ),
    (
        Notice(
            "Forum des métiers : qui tient le stand ?",
            "<p>Deux réseaux par demi-journée. Inscrivez-vous auprès du coordinateur.</p>",
            days=-9,
            is_pinned=True,
        ),
        Notice("Permanence itinérante prolongée", "<p>Six mois de plus, avec deux nouvelles communes.</p>", days=-58),
    ),
    (
        Notice(
            "Données du trimestre : dernier rappel",
            "<p>Deux structures n’ont pas encore transmis leurs chiffres. La date limite est la fin du mois.</p>",
            days=-3,
        ),
        Notice("Plaques posées", "<p>La signalétique est en place dans les deux tiers des lieux.</p>", days=-77),
    ),
)
"""One pair for each territory, in turn."""


@dataclass(frozen=True)
class Text:
    """A content page."""

    title: str
    introduction: str
    html: str


COMMON_PAGES = (
    Text(
        "Accueillir en cinq étapes",
        "Le référentiel d’accueil, en une page.",
        "<h3>Avant tout : écouter</h3><p>On accueille, on écoute, on repère le bon interlocuteur, on explique pourquoi, on prend "
        "rendez-vous avec la personne.</p><ul><li>Se présenter et dire ce que le lieu propose</li><li>Reformuler la demande</li>"
        "<li>Remettre la fiche contact en main propre</li><li>Téléphoner devant la personne</li></ul>",
    ),
    Text(
        "Les trois niveaux de service",
        "Ce que tout lieu labellisé apporte, et ce que chaque réseau apporte à son public.",
        "<ol><li>Un premier accueil et un premier conseil.</li><li>Une information complète : formations, alternance, validation "
        "des acquis, métiers.</li><li>Un conseil personnalisé, par chaque réseau.</li></ol>",
    ),
    Text(
        "Utiliser le kit de communication",
        "Formats, impression, prêt de matériel.",
        "<p>Les fichiers du dossier « Kit de communication » sont à leur taille réelle. L’affiche s’imprime en 40 × 60 cm, la "
        "plaque sur PVC expansé de 5 mm.</p><p>Pour le kakémono, réservez auprès du C2RP.</p>",
    ),
)
COTEC_PAGES = (
    Text(
        "Comment se prépare une séance",
        "Qui dépose quoi, et quand.",
        "<p>Les documents sont déposés une semaine avant ; le compte rendu, quinze jours après au plus tard.</p>",
    ),
)
RESOURCES_PAGES = (
    Text(
        "Tenir l’inventaire à jour",
        "Deux relectures par an, réseau par réseau.",
        "<p>Vérifiez l’adresse, la date de mise à jour et le public visé de chaque ressource. Signalez ce qui a disparu.</p>",
    ),
)


def territory_page(name: str) -> Text:
    return Text(
        "Fonctionnement du comité technique",
        f"Le comité technique territorial, territoire {name}.",
        "<p>Le comité réunit les référents des structures signataires, le chargé de mission de la Région et l’animateur "
        "territorial de l’État. Il suit le plan d’action et le tableau de bord.</p>"
        "<p>Un point à proposer ? Écrivez au coordinateur une semaine avant la séance.</p>",
    )
