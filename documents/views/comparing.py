"""Two versions of a document, side by side. Reading writes nothing: a comparison never made is asked for by a button."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from documents import actions
from documents.models import Comparison, Document, DocumentVersion
from documents.views.screens import document_within, form_screen
from spaces import policy


@form_screen
def compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = document_within(request, uuid)
    versions = DocumentVersion.objects.filter(document=found).select_related("document__space").order_by("number")
    older, newer = _asked(request, found, "de", -1), _asked(request, found, "a", 0)
    older, newer = (get_object_or_404(versions, number=number) for number in sorted((older, newer)))
    if request.method == "POST":
        actions.ask_for_comparison(older=older, newer=newer, by=request.user)
        return redirect(request.get_full_path())
    context = {
        "space": found.space,
        "abilities": policy.abilities(request.user, found.space),
        "document": found,
        "older": older,
        "newer": newer,
        "numbers": range(1, found.current_number + 1),
        "comparison": Comparison.objects.filter(older=older.sha256, newer=newer.sha256).first(),
    }
    return render(request, "documents/compare.html", context)


def _asked(request: HttpRequest, document: Document, name: str, default: int) -> int:
    """The version's number; without one, the current version (0) or the one before it (-1)."""
    try:
        return int(request.GET.get(name, max(1, document.current_number + default)))
    except ValueError as error:
        raise Http404 from error
