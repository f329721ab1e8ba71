"""Which document lies in which folder of which space, published by whom and when."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from extranet.demo import minutes, papers, people, places, regional
from extranet.demo.dates import (
    COORDINATORS_DAYS,
    COTEC_DAYS,
    LATE,
    RESOURCES_DAYS,
    at,
    ctt_days,
    in_days,
    in_words,
    panel_days,
    shortly_after,
)
from extranet.demo.files import Letter, Made, Paper, docx, drawing, odt, pdf, xlsx
from extranet.demo.sittings import how_far

ANIMATION = "animation"
CTT_ROOMS = ("Salle du conseil, mairie", "Maison de l’emploi", "Lycée, salle polyvalente", "Espace Info Formation")


@dataclass(frozen=True)
class Deposit:
    """A document to publish. `by` is the beginning of the author's address (« coordination.lille »)."""

    folder: str
    made: Made
    title: str
    by: str
    when: datetime
    description: str = ""


@dataclass(frozen=True)
class Place:
    """A territory, as its papers need it."""

    rank: int
    slug: str
    name: str
    coordinator_network: str
    structures: tuple[str, ...]

    @property
    def labelled(self) -> int:
        return sum(counts[self.rank] for counts in places.LABELLED.values())

    @property
    def existing(self) -> int:
        return sum(counts[self.rank] for counts in places.EXISTING.values())


def of_territory(place: Place) -> Iterator[Deposit]:
    by = f"coordination.{place.slug}"
    first, last = people.COORDINATORS[place.rank]
    past, following = ctt_days(place.rank, place.slug)
    panel, _ = panel_days(place.rank)
    marks = {
        "territory": place.name,
        "labelled": str(place.labelled),
        "existing": str(place.existing),
        "town": places.TOWNS[place.slug][0],
        "coordinator": f"{first} {last}",
        "day": in_words(panel),
    }

    def letter(paper: Paper) -> Letter:
        return Letter(paper, {mark: value for mark, value in marks.items() if f"{{{{{mark}}}}}" in paper.words})

    label = "dossier-de-label"
    start = in_days(-(320 + place.rank))
    yield Deposit(
        label, pdf("convention", papers.convention(place.name, place.structures)), f"Convention multipartite – {place.name}",
        by, at(start, 15, 5), "Signée par toutes les structures du territoire.",
    )  # fmt: skip
    yield Deposit(
        label,
        docx("etat-des-lieux", letter(papers.STATE_OF_PLAY)),
        f"État des lieux – {place.name}",
        by,
        at(start, 15, 20),
    )
    yield Deposit(
        label, odt("formulaire", letter(papers.APPLICATION)), f"Formulaire de demande de label – {place.name}", by,
        at(start, 15, 35),
    )  # fmt: skip
    yield Deposit(
        label, xlsx("grille-des-services", papers.services_grid(place.structures)), "Grille des services par structure", by,
        at(start, 16),
    )  # fmt: skip
    for step, day in enumerate(reversed(past)):
        if how_far(place.slug, step):
            continue
        paper = minutes.session(
            body="CTT",
            where=f"Territoire {place.name}",
            place=CTT_ROOMS[(place.rank + step) % len(CTT_ROOMS)],
            day=day,
            items=minutes.taken(minutes.CTT_ITEMS, place.rank + step * 4),
            present=["coordination", *_present(place, step), "chargé de mission Région"],
            excused=["animateur territorial de l’État"] if step % 2 else [],
            following=[*reversed(past), following][step + 1],
        )
        yield Deposit(
            "comptes-rendus", pdf(f"compte-rendu-ctt-{day}", paper), f"Compte rendu du CTT du {in_words(day)}", by,
            shortly_after(day),
        )  # fmt: skip
    heard, _ = panel_days(place.rank)
    if place.slug not in {"lille", *LATE}:  # Lille's are on the site; the late ones have written nothing
        paper = minutes.session(
            body="Groupe d’usagers",
            where=f"Territoire {place.name}",
            place="Maison des associations",
            day=heard,
            items=minutes.taken(minutes.CTT_ITEMS, place.rank + 4, 2),
            present=["onze usagers", "coordination"],
            excused=["trois usagers"],
            following=None,
        )
        yield Deposit(
            "comptes-rendus", pdf(f"groupe-d-usagers-{heard}", paper), f"Compte rendu du groupe d’usagers du {in_words(heard)}",
            by, shortly_after(heard),
        )  # fmt: skip
    year = in_days(0).year
    yield Deposit(
        "plan-d-action", xlsx("plan-d-action", papers.action_plan(place.rank, year - 1)), f"Plan d’action {year - 1}-{year + 3}",
        by, at(in_days(-(180 + place.rank * 2)), 11), "Cinq ans, mis à jour à chaque CTT.",
    )  # fmt: skip
    yield Deposit(
        "tableau-de-bord", xlsx("tableau-de-bord", papers.dashboard(place.rank)), "Tableau de bord du dernier trimestre", by,
        at(in_days(-(20 + place.rank)), 9, 40), "Chiffres transmis par les structures.",
    )  # fmt: skip
    yield Deposit(
        "groupe-d-usagers", odt("groupe-d-usagers", letter(papers.PANEL)), f"Groupe d’usagers du {in_words(panel)}, synthèse",
        by, shortly_after(panel, 14),
    )  # fmt: skip
    if place.rank % 2 == 0:
        yield Deposit(
            "auto-evaluation", odt("auto-evaluation", letter(papers.SELF_EVALUATION)), "Auto-évaluation de l’année", by,
            at(in_days(-(95 + place.rank)), 17, 10),
        )  # fmt: skip
    if following:
        yield Deposit(
            "documents-de-travail", docx("projet-ordre-du-jour", letter(papers.DRAFT_AGENDA)),
            f"Projet d’ordre du jour du CTT du {in_words(following)}", f"membre1.{place.slug}",
            at(in_days(-(1 + place.rank % 6)), 8, 45), "À compléter avant la séance.",
        )  # fmt: skip


