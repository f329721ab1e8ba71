"""What is told of documents."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from documents.audience import superseded_audience
from documents.enums import ScanState
from documents.models import Document, DocumentVersion, Folder, Scan
from notifications.enums import Category, Timing
from notifications.registry import Details, Followable, Notification, register, register_followable
from notifications.subjects import ids_of, subject_for

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import Event


@register
class DocumentPublished(Notification):
    kind = "document.published"
    name = "Nouveau document"
    category = Category.DOCUMENTS
    action = "Ouvrir le document"

    @classmethod
    def followed(cls, event: "Event") -> list[str]:
        """The document, its folder and the folders above."""
        subjects = [event.subject]
        document = Document.objects.filter(pk__in=ids_of([event])).select_related("folder__parent").first()
        folder = document.folder if document else None
        while folder is not None:
            subjects.append(subject_for(folder))
            folder = folder.parent
        return subjects

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        documents = Document.objects.select_related("folder").in_bulk(ids_of(events).keys())
        return {
            event_id: Details(
                text=documents[pk].description,
                facts=(("Dossier", documents[pk].folder.name), ("Format", documents[pk].format_label)),
            )
            for pk, some in ids_of(events).items()
            if pk in documents
            for event_id in some
        }


@register
class NewVersion(DocumentPublished):
    """At once, too, for whoever took or read an older version and not this one: they may be working from it."""

    kind = "document.version"
    name = "Nouvelle version"

    @classmethod
    def concerned(cls, event: "Event") -> list[int]:
        document = Document.objects.filter(pk__in=ids_of([event])).first()
        return [user.pk for user in superseded_audience(document)] if document else []


@register
class InfectedFile(Notification):
    """A virus in what somebody deposited: to them alone, whatever they have chosen. The others see it on the document."""

    kind = "document.infected"
    name = "Virus trouvé"
    category = Category.DOCUMENTS
    default = Timing.AT_ONCE
    can_be_switched_off = False
    action = "Voir le document"
    reason = "vous avez déposé ce fichier"

    @classmethod
    def audience(cls, event: "Event") -> list[int]:
        return [version.author_id for version in _infected([event]) if version.author_id]

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        return {
            event_id: Details(
                text="L’antivirus a trouvé un virus dans ce fichier\u00a0: personne ne peut le télécharger. Déposez une version saine, "
                "ou mettez le document à la corbeille\u00a0; et faites analyser le poste d’où il vient.",
                facts=(("Fichier", version.original_name), ("Version", str(version.number))),
            )
            for version in _infected(events)
            for event_id in ids_of(events)[version.document_id]
        }


def _infected(events: "Sequence[Event]") -> "QuerySet[DocumentVersion]":
    held = Scan.objects.filter(state=ScanState.INFECTED).order_by()
    versions = DocumentVersion.objects.filter(document__in=ids_of(events), sha256__in=held.values("sha256"))
    return versions.order_by("number")


def folders(user: "User", ids: Collection[int]) -> dict[int, Followable]:
    readable = Folder.objects.visible_to(user).filter(pk__in=ids).select_related("space")
    return {folder.pk: Followable(folder.name, folder.get_absolute_url()) for folder in readable}


def documents(user: "User", ids: Collection[int]) -> dict[int, Followable]:
    readable = Document.objects.visible_to(user).filter(pk__in=ids)
    return {document.pk: Followable(document.title, document.get_absolute_url()) for document in readable}


register_followable("documents.folder", "Dossier", folders)
register_followable("documents.document", "Document", documents)
