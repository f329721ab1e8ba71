"""Publishing and describing a document."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.journal import log
from documents.actions.contents import receive_content
from documents.actions.locks import refuse_if_locked
from documents.actions.openings import end_openings
from documents.actions.texts import index_document, queue_reading
from documents.enums import TextState
from documents.extraction import READABLE
from documents.models import Document, DocumentVersion, Folder, document_store
from documents.validation import check_file, title_of
from notifications.actions import bound_events, record_event, rename_events
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User


def publish_document(
    *,
    folder: Folder,
    file: File,
    by: "User",
    title: str = "",
    description: str = "",
    published_at: datetime | None = None,
) -> Document:
    """Keep the file in the folder and make it readable by the space at once; its text is read after the commit. The bytes
    are stored before anything is held: a slow disk keeps nobody else waiting.

    Raises `PermissionDenied`/`Http404` without ADD_DOCUMENT, `ValidationError` (a sentence that follows the file's name)
    when the door refuses it, `OSError` when the store does. Bytes stored before an error stay, under their fingerprint
    and without a name: nobody can ask for them."""
    policy.require(by, Ability.ADD_DOCUMENT, folder.space, boundary_id=folder.boundary_id)
    checked = check_file(file)
    path = document_store().save(None, file)
    document = Document(
        uploaded_by_user=by,
        version_author=by,
        file=path,
        original_name=checked.name,
        extension=checked.extension,
        media_type=checked.media_type,
        file_size=checked.size,
        sha256=path.rpartition("/")[2],
        title=(title.strip() or title_of(checked.name))[:255],
        description=description.strip(),
        text_state=TextState.PENDING if checked.extension in READABLE else TextState.DONE,
        published_at=published_at or timezone.now(),
    )
    return _put_in(folder, document, by)


@transaction.atomic
def _put_in(folder: Folder, document: Document, by: "User") -> Document:
    folder = folder_to_write_in(folder, by)
    document.space, document.folder, document.boundary_id = folder.space, folder, folder.boundary_id
    document.collection_id, document.kind = folder.collection_id, folder.default_kind
    document.territory_id = folder.space.territory_id
    document.full_clean(exclude=["space", "folder", "collection", "uploaded_by_user"], validate_unique=False)
    document.save()
    DocumentVersion.current_of(document).save()
    receive_content(sha256=document.sha256, extension=document.extension)
    log(document, "documents.publish", user=by)
    record_event(
        space=folder.space,
        kind="document.published",
        about=document,
        title=document.title,
        url=document.get_absolute_url(),
        actor=by,
        boundary_id=document.boundary_id,
    )
    index_document(document)
    if document.text_state == TextState.PENDING:
        transaction.on_commit(lambda: queue_reading(document.pk), robust=True)
    return document


def folder_to_write_in(folder: Folder, by: "User") -> Folder:
    """The folder as it is now, held until the end of the transaction: one that is being restricted at this moment takes in
    nothing that stays outside its circle. Folders are held before the documents in them, by whatever holds both: two that
    wait for each other are both given up by the database. Raises `PermissionDenied`/`Http404` when `by` may no longer write there."""
    current = get_object_or_404(Folder.objects.select_for_update(of=("self",)).select_related("space"), pk=folder.pk)
    policy.require(by, Ability.ADD_DOCUMENT, current.space, boundary_id=current.boundary_id)
    return current


def require_editor(by: "User", document: Document) -> None:
    """A manager changes and withdraws every document of the space; a contributor, their own.

    Raises `PermissionDenied`, or `Http404` outside one's spaces."""
    policy.require(by, editing_ability(by, document), document.space, boundary_id=document.boundary_id)


def editing_ability(user: "User", document: Document) -> Ability:
    """What it takes to change or withdraw this document."""
    is_own = document.uploaded_by_user_id is not None and document.uploaded_by_user_id == user.pk
    return Ability.ADD_DOCUMENT if is_own else Ability.MANAGE_DOCUMENTS


@transaction.atomic
def change_document(
    *, document: Document, by: "User", title: str, description: str, folder: Folder, is_open: bool | None = None
) -> Document:
    """Change what is said of the document, its folder within the space, or whether every contributor may give it a version
    (`is_open`; None leaves it); never its bytes. Put into a circle, its shares and its links end.

    Raises `PermissionDenied`/`Http404` (see `require_editor`), `LockedError`, `Http404` when it was withdrawn meanwhile,
    `ValidationError` when the title is empty or the folder is in another space."""
    require_editor(by, document)
    folder = folder_to_write_in(folder, by) if folder.space_id == document.space_id else folder
    document = locked_to_edit(document, by)
    refuse_if_locked(document)
    if folder.space_id != document.space_id:
        raise ValidationError({"folder": "Ce dossier est dans un autre espace."})
    document.title, document.description = title.strip(), description.strip()
    if folder.pk != document.folder_id:
        if folder.boundary_id not in {None, document.boundary_id}:
            end_openings(Document.objects.filter(pk=document.pk), by=by)
        document.folder, document.collection_id = folder, folder.collection_id
        document.boundary_id = folder.boundary_id
        bound_events(Document.objects.filter(pk=document.pk), boundary_id=folder.boundary_id)
    document.is_open = document.is_open if is_open is None else is_open
    document.full_clean(exclude=["space", "folder", "collection", "uploaded_by_user", "file"], validate_unique=False)
    document.save(update_fields=["title", "description", "folder", "collection", "boundary", "is_open"])
    log(document, "documents.change", user=by)
    rename_events(document, document.title)
    index_document(document)
    return document


def locked_to_edit(document: Document, by: "User") -> Document:
    """`locked_document`, for who may change it as it is now: a folder may have been restricted since the page was shown.
    Raises `PermissionDenied`/`Http404` (see `require_editor`), `Http404` when it is in the trash."""
    require_editor(by, document)
    document = locked_document(document)
    require_editor(by, document)
    return document


def locked_document(document: Document) -> Document:
    """The row as it is now, held until the end of the transaction. Raises `Http404` when it is in the trash."""
    current = Document.objects.select_for_update(of=("self",)).select_related("space", "reserved_by")
    return get_object_or_404(current, pk=document.pk, withdrawn_at=None)
