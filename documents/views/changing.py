"""Changing what is said of a document."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from documents import actions
from documents.forms import DocumentForm
from documents.models import Document
from documents.shares import openings_of
from documents.views.screens import form_screen, visible_document
from documents.views.stale import says_if_thrown
from spaces import policy


@form_screen
@says_if_thrown
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    actions.require_editor(request.user, found)
    actions.refuse_if_locked(found)
    form = DocumentForm(request.POST or None, document=found, user=request.user, initial=request.rescued)
    openings = openings_of(Document.objects.filter(pk=found.pk))
    if form.is_valid():
        fields = {"title": form.cleaned_data["title"], "description": form.cleaned_data["description"]}
        fields["is_open"] = form.cleaned_data["is_open"]
        changed = actions.change_document(document=found, by=request.user, folder=form.chosen_folder(), **fields)
        actions.describe_document(document=found, by=request.user, facts=form.facts())
        is_closed = openings and changed.boundary_id not in {None, found.boundary_id}
        ended = f" {openings.have_ended}." if is_closed else ""
        messages.success(request, f"Les modifications ont été enregistrées.{ended}")
        return redirect(found)
    context = {"space": found.space, "abilities": policy.abilities(request.user, found.space)}
    return render(request, "documents/edit.html", context | {"document": found, "form": form, "openings": openings})
