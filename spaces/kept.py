"""Pages kept as they were rendered, with holes for what differs from one reader to the next.

    return kept.page(request, slug, "documents/folder.html", build, fill)

A page is kept for a space, its epoch and the standing of its reader (the rights that decide what it shows): whoever has the same
standing there reads the same page. The epoch is a random token in the space's row, changed by the database itself with whatever
the page shows (`epochs.py`), in the same transaction: what is kept is never older than what is true. Both are read anew for each
request, in the query that tells the reader's rights. What belongs to one person (`{% hole %}`, the CSRF token) is left out of
what is kept, and filled in for each request.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, TypeVar

from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from spaces import policy

cache = caches["kept"]
"""What can be made again: without it everything is there, and costs more."""
pages = caches["pages"]
"""The same, in the memory of this process: for what is asked by an epoch, of which no other copy can be wrong."""
SECONDS = 10 * 60
"""What no epoch tells (somebody's new name, a reservation that ends by itself) is seen after that at the latest."""
_MARK = "\0"
"""Stands in no text: control characters are refused wherever something is typed."""

T = TypeVar("T")
Fill = Callable[[Any], Mapping[str, str] | None]


def page(
    request: HttpRequest, space_slug: str, template: str, build: Callable[[], tuple[dict[str, Any], Any]], fill: Fill
) -> HttpResponse:
    """The page as `request.user` reads it. `build` gives the template's context and what `fill` will need to know of the page;
    it is asked when nothing is kept, and raises `Http404` for whoever may not read. `fill` gives the text of each hole by its
    name; a hole it does not name is empty. It gives None for a reader whose page is like nobody else's: that one is not kept."""
    key = _key(request.user, space_slug, request.path)
    if key is None or len(get_messages(request)):
        return render(request, template, build()[0])
    found = pages.get(key)
    context, about = (None, found[1]) if found else build()
    own = fill(about)
    if own is None:
        return render(request, template, context or build()[0])
    if found is None:
        marks = {"is_kept": True, "csrf_token": mark("csrf")}
        found = render_to_string(template, context | marks, request).split(_MARK), about
        pages.set(key, found, SECONDS)
    parts, _ = found
    texts = {"csrf": get_token(request), **own}
    return HttpResponse("".join(texts.get(part, "") if rank % 2 else part for rank, part in enumerate(parts)))


def mark(name: str) -> str:
    return f"{_MARK}{name}{_MARK}"


def value(user: Any, space_slug: str, name: str, build: Callable[[], T]) -> T:
    """What `build` gives, which is not None, kept in the same way; `name` tells it from anything else. For what a page that is not
    kept (the second of a list, another order) would ask again."""
    key = _key(user, space_slug, name)
    found: T | None = pages.get(key) if key else None
    if found is None:
        found = build()
        if key:
            pages.set(key, found, SECONDS)
    return found


def _key(user: Any, space_slug: str, name: str) -> str | None:
    """None outside the reader's spaces."""
    reader = policy.reader_of(user)
    space = reader.spaces.get(space_slug)
    if space is None:
        return None
    what = (timezone.localdate(), name, space.epoch, _standing(reader, space.pk))
    return f"page:{blake2b(repr(what).encode(), digest_size=16).hexdigest()}"


def _standing(reader: policy.Reader, space_id: int) -> tuple[Any, ...]:
    """All that decides what somebody is shown of that space: two people of the same standing read the same."""
    here = reader.roles.get(space_id), reader.mandated.get(space_id), reader.is_animation, reader.is_manager
    return *here, sorted(reader.boundary_ids), sorted(reader.shared_ids)