def of_common_space(all_places: Mapping[str, Place]) -> Iterator[Deposit]:
    coordinators = regional.coordinators_map(
        {slug: (place.name, place.coordinator_network) for slug, place in all_places.items()}
    )
    sites = regional.sites_map({slug: (one.name, one.labelled, one.existing) for slug, one in all_places.items()})
    figures: list[list[str | int | float]] = [
        ["Territoire", "Lieux labellisés", "Lieux existants"],
        *([place.name, place.labelled, place.existing] for place in all_places.values()),
    ]
    rows: list[tuple[str, Made, str, int, str]] = [
        ("guide", pdf("guide-du-spo", regional.GUIDE), "Guide du Service public de l’orientation", -64, "Édition en vigueur."),
        ("guide", odt("guide-a-annoter", Letter(regional.GUIDE)), "Guide, version à annoter", -63, "Pour vos remarques."),
        ("cartographies", drawing("carte-coordinateurs", coordinators), "Carte des territoires et des coordinateurs", -120, ""),
        ("cartographies", drawing("carte-lieux", sites), "Carte des lieux labellisés", -33, "Mise à jour ce trimestre."),
        ("cartographies", drawing("carte-lieux", sites, image=True), "Carte des lieux labellisés, image", -33, "À insérer dans un diaporama."),
        ("cartographies", xlsx("lieux-par-territoire", {"Lieux": figures}), "Lieux labellisés par territoire, tableau", -32, ""),
        ("kit-de-communication", drawing("plaquette", regional.LEAFLET), "Plaquette grand public", -140, "A4, recto verso."),
        ("kit-de-communication", drawing("depliant", regional.PROFESSIONALS), "Dépliant pour les professionnels", -140, ""),
        ("kit-de-communication", drawing("affiche-40x60", regional.POSTER), "Affiche 40 × 60 cm", -139, "Format d’impression réel."),
        ("kit-de-communication", drawing("kakemono", regional.ROLL_UP), "Kakémono 80 × 200 cm", -139, "À réserver auprès du C2RP."),
        ("kit-de-communication", drawing("plaque", regional.SIGN), "Plaque 30 × 20 cm", -139, "PVC expansé 5 mm."),
        ("kit-de-communication", drawing("affiche-40x60", regional.POSTER, image=True), "Affiche, aperçu", -139, ""),
        ("professionnalisation", pdf("modules", regional.TRAINING), "Modules ouverts ce semestre", -21, ""),
        ("professionnalisation", xlsx("ateliers", {"Ateliers": regional.CALENDAR_OF_WORKSHOPS}), "Ateliers : places disponibles", -5, ""),
        ("professionnalisation", docx("demande-de-sensibilisation", Letter(regional.LITERACY)), "Demande de sensibilisation à l’illettrisme", -210, "Formulaire à renvoyer au C2RP."),
        ("outils-et-ressources", pdf("referentiel-d-accueil", regional.WELCOME), "Référentiel d’accueil", -230, ""),
        ("outils-et-ressources", pdf("fiche-contact", regional.CONTACT_SLIP), "Fiche contact, à imprimer", -228, ""),
        ("outils-et-ressources", odt("fiche-contact", Letter(regional.CONTACT_SLIP)), "Fiche contact, à remplir à l’écran", -46, ""),
        ("outils-et-ressources", odt("sites-de-reference", Letter(regional.WEBSITES)), "Sites de référence, par catégorie", -88, ""),
        ("partenaires-associes", pdf("partenaires-associes", regional.PARTNERS), "Partenaires associés : qui fait quoi", -175, ""),
    ]  # fmt: skip
    for rank, (folder, made, title, days, description) in enumerate(rows):
        yield Deposit(folder, made, title, ANIMATION, at(in_days(days), 9 + rank % 8, rank * 7 % 60), description)
    yield from _regional_minutes(
        "reunion-des-coordinateurs",
        "Réunion des coordinateurs",
        COORDINATORS_DAYS,
        ["C2RP", "coordinateurs des territoires"],
    )


