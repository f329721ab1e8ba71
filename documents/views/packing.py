"""ZIPs: a folder, a selection, the resources of a space."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from documents import actions, zips
from documents.models import Folder
from spaces.models import Space

MOST_CHOSEN = 500


@require_safe
def folder_zip(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponseBase:
    found = get_object_or_404(Folder.objects.visible_to(request.user), space__slug=slug, slug=folder_slug)
    return _hand_over(request, lambda: zips.of_folder(request.user, found), found.name, found.get_absolute_url())


@require_safe
def resources_zip(request: HttpRequest, slug: str) -> HttpResponseBase:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    back = reverse("documents:resources", args=[slug])
    return _hand_over(request, lambda: zips.of_resources(request.user, space), f"Ressources, {space.name}", back)


@require_safe
def selection_zip(request: HttpRequest) -> HttpResponseBase:
    """`?d=` names each document; those that the reader may not read do not exist. `?retour=` is the list they come from."""
    back = request.GET.get("retour", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = ""
    try:
        chosen = [UUID(word) for word in request.GET.getlist("d")[:MOST_CHOSEN]]
    except ValueError as error:
        raise Http404 from error
    if not chosen and back:
        messages.warning(request, "Cochez d’abord les documents à télécharger.")
        return redirect(back)
    return _hand_over(request, lambda: zips.of_selection(request.user, chosen) or _nothing(), "selection", back or "/")


def _nothing() -> list[zips.Packed]:
    raise Http404


def _hand_over(request: HttpRequest, pack: Callable[[], list[zips.Packed]], name: str, back: str) -> HttpResponseBase:
    """The archive; what it holds goes into the record of downloads, as if taken one by one."""
    try:
        packed = pack()
    except zips.TooLargeError:
        return _too_large(request, back)
    if request.method == "GET":
        taken = [(one.document_id, one.number) for one in packed if one.is_ready]
        actions.record_downloads(versions=taken, by=request.user)
    return zips.respond(packed, name)


def _too_large(request: HttpRequest, back: str) -> HttpResponse:
    return render(request, "documents/zip_too_large.html", {"back": back}, status=413)
