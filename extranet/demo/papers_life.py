"""What happens to papers once they are deposited: new versions, a reservation, the trash, a circle, a share, a link."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import models

from accounts.models import User
from directory.models import Network
from documents.actions import (
    Facts,
    create_folder,
    create_link,
    describe_document,
    name_version,
    publish_document,
    publish_version,
    reserve_document,
    restrict_folder,
    set_text,
    share_document,
    withdraw_document,
)
from documents.enums import DocumentKind
from documents.models import Document, DocumentVersion, Folder
from extranet.demo import papers, places, regional
from extranet.demo.dates import at, in_days
from extranet.demo.files import Letter, Made, Paper, bullets, heading, odt, paragraph, pdf, xlsx
from spaces.models import Space

Dated = Callable[[models.Model, datetime], None]
"""Gives the event about a thing its date."""

PRINTED = {
    "Plaquette grand public": "A4, recto verso",
    "Dépliant pour les professionnels": "A4 plié en trois volets",
    "Affiche 40 × 60 cm": "40 × 60 cm",
    "Kakémono 80 × 200 cm": "80 × 200 cm",
    "Plaque 30 × 20 cm": "30 × 20 cm, PVC expansé 5 mm",
    "Affiche, aperçu": "À l’écran seulement",
}
"""The communication kit, by title, and how each piece is printed."""


def load(users: dict[str, User], spaces: dict[str, Space], dated: Dated) -> int:
    """Returns how many versions are added."""
    animation, coordinator = users["animation"], users["coordination.lille"]
    common, lille = spaces["commun"], spaces["lille"]
    _describe_kit(common, animation)
    count = _write_common_versions(common, animation, dated)
    count += _write_plan_versions(lille, coordinator, dated)
    draft = _of(lille).get(folder__slug="documents-de-travail")
    reserve_document(document=draft, by=users["membre1.lille"])
    _withdraw_an_old_paper(lille, coordinator, dated)
    _keep_a_circle(lille, coordinator, users["membre1.lille"], dated)
    share_document(
        document=_of(lille).get(folder__slug="tableau-de-bord"),
        by=coordinator,
        ends_on=in_days(30),
        reason="Préparer ensemble le tableau de bord de la métropole",
        to_space=spaces["roubaix-tourcoing"],
    )
    create_link(
        document=_of(common).get(title="Affiche 40 × 60 cm"),
        by=animation,
        recipient="l’imprimeur de l’affiche",
        days=15,
    )
    return count


def _of(space: Space) -> models.QuerySet[Document]:
    return Document.objects.filter(space=space, withdrawn_at=None).select_related("space", "folder")


# --- Versions -------------------------------------------------------------------------------------------------------


def _write_common_versions(space: Space, by: User, dated: Dated) -> int:
    guide = _of(space).get(title="Guide du Service public de l’orientation")
    longer = replace(
        regional.GUIDE,
        blocks=[
            *regional.GUIDE.blocks,
            heading("Ce qui change dans cette édition"),
            bullets(
                "la fiche contact se remplit aussi à l’écran",
                "les places des ateliers sont mises à jour chaque semaine dans l’espace commun",
            ),
        ],
    )
    _add(guide, pdf("guide-du-spo", longer), by, at(in_days(-24), 15, 20), "Ajout des nouveautés de l’année", dated)
    name_version(version=_version(guide, 2), by=by, label="Version validée en COTEC")

    slip = _of(space).get(title="Fiche contact, à remplir à l’écran")
    steps = (
        (-38, "Ajout de la date de relance", "Date de relance :"),
        (-27, "Ajout de l’accord, demandé par les coordinateurs", "Date de relance, accord de la personne :"),
        (-11, "Rubriques dans l’ordre de l’entretien", "Accord de la personne, puis date de relance :"),
    )
    added = [heading("Suites données"), paragraph("{{follow_up}}")]
    paper = replace(regional.CONTACT_SLIP, blocks=[*regional.CONTACT_SLIP.blocks, *added])
    for days, reason, follow_up in steps:
        made = odt("fiche-contact", Letter(paper, {"follow_up": follow_up}))
        _add(slip, made, by, at(in_days(days), 11, 5), reason, dated)
    return 1 + len(steps)


def _write_plan_versions(space: Space, by: User, dated: Dated) -> int:
    plan = _of(space).get(folder__slug="plan-d-action")
    steps = ((-92, "Avancement présenté au CTT de l’été"), (-12, "Avancement présenté au dernier CTT"))
    rank = list(places.TOWNS).index(space.slug)
    for step, (days, reason) in enumerate(steps, start=1):
        sheets = papers.action_plan(rank, in_days(0).year - 1)
        for row in sheets["Plan d’action"][1 : 2 + 2 * step]:
            done = min(int(row[4]) + 35, 100)
            row[3:] = ["terminée" if done == 100 else "en cours", done]
        made = xlsx("plan-d-action", sheets)
        _add(plan, made, by, at(in_days(days), 16, 40), reason, dated)
    return len(steps)


def _add(document: Document, made: Made, by: User, when: datetime, reason: str, dated: Dated) -> None:
    file = ContentFile(made.content, name=made.name)
    version = publish_version(document=document, file=file, by=by, reason=reason, published_at=when)
    set_text(version.document, made.text)
    document.refresh_from_db()
    dated(document, when)


def _version(document: Document, number: int) -> DocumentVersion:
    return DocumentVersion.objects.select_related("document__space").get(document=document, number=number)


# --- What is said of documents --------------------------------------------------------------------------------------


def _describe_kit(space: Space, by: User) -> None:
    networks = list(Network.objects.all())
    year = in_days(0).year
    for document in _of(space).filter(title__in=PRINTED):
        facts = Facts(
            kind=DocumentKind(document.kind),
            networks=networks,
            period=(date(year, 1, 1), date(year + 1, 12, 31)),
            print_format=PRINTED[document.title],
        )
        describe_document(document=document, by=by, facts=facts)
    standard = _of(space).get(title="Référentiel d’accueil")
    soon = in_days(9)
    last = date(soon.year, soon.month, monthrange(soon.year, soon.month)[1])
    facts = Facts(kind=DocumentKind(standard.kind), networks=networks, review_on=soon, valid_until=last)
    describe_document(document=standard, by=by, facts=facts)


# --- Circle and trash -----------------------------------------------------------------------------------------------


def _withdraw_an_old_paper(space: Space, by: User, dated: Dated) -> None:
    folder = Folder.objects.select_related("space").get(space=space, slug="documents-de-travail")
    paper = Paper(
        title="Forum des métiers : première liste des exposants",
        blocks=[paragraph("Liste remplacée par celle du comité d’organisation.")],
    )
    listed = _publish(folder, pdf("forum-exposants", paper), paper.title, by, at(in_days(-46), 9, 30), dated)
    withdraw_document(document=listed, by=by)


def _keep_a_circle(space: Space, by: User, member: User, dated: Dated) -> None:
    folder = create_folder(
        space=space, name="Renouvellement du label", by=by, description="Préparation, entre rédacteurs du dossier"
    )
    restrict_folder(folder=folder, members=[by, member], by=by)
    folder = Folder.objects.select_related("space").get(pk=folder.pk)
    note = Paper(
        title="Renouvellement du label : points à renforcer",
        subtitle="Note de travail entre rédacteurs",
        blocks=[
            heading("Avant le dépôt"),
            bullets(
                "afficher les horaires sans rendez-vous dans chaque lieu",
                "compléter la grille des services de deux structures",
                "joindre la synthèse des deux rencontres d’usagers",
            ),
        ],
    )
    _publish(folder, pdf("points-a-renforcer", note), note.title, by, at(in_days(-30), 10, 10), dated)
    rows: list[list[str | int | float]] = [
        ["Étape", "Qui", "Pour le"],
        ["Relire l’état des lieux", "Mission locale", in_days(15).strftime("%d/%m/%Y")],
        ["Réunir les signatures", "Coordination", in_days(40).strftime("%d/%m/%Y")],
        ["Déposer le dossier", "Coordination", in_days(60).strftime("%d/%m/%Y")],
    ]
    title = "Renouvellement du label : calendrier"
    _publish(folder, xlsx("calendrier-label", {"Calendrier": rows}), title, by, at(in_days(-29), 14, 50), dated)


def _publish(folder: Folder, made: Made, title: str, by: User, when: datetime, dated: Dated) -> Document:
    file = ContentFile(made.content, name=made.name)
    document = publish_document(folder=folder, file=file, by=by, title=title, published_at=when)
    set_text(document, made.text)
    Document.objects.filter(pk=document.pk).update(created_at=when)
    dated(document, when)
    return document
