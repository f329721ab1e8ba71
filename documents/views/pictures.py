"""Pictures of the pages of a document, or of one of its versions: the rights of the file itself, and the same 404 for what has none."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from documents import previews
from documents.models import Document, DocumentVersion
from documents.serving import serve

MAX_AGE = 600
"""Seconds for which the reader's own browser shows a picture again without asking. The address changes with the content."""


@require_safe
def thumbnail(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    return _picture(request, _fingerprint(request, uuid), previews.THUMBNAIL)


@require_safe
def page(request: HttpRequest, uuid: UUID, number: int) -> HttpResponseBase:
    return _picture(request, _fingerprint(request, uuid), str(number))


@require_safe
def version_thumbnail(request: HttpRequest, uuid: UUID, number: int) -> HttpResponseBase:
    return _picture(request, _version_fingerprint(request, uuid, number), previews.THUMBNAIL)


@require_safe
def version_page(request: HttpRequest, uuid: UUID, number: int, page: int) -> HttpResponseBase:
    return _picture(request, _version_fingerprint(request, uuid, number), str(page))


def _fingerprint(request: HttpRequest, uuid: UUID) -> str:
    return get_object_or_404(Document.objects.handed_to(request.user).only("sha256"), uuid=uuid).sha256


def _version_fingerprint(request: HttpRequest, uuid: UUID, number: int) -> str:
    versions = DocumentVersion.objects.handed_to(request.user).only("sha256")
    return get_object_or_404(versions, document__uuid=uuid, number=number).sha256


def _picture(request: HttpRequest, sha256: str, picture: str) -> HttpResponseBase:
    path = previews.picture_path(sha256, picture)
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise Http404 from error
    return serve(
        request,
        path=str(path),
        internal=f"derived/{path.relative_to(settings.DERIVED_ROOT)}",
        size=size,
        media_type="image/webp",
        name=f"{picture}.webp",
        etag=f"{sha256[:32]}-{picture}",
        inline=True,
        max_age=MAX_AGE,
    )
