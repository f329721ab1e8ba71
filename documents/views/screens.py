"""What the screens of the room share."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from documents import actions, prepared
from documents.models import Document, DocumentVersion, DownloadRecord
from documents.scanning import may_take
from documents.serving import begins_a_download, is_conditional, serve
from documents.shares import folder_of
from documents.validation import INLINE_TYPES
from spaces import policy

T = TypeVar("T")

form_screen = require_http_methods(["GET", "HEAD", "POST"])


def space_context(request: HttpRequest, slug: str) -> dict[str, object]:
    """What every screen of a space gives its template."""
    space = first_or_404(prepared.space(request.user, slug))
    return {"space": space, "abilities": policy.abilities(request.user, space)}


def visible_document(request: HttpRequest, uuid: UUID) -> Document:
    return first_or_404(prepared.document(request.user, uuid))


def document_within(request: HttpRequest, uuid: UUID) -> Document:
    """Found by who reads it in its space: a share opens a document, not who wrote its versions, when and why."""
    found = visible_document(request, uuid)
    if folder_of(found, request.user) is None:
        raise Http404
    return found


def first_or_404(found: list[T]) -> T:
    """For what a prepared query finds by its address."""
    if not found:
        raise Http404
    return found[0]


def note_download(
    request: HttpRequest, response: HttpResponseBase, *, document_id: int, version_number: int, size: int
) -> None:
    """Record a download that has just begun: not its head, nor the rest of one that was cut, nor a copy that the browser has
    already (behind nginx, only a record of this version tells that). The one thing that reading a document writes."""
    if not begins_a_download(request, response, size):
        return
    if is_conditional(request):
        known = DownloadRecord.objects.filter(user=request.user, document=document_id, version_number=version_number)
        if known.exists():
            return
    actions.record_downloads(versions=[(document_id, version_number)], by=request.user)


def document_context(request: HttpRequest, document: Document) -> dict[str, object]:
    """What every screen of a document gives its template."""
    abilities = policy.abilities(request.user, document.space)
    return {"space": document.space, "abilities": abilities, "document": document}


def visible_version(request: HttpRequest, uuid: UUID, number: int) -> DocumentVersion:
    """One version of a document that the person reads in its space; its `document` comes as `visible_document` finds it."""
    document = document_within(request, uuid)
    versions = document.versions.select_related("author", "labelled_by").with_scan_state()
    version = get_object_or_404(versions, number=number)
    version.document = document
    return version


def hand_over(request: HttpRequest, found: Document | DocumentVersion, size: int) -> HttpResponseBase:
    """The bytes of a document or of one of its versions, once the right to read it has been checked. Raises
    `PermissionDenied` when the antivirus holds them back; `found` comes `with_scan_state`."""
    is_whole = isinstance(found, Document)
    depositor = found.version_author_id if is_whole else found.author_id
    if not may_take(request.user, scan_state=found.scan_state, depositor_id=depositor):
        raise PermissionDenied
    inline = "inline" in request.GET and found.media_type in INLINE_TYPES
    response = serve(
        request,
        path=found.file.path,
        internal=f"documents/{found.file.name}",
        size=size,
        media_type=found.media_type,
        name=found.original_name,
        etag=found.sha256,
        inline=inline,
    )
    if not inline:
        document, number = (found.pk, found.current_number) if is_whole else (found.document_id, found.number)
        note_download(request, response, document_id=document, version_number=number, size=size)
    return response
