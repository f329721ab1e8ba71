"""What is asked from a page shown before the document was put in the trash, or the folder removed: its form says so, and leads on.
For whoever might change it; to anybody else it has never existed."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from documents import actions
from documents.models import Document, Folder
from documents.views.depositing import wants_json
from documents.views.screens import space_context
from spaces import policy
from spaces.enums import Ability
from spaces.models import french_date

View = Callable[..., HttpResponseBase]


def says_if_thrown(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, uuid, *args, **kwargs)
        except Http404:
            thrown = None if wants_json(request) else _thrown(request, uuid)
            if thrown is None:
                raise
            return _led_there(request, thrown)

    return wrapped


def _thrown(request: HttpRequest, uuid: UUID) -> Document | None:
    in_trash = Document.objects.filter(policy.readable(request.user), withdrawn_at__isnull=False, uuid=uuid)
    found = in_trash.select_related("space", "folder__space", "withdrawn_by").defer("text").first()
    ability = found and actions.editing_ability(request.user, found)
    return found if ability and policy.can(request.user, ability, found.space) else None


def _led_there(request: HttpRequest, thrown: Document) -> HttpResponse:
    folder = thrown.folder.get_absolute_url()
    if thrown.withdrawn_by == request.user:
        return redirect(f"{folder}?corbeille={thrown.uuid}")  # which says it, and takes it back
    who = f" par {thrown.withdrawn_by}" if thrown.withdrawn_by else ""
    day = french_date(timezone.localtime(thrown.withdrawn_at).date())
    said = f"«\u00a0{thrown.title}\u00a0» a été mis à la corbeille{who} le {day}\u00a0: rien n’y a été changé."
    messages.info(request, said)
    if policy.can(request.user, Ability.MANAGE_DOCUMENTS, thrown.space):
        return redirect("documents:trash", slug=thrown.space.slug)
    return redirect(folder)


def says_if_removed(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponseBase:
        try:
            return view(request, slug, folder_slug)
        except Http404:
            space = space_context(request, slug)["space"]
            is_there = Folder.objects.filter(space__slug=slug, slug=folder_slug).exists()
            if is_there or not policy.can(request.user, Ability.MANAGE_DOCUMENTS, space):
                raise
            messages.info(request, "Il n’y a plus de dossier à cette adresse\u00a0: il a déjà été supprimé.")
            return redirect("documents:space", slug=slug)

    return wrapped
