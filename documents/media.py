"""Wagtail's images at /medias/: stock Django would hand them to anybody. An image belongs to its collection, hence to a
space; who reads the space sees it. An image outside every space is the region's, for its animation alone."""

import mimetypes
from pathlib import Path

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model
from wagtail.models import Collection

from documents.serving import serve
from documents.validation import INLINE_TYPES
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    collection_path = _collection_of(path)
    if collection_path is None or not _may_see(request, collection_path):
        raise Http404
    try:
        full = Path(default_storage.path(path))
        state = full.stat()
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return serve(
            request,
            path=str(full),
            internal=f"medias/{path}",
            size=state.st_size,
            media_type=media_type,
            name=full.name,
            etag=f"{state.st_mtime_ns:x}-{state.st_size:x}",
            inline=media_type in INLINE_TYPES,
        )
    except FileNotFoundError as error:
        raise Http404 from error


def _collection_of(path: str) -> str | None:
    """Where in Wagtail's tree of collections the image of that file is, original or rendition."""
    image = get_image_model()
    rendition = image.get_rendition_model()
    originals = image.objects.filter(file=path).values_list("collection__path", flat=True)
    renditions = rendition.objects.filter(file=path).values_list("image__collection__path", flat=True)
    return next(iter(originals.order_by().union(renditions.order_by(), all=True)), None)


def _may_see(request: HttpRequest, collection_path: str) -> bool:
    step = Collection.steplen
    above = [collection_path[:end] for end in range(step, len(collection_path) + 1, step)]
    space = Space.objects.filter(collection__path__in=above).first()
    if space is None:
        return policy.can(request.user, Ability.MANAGE_REGION)
    return policy.can(request.user, Ability.VIEW_SPACE, space)
