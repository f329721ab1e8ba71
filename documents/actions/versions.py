"""New versions of a document, old ones brought back, and the reservation of a document while it is being written.

A version is added, never changed: the row holds the file for good, and the document's own columns follow the last one.
The document's row is held while its next number is given, so that two people at once make two versions, in order."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from accounts.journal import log
from documents.actions.comparisons import ask_for_comparison
from documents.actions.contents import receive_content
from documents.actions.documents import editing_ability, locked_document, locked_to_edit
from documents.actions.letters import write_about
from documents.actions.locks import refuse_if_locked
from documents.actions.texts import index_document, queue_reading
from documents.audience import guests_behind
from documents.enums import TextState
from documents.extraction import READABLE
from documents.models import Document, DocumentVersion, document_store
from documents.validation import check_file
from notifications.actions import record_event
from spaces import policy
from spaces.enums import Ability
from spaces.models import french_date

if TYPE_CHECKING:
    from accounts.models import User


_GIVEN = frozenset({"document", "author", "labelled_by", "labelled_at"})
"""Fields of a version that no person fills in."""


class ReservedError(ValidationError):
    """Somebody else has reserved the document. Its message says who, and until when."""


def versioning_ability(user: "User", document: Document) -> Ability:
    """What it takes to give the document a new version: less than changing it where its author has opened it to every
    contributor of the space."""
    return Ability.ADD_DOCUMENT if document.is_open else editing_ability(user, document)


def require_versioner(by: "User", document: Document) -> None:
    """Raises `PermissionDenied`, or `Http404` outside one's spaces."""
    policy.require(by, versioning_ability(by, document), document.space, boundary_id=document.boundary_id)


def _locked_to_version(document: Document, by: "User") -> Document:
    """`locked_document`, for who may give it a version as it is now (see `locked_to_edit`)."""
    require_versioner(by, document)
    document = locked_document(document)
    require_versioner(by, document)
    return document


def publish_version(
    *,
    document: Document,
    file: File,
    by: "User",
    reason: str = "",
    published_at: datetime | None = None,
    by_its_room: bool = False,
) -> DocumentVersion:
    """The document's next version, current from now on; it ends the author's reservation. The bytes are stored before the
    document is held: a slow disk keeps nobody else waiting. `by_its_room`: it comes from the room that locked the document.

    Raises `PermissionDenied`/`Http404` (see `require_versioner`), `LockedError`, `ReservedError` when somebody else has reserved it,
    `ValidationError` when the door refuses the file or when it is the current version's, byte for byte, `Http404` when the
    document was put in the trash meanwhile, `OSError` when the store refuses."""
    require_versioner(by, document)
    if not by_its_room:
        refuse_if_locked(document)
    refuse_if_reserved(document, by)
    checked = check_file(file)
    path = document_store().save(None, file)
    version = DocumentVersion(
        file=path,
        original_name=checked.name,
        extension=checked.extension,
        media_type=checked.media_type,
        size=checked.size,
        sha256=path.rpartition("/")[2],
        author=by,
        created_at=published_at or timezone.now(),
        reason=_one_line(reason),
    )
    return _append(document, version, by=by, by_its_room=by_its_room)


def restore_version(*, version: DocumentVersion, by: "User", reason: str = "") -> DocumentVersion:
    """An old version, current again as a new one: what came between stays. `version.document` is the one restored.

    Raises as `publish_version` does."""
    require_versioner(by, version.document)
    again = DocumentVersion(
        file=version.file.name,
        original_name=version.original_name,
        extension=version.extension,
        media_type=version.media_type,
        size=version.size,
        sha256=version.sha256,
        author=by,
        created_at=timezone.now(),
        reason=_one_line(reason) or f"Retour à la version {version.number}",
    )
    return _append(version.document, again, by=by)


@transaction.atomic
def _append(document: Document, version: DocumentVersion, *, by: "User", by_its_room: bool = False) -> DocumentVersion:
    document = _locked_to_version(document, by)
    if not by_its_room:
        refuse_if_locked(document)
    refuse_if_reserved(document, by)
    if version.sha256 == document.sha256:
        raise ValidationError(f"c’est déjà, octet pour octet, la version {document.current_number} en vigueur.", "same")
    version.document, version.number = document, document.current_number + 1
    before = document.versions.get(number=document.current_number)
    version.clean_fields(exclude=_GIVEN)
    version.save()
    _make_current(version)
    receive_content(sha256=version.sha256, extension=version.extension)
    if before.extension in READABLE and version.extension in READABLE:
        ask_for_comparison(older=before, newer=version, by=by)
    log(document, "documents.version", user=by, data={"number": version.number})
    record_event(
        space=document.space,
        kind="document.version",
        about=document,
        title=f"{document.title} – version {version.number}"[-255:],
        url=document.get_absolute_url(),
        actor=by,
        boundary_id=document.boundary_id,
    )
    _tell_guests(document)
    index_document(document)
    if document.text_state == TextState.PENDING:
        transaction.on_commit(lambda: queue_reading(document.pk), robust=True)
    return version


