"""Sharing a document beyond its space, and saying who can see what."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.journal import last_doer
from accounts.models import User
from documents import actions
from documents.forms_sharing import LinkForm, ShareForm
from documents.models import Document, Folder, SignedLink
from documents.shares import shared_with, shared_with_space
from documents.validation import INLINE_TYPES
from documents.views.screens import form_screen, space_context, visible_document
from documents.views.stale import says_if_thrown
from spaces import policy
from spaces.enums import Visibility
from spaces.models import Share


def _shareable(request: HttpRequest, uuid: UUID) -> Document:
    """Raises `Http404` for what one does not read, `PermissionDenied` for what one reads and may not share."""
    found = visible_document(request, uuid)
    actions.require_editor(request.user, found)
    return found


def _share_context(request: HttpRequest, found: Document) -> dict[str, object]:
    return {
        "space": found.space,
        "abilities": policy.abilities(request.user, found.space),
        "document": found,
        "shares": Share.objects.open().filter(object_id=found.uuid).select_related("to_space", "to_user", "shared_by"),
        "links": SignedLink.objects.open().filter(document=found).select_related("created_by"),
    }


@form_screen
@says_if_thrown
def share(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _shareable(request, uuid)
    form = ShareForm(request.POST or None, document=found, user=request.user, initial=request.rescued)
    if form.is_valid():
        try:
            made = actions.share_document(document=found, by=request.user, **form.facts())
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            whom = made.with_space or str(made.to_user)
            reach = "\u00a0: toute personne ayant un compte peut le lire" if made.is_for_everybody else ""
            messages.success(request, f"«\u00a0{found.title}\u00a0» est partagé avec {whom}{reach}.")
            return redirect("documents:share", uuid=found.uuid)
    return render(request, "documents/share.html", _share_context(request, found) | {"form": form})


@form_screen
@says_if_thrown
def link_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The address is shown once, in the answer to the form: it is kept nowhere."""
    found = _shareable(request, uuid)
    form = LinkForm(request.POST or None, initial=request.rescued)
    context = {"space": found.space, "abilities": policy.abilities(request.user, found.space), "document": found}
    if form.is_valid():
        try:
            made, token = actions.create_link(document=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            address = request.build_absolute_uri(reverse("documents:link", args=[token]))
            response = render(request, "documents/link_made.html", context | {"link": made, "address": address})
            response["Cache-Control"] = "no-store"
            return response
    return render(request, "documents/link_form.html", context | {"form": form})


@require_POST
@says_if_thrown
def share_revoke(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    found = _shareable(request, uuid)
    ended = get_object_or_404(Share, object_id=found.uuid, pk=pk)
    if actions.revoke_share(share=ended, by=request.user):
        messages.success(request, "Le partage est retiré\u00a0: le document n’est plus lisible par cette voie.")
    else:
        who = last_doer(found, "documents.share.revoke", share=pk)
        messages.info(request, f"Ce partage avait déjà pris fin{_by(who, request)}. Ceux qui restent sont ci-dessous.")
    return redirect("documents:share", uuid=found.uuid)


@require_POST
@says_if_thrown
def link_revoke(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    found = _shareable(request, uuid)
    links = SignedLink.objects.select_related("document__space")
    if actions.revoke_link(link=get_object_or_404(links, document=found, pk=pk), by=request.user):
        messages.success(request, "Le lien est retiré\u00a0: il n’ouvre plus rien.")
    else:
        who = last_doer(found, "documents.link.revoke", link=pk)
        messages.info(request, f"Ce lien n’ouvrait déjà plus rien{_by(who, request)}.")
    return redirect("documents:share", uuid=found.uuid)


def _by(who: User | None, request: HttpRequest) -> str:
    """Of what was done before, from another page: « , retiré par Paul Durand »."""
    return f", retiré par {'vous' if who == request.user else who}" if who else ""


@require_safe
def shared_with_me(request: HttpRequest) -> HttpResponse:
    return render(request, "documents/shared_with_me.html", {"rows": shared_with(request.user)})


@require_safe
def shared_into_space(request: HttpRequest, slug: str) -> HttpResponse:
    context = space_context(request, slug)
    context["rows"] = shared_with_space(request.user, context["space"])
    return render(request, "documents/shared_with_space.html", context)


def shared_document(request: HttpRequest, found: Document) -> HttpResponse:
    """The page of a document for who reads it by a share: nothing of its folder, nor of the life of its space."""
    shares = Share.objects.reaching(request.user).filter(object_id=found.uuid).select_related("to_space", "shared_by")
    context = {"document": found, "shares": shares, "can_preview": found.media_type in INLINE_TYPES}
    return render(request, "documents/shared_document.html", context)


@require_safe
def document_who(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """For whoever reads the document by its space: a share opens a document, not the list of those who read it."""
    found = visible_document(request, uuid)
    policy.require(request.user, "view_members", found.space, boundary_id=found.boundary_id)
    context = _share_context(request, found)
    is_open = found.space.visibility == Visibility.REGISTERED and found.boundary_id is None
    context |= {
        "lines": policy.who_can_see(found.space, boundary_id=found.boundary_id, object_id=found.uuid),
        "is_registered": is_open or any(share.is_for_everybody for share in context["shares"]),
        "heading": found.title,
        "back": found.get_absolute_url(),
    }
    return render(request, "documents/who_can_see.html", context)


@require_safe
def folder_who(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    folders = Folder.objects.visible_to(request.user).select_related("space")
    found = get_object_or_404(folders, space__slug=slug, slug=folder_slug)
    context = {
        "space": found.space,
        "abilities": policy.abilities(request.user, found.space),
        "document": found,
        "shares": [],
        "links": [],
        "lines": policy.who_can_see(found.space, boundary_id=found.boundary_id),
        "is_registered": found.space.visibility == Visibility.REGISTERED and found.boundary_id is None,
        "heading": found.name,
        "back": found.get_absolute_url(),
    }
    return render(request, "documents/who_can_see.html", context)
