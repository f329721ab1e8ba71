"""Making, naming, placing and restricting folders."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from documents import actions, queries
from documents.forms import FolderForm
from documents.forms_sharing import CircleForm, PlaceForm
from documents.models import Document, Folder
from documents.shares import Openings, openings_of
from documents.views.screens import form_screen, space_context
from documents.views.stale import says_if_removed
from spaces import policy
from spaces.enums import Ability


@form_screen
def folder_new(request: HttpRequest, slug: str) -> HttpResponse:
    context = space_context(request, slug)
    space = context["space"]
    policy.require(request.user, Ability.MANAGE_DOCUMENTS, space)
    parents = Folder.objects.visible_to(request.user).filter(space=space)
    parent = get_object_or_404(parents, slug=request.GET["dans"]) if request.GET.get("dans") else None
    form = FolderForm(request.POST or None, initial=request.rescued)
    if form.is_valid():
        try:
            made = actions.create_folder(space=space, parent=parent, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Le dossier « {made.name} » a été créé.")
            return redirect(made)
    return render(request, "documents/folder_form.html", context | {"form": form, "parent": parent})


@form_screen
@says_if_removed
def folder_rename(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    folders = Folder.objects.visible_to(request.user).select_related("space", "parent")
    current = get_object_or_404(folders, space__slug=slug, slug=folder_slug)
    policy.require(request.user, Ability.MANAGE_DOCUMENTS, current.space)
    initial = {"name": current.name, "description": current.description} | request.rescued
    form = FolderForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            actions.rename_folder(folder=current, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Le dossier s’appelle maintenant «\u00a0{current.name}\u00a0».")
            return redirect(current)
    context = {"space": current.space, "abilities": policy.abilities(request.user, current.space)}
    return render(request, "documents/folder_form.html", context | {"form": form, "folder": current})


def _managed(request: HttpRequest, slug: str, folder_slug: str) -> Folder:
    folders = Folder.objects.visible_to(request.user).select_related("space", "parent", "boundary")
    found = get_object_or_404(folders, space__slug=slug, slug=folder_slug)
    policy.require(request.user, Ability.MANAGE_DOCUMENTS, found.space)
    return found


@form_screen
@says_if_removed
def folder_place(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    current = _managed(request, slug, folder_slug)
    form = PlaceForm(request.POST or None, folder=current, user=request.user, initial=request.rescued)
    if request.method == "POST" and form.is_valid():
        parents = Folder.objects.visible_to(request.user).filter(space=current.space)
        wanted = form.cleaned_data["parent"]
        try:
            parent = get_object_or_404(parents, slug=wanted) if wanted else None
            ended = actions.move_folder(folder=current, parent=parent, by=request.user)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            where = f"dans «\u00a0{parent.name}\u00a0»" if parent else "en haut de l’espace"
            messages.success(request, f"Le dossier «\u00a0{current.name}\u00a0» est maintenant {where}.{_told(ended)}")
            return redirect(current)
    context = {"space": current.space, "abilities": policy.abilities(request.user, current.space)}
    context["openings"] = _openings_in(current)
    context["siblings"] = queries.folders_of(request.user, current.space, current.parent)
    return render(request, "documents/folder_place.html", context | {"form": form, "folder": current})


@require_POST
@says_if_removed
def folder_order(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    current = _managed(request, slug, folder_slug)
    step = -1 if request.POST.get("sens") == "monter" else 1
    if actions.order_folder(folder=current, step=step, by=request.user):
        messages.success(request, f"«\u00a0{current.name}\u00a0» a changé de rang.")
    else:
        messages.info(request, f"«\u00a0{current.name}\u00a0» est déjà {'le premier' if step < 0 else 'le dernier'}.")
    return redirect("documents:folder_place", slug=slug, folder_slug=folder_slug)


@require_POST
@says_if_removed
def folder_remove(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    current = _managed(request, slug, folder_slug)
    try:
        actions.remove_folder(folder=current, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(current)
    messages.success(request, f"Le dossier «\u00a0{current.name}\u00a0» a été supprimé.")
    return redirect(current.parent or reverse("documents:space", args=[slug]))


@form_screen
@says_if_removed
def folder_restrict(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    current = _managed(request, slug, folder_slug)
    form = CircleForm(request.POST or None, folder=current, initial=request.rescued)
    opens, ended = "ouvrir" in request.POST, Openings()
    if request.method == "POST" and (opens or form.is_valid()):
        try:
            if opens:
                actions.open_folder(folder=current, by=request.user)
            else:
                ended = actions.restrict_folder(folder=current, members=form.cleaned_data["members"], by=request.user)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            readers = "tout l’espace" if opens else "son cercle et les animateurs de l’espace"
            messages.success(
                request, f"«\u00a0{current.name}\u00a0» est maintenant lisible par {readers}.{_told(ended)}"
            )
            return redirect(current)
    context = {"space": current.space, "abilities": policy.abilities(request.user, current.space)}
    context["openings"] = Openings() if current.boundary_id else _openings_in(current)
    around = [one for one in queries.ancestors(current) if one.boundary_id and one.boundary_id == current.boundary_id]
    context["closed_by"] = around[0] if around else None
    return render(request, "documents/folder_restrict.html", context | {"form": form, "folder": current})


def _openings_in(folder: Folder) -> Openings:
    """Of all that it holds: collections are a tree as folders are, and written in their path."""
    return openings_of(Document.objects.filter(collection__path__startswith=folder.collection.path))


def _told(ended: Openings) -> str:
    """The end of a message, where a circle has ended something."""
    return f" {ended.have_ended}." if ended else ""