def _tell_guests(document: Document) -> None:
    """Who works from an older version that was shared with them reads no event of the space, and learns nothing of it here:
    neither who wrote the new one, nor why, nor where it is."""
    for guest in guests_behind(document):
        context = {
            "url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + document.get_absolute_url(),
            "why": "Vous recevez ce message parce que vous avez téléchargé une version précédente de ce document, qui est partagé avec vous.",
        }
        write_about(document, to=guest, template="documents/email/superseded", context=context)


def _make_current(version: DocumentVersion) -> None:
    """The document's columns, which lists, search and downloads read, tell of `version`; nobody has it reserved any more."""
    document = version.document
    document.file, document.file_size, document.sha256 = version.file.name, version.size, version.sha256
    document.original_name, document.extension = version.original_name, version.extension
    document.media_type, document.file_hash = version.media_type, ""
    document.current_number, document.version_author = version.number, version.author
    document.published_at = version.created_at
    document.text, document.text_attempts = "", 0
    document.text_state = TextState.PENDING if version.extension in READABLE else TextState.DONE
    document.reserved_by = document.reserved_until = None
    document.save(
        update_fields=[
            *("file", "file_size", "sha256", "original_name", "extension", "media_type", "file_hash", "current_number"),
            *("version_author", "published_at", "text", "text_state", "text_attempts", "reserved_by", "reserved_until"),
        ]
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


@transaction.atomic
def name_version(*, version: DocumentVersion, by: "User", label: str) -> None:
    """Give the version a name (« version validée en COTEC »), or take it off with an empty one.

    Raises `PermissionDenied`/`Http404` (see `require_editor`), `Http404` when the document was put in the trash meanwhile,
    `ValidationError` when the name is too long."""
    locked_to_edit(version.document, by)
    version.label = _one_line(label)
    version.labelled_by, version.labelled_at = (by, timezone.now()) if version.label else (None, None)
    version.clean_fields(exclude=_GIVEN)
    version.save(update_fields=["label", "labelled_by", "labelled_at"])
    log(version.document, "documents.version.name", user=by, data={"number": version.number, "label": version.label})


# --- Reservation ----------------------------------------------------------------------------------------------------


def refuse_if_reserved(document: Document, by: "User") -> None:
    """Raises `ReservedError` when somebody other than `by` has reserved the document."""
    if document.is_taken_from(by):
        until = french_date(timezone.localtime(document.reserved_until).date())
        raise ReservedError(
            f"{document.reserved_by} l’a réservé pour modification jusqu’au {until}. "
            "Demandez-lui de le rendre, ou à l’animateur de l’espace de lever la réservation.",
            "reserved",
        )


@transaction.atomic
def reserve_document(*, document: Document, by: "User") -> datetime:
    """Nobody else may give the document a version for `RESERVATION_DAYS`; asked again by the same person, the delay starts
    anew. Returns until when.

    Raises `PermissionDenied`/`Http404` (see `require_versioner`), `LockedError`, `ReservedError` when somebody else was first."""
    document = _locked_to_version(document, by)
    refuse_if_locked(document)
    refuse_if_reserved(document, by)
    document.reserved_by, document.reserved_until = by, timezone.now() + timedelta(days=settings.RESERVATION_DAYS)
    document.save(update_fields=["reserved_by", "reserved_until"])
    log(document, "documents.reserve", user=by)
    return document.reserved_until


@transaction.atomic
def release_document(*, document: Document, by: "User", whose: int | None = None) -> bool:
    """End a reservation: whoever made it, or a manager. Returns whether there was one left to end.

    Raises `PermissionDenied`/`Http404` for everybody else, `ReservedError` when it is not any more that of `whose` (their id):
    somebody else has reserved the document since the page was shown."""
    document = locked_document(document)
    policy.require(by, Ability.VIEW_SPACE, document.space, boundary_id=document.boundary_id)
    if not document.is_reserved:
        return False
    if whose not in {None, document.reserved_by_id}:
        until = french_date(timezone.localtime(document.reserved_until).date())
        raise ReservedError(f"{document.reserved_by} l’a réservé depuis, jusqu’au {until}.", "reserved")
    if document.reserved_by_id != by.pk and not policy.can(by, Ability.MANAGE_DOCUMENTS, document.space):
        raise PermissionDenied
    held_by = document.reserved_by_id
    document.reserved_by = document.reserved_until = None
    document.save(update_fields=["reserved_by", "reserved_until"])
    log(document, "documents.release", user=by, data={"reserved_by": held_by})
    return True
