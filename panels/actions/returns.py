"""« Ce que sont devenus vos avis », given back to the panel."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.journal import log
from documents.actions import add_folder, publish_document, publish_version
from documents.models import Document, Folder
from meetings.models import Meeting
from panels.models import ReturnSheet
from panels.papers import return_pdf
from panels.queries.returns import content_of, title_of
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

FOLDER = "groupe-d-usagers"


@transaction.atomic
def publish_return(*, meeting: Meeting, by: "User") -> ReturnSheet:
    """Keep the return sheet of a session in the space's folder, as a document or as its next version: who reads the space reads
    it, and is told as of any document. Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError`
    when nothing was observed, or nothing has changed since the last time."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    content = content_of(meeting)
    if not content.observations:
        raise ValidationError("Aucune observation n’est notée pour cette séance\u00a0: il n’y a rien à restituer.")
    day = timezone.localtime(meeting.starts_at).date()
    file = ContentFile(return_pdf(content, day=timezone.localdate()), name=f"restitution-usagers-{day:%Y-%m-%d}.pdf")
    sheet = ReturnSheet.objects.select_for_update(of=("self",)).filter(meeting=meeting).select_related("document").first()  # fmt: skip
    sheet = sheet or ReturnSheet(meeting=meeting)
    sheet.document = _keep(sheet.document, file, meeting, by)
    sheet.published_at, sheet.published_by = timezone.now(), by
    sheet.save()
    log(meeting, "panels.return.published", user=by, data={"observations": len(content.observations)})
    return sheet


def _keep(document: Document | None, file: ContentFile, meeting: Meeting, by: "User") -> Document:
    if document is None or document.withdrawn_at:
        return publish_document(folder=_folder(meeting.space), file=file, by=by, title=title_of(meeting))
    publish_version(document=document, file=file, by=by, reason="Suites données depuis la version précédente")
    return document


def _folder(space: Space) -> Folder:
    return Folder.objects.filter(space=space, slug=FOLDER).first() or add_folder(
        space=space, slug=FOLDER, name="Groupe d’usagers"
    )
