"""What is asked from a page shown before the document was put in the trash: its form says so, and leads there. For whoever might
change the document; to anybody else it has never existed."""

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
from documents.models import Document
from documents.views.depositing import wants_json
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
