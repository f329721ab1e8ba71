"""A text of Wagtail's editor whose session had ended (see extranet/middleware.py). The editor takes no initial data: what was
kept is shown before it opens, and goes back in by the editor's own door, as a draft."""

import json
from collections.abc import Iterator, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

EDITORS = {"wagtailadmin_pages:add", "wagtailadmin_pages:edit"}
SKIP = "sans"
"""In the query string: open the editor all the same."""

_ONLY_THERE = ("action-", "next", "overwrite_revision_id", "loaded_revision", "comments-")
"""What decided, or belonged to, that sending alone. Without an action, the editor keeps a draft."""
_BOOKKEEPING = ("-count", "-type", "-order", "-deleted", "-id", "_FORMS", "slug")


def is_editor(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in EDITORS


def show_kept(request: HttpRequest) -> HttpResponse | None:
    """The page to show instead of the editor, when there is a text to take up again."""
    fields: Mapping[str, list[str]] = getattr(request, "kept_fields", {})
    if request.method != "GET" or SKIP in request.GET or not fields or not is_editor(request):
        return None
    again = [(name, value) for name, values in fields.items() for value in values if not name.startswith(_ONLY_THERE)]
    context = {"again": again, "texts": list(_texts(again)), "without": f"{request.path}?{SKIP}=1"}
    return render(request, "pages/rescued.html", context)


def _texts(fields: list[tuple[str, str]]) -> Iterator[str]:
    """The words that somebody typed, as they read."""
    for name, value in fields:
        text = _words(value).strip()
        if text and text != "on" and not text.isdecimal() and not name.endswith(_BOOKKEEPING):
            yield text


def _words(value: str) -> str:
    """Rich text comes as the editor's JSON."""
    try:
        return "\n".join(block["text"] for block in json.loads(value)["blocks"])
    except (ValueError, TypeError, KeyError):
        return "" if value == "null" else value