def of_cotec() -> Iterator[Deposit]:
    yield from _regional_minutes("comptes-rendus", "COTEC", COTEC_DAYS, ["État", "Région", "têtes de réseaux", "C2RP"])
    yield from _notes(
        ("documents-pour-decision", pdf, "Calendrier de labellisation : proposition", 0, -12),
        ("documents-pour-decision", docx, "Nouvelle carte des permanences : options", 4, -8),
        ("syntheses", pdf, "Synthèse régionale des auto-évaluations", 1, -54),
        ("labellisation", odt, "Suivi des dossiers de label", 0, -36),
        ("syntheses", odt, "Bilan de la professionnalisation", 5, -160),
    )
    figures = [["Territoire", "Dossier déposé", "Pièces complètes"]] + [
        [name, "oui", "oui" if rank % 7 else "à compléter"] for rank, name in enumerate(places.TOWNS)
    ]
    made = xlsx("suivi-labellisation", {"Label": figures})
    yield Deposit("labellisation", made, "Tableau de suivi des dossiers", ANIMATION, at(in_days(-35), 14))


def of_resources() -> Iterator[Deposit]:
    yield from _regional_minutes(
        "comptes-rendus", "Groupe Projet Ressources", RESOURCES_DAYS, ["représentants des sept réseaux", "C2RP"]
    )
    yield from _notes(
        ("documents-de-travail", odt, "Kit modifiable : cahier des charges", 2, -15),
        ("documents-de-travail", docx, "Ateliers du semestre : organisation", 5, -27),
        ("syntheses", pdf, "Bilan annuel du groupe", 3, -74),
    )
    rows = [["Ressource", "Catégorie", "Réseau qui la tient"]] + [
        [f"{kind} – {network}", kind, network]
        for kind in ("Métiers", "Formations", "Données", "Alternance")
        for network in papers.NETWORKS
    ]
    made = xlsx("inventaire-des-ressources", {"Inventaire": rows})
    yield Deposit(
        "inventaire-des-ressources", made, "Inventaire des ressources", "reseau.cio", at(in_days(-19), 11, 30)
    )


def _regional_minutes(folder: str, body: str, days: tuple[int, ...], present: list[str]) -> Iterator[Deposit]:
    dates = [in_days(day) for day in days]
    for step, day in enumerate(dates[:-1]):
        if folder == "reunion-des-coordinateurs" and how_far("commun", step):
            continue
        paper = minutes.session(
            body=body,
            where="Région",
            place="C2RP, Lille",
            day=day,
            items=minutes.taken(minutes.REGIONAL_ITEMS, step + len(days), 3),
            present=present,
            excused=[],
            following=dates[step + 1],
        )
        title = f"{body}, compte rendu du {in_words(day)}"
        yield Deposit(folder, pdf(f"compte-rendu-{day}", paper), title, ANIMATION, shortly_after(day))


def _notes(*rows: tuple[str, Callable[..., Made], str, int, int]) -> Iterator[Deposit]:
    """Short notes on one item of a regional session."""
    for number, (folder, make, title, item, days) in enumerate(rows):
        said = minutes.REGIONAL_ITEMS[item]
        paper = minutes.note(title, said)
        made = pdf(f"note-{number + 1}", paper) if make is pdf else make(f"note-{number + 1}", Letter(paper))
        yield Deposit(folder, made, title, ANIMATION, at(in_days(days), 10 + number, 25))


def _present(place: Place, step: int) -> list[str]:
    names = [one for one in people.REPRESENTED if one != place.coordinator_network]
    return [people.REFERENT[names[(place.rank + step + turn) % len(names)]] for turn in range(3)]
