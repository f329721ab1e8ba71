"""The versions of a document: read, add, bring back, name; and the document's reservation."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from documents import actions, queries
from documents.first_pages import preview_of
from documents.forms import LabelForm, NewVersionForm, Outcome, ReasonForm
from documents.models import Document, DocumentVersion
from documents.uploads import refused_uploads
from documents.validation import INLINE_TYPES
from documents.views.depositing import outcome_as_json, say_version, wants_json
from documents.views.screens import (
    document_context,
    document_within,
    form_screen,
    hand_over,
    visible_document,
    visible_version,
)
from documents.views.stale import says_if_thrown
from spaces import policy
from spaces.models import french_date


def _may_version(request: HttpRequest, document: Document) -> bool:
    """What is offered: nothing that a lock or somebody else's reservation would refuse."""
    abilities = policy.abilities(request.user, document.space)
    may = actions.versioning_ability(request.user, document) in abilities and not document.locked_reason
    return may and not document.is_taken_from(request.user)


@require_safe
def history(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = document_within(request, uuid)
    context = document_context(request, found)
    context["versions"] = queries.history(found)
    context["can_version"] = _may_version(request, found)
    context["can_name"] = actions.editing_ability(request.user, found) in context["abilities"]
    return render(request, "documents/history.html", context)


@require_safe
def version(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    found = visible_version(request, uuid, number)
    context = document_context(request, found.document)
    context["version"] = found
    context["next"] = found.document.versions.filter(number=number + 1).first()
    context["can_version"] = _may_version(request, found.document)
    context["can_name"] = actions.editing_ability(request.user, found.document) in context["abilities"]
    context["can_preview"] = found.media_type in INLINE_TYPES
    context["preview"] = preview_of(found, request.user)
    return render(request, "documents/version.html", context)


@require_safe
def version_download(request: HttpRequest, uuid: UUID, number: int) -> HttpResponseBase:
    versions = DocumentVersion.objects.visible_to(request.user).with_scan_state()
    found = get_object_or_404(versions, document__uuid=uuid, number=number)
    return hand_over(request, found, found.size)


@form_screen
@says_if_thrown
def version_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    actions.require_versioner(request.user, found)
    actions.refuse_if_locked(found)
    post = request.POST if request.method == "POST" else None
    form = NewVersionForm(post, request.FILES or None, dropped=refused_uploads(request), initial=request.rescued)
    outcome = form.deposit(document=found, by=request.user) if form.is_bound and form.is_valid() else Outcome()
    say_version(request, outcome)
    if form.is_bound and wants_json(request):
        return outcome_as_json(form, outcome)
    if outcome.versions:
        return redirect(found)
    context = document_context(request, found) | {"form": form, "max_bytes": settings.DOCUMENT_MAX_BYTES}
    context["is_taken"] = found.is_taken_from(request.user)
    return render(request, "documents/version_new.html", context, status=form.status if form.is_bound else 200)


@form_screen
@says_if_thrown
def version_restore(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    found = visible_version(request, uuid, number)
    actions.require_versioner(request.user, found.document)
    actions.refuse_if_locked(found.document)
    form = ReasonForm(request.POST or None, initial=request.rescued)
    if form.is_valid():
        try:
            made = actions.restore_version(version=found, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, f"La version {number} n’a pas été rétablie\u00a0: {' '.join(error.messages)}")
        else:
            messages.success(
                request, f"La version {number} est rétablie\u00a0: elle est en vigueur comme version {made.number}."
            )
            return redirect(found.document)
    context = document_context(request, found.document) | {"version": found, "form": form}
    return render(request, "documents/version_restore.html", context)


@form_screen
@says_if_thrown
def version_name(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    found = visible_version(request, uuid, number)
    actions.require_editor(request.user, found.document)
    form = LabelForm(
        request.POST if request.method == "POST" else None, initial={"label": found.label} | request.rescued
    )
    if form.is_valid():
        actions.name_version(version=found, by=request.user, label=form.cleaned_data["label"])
        said = f"s’appelle maintenant «\u00a0{found.label}\u00a0»" if found.label else "n’a plus de nom"
        messages.success(request, f"La version {number} {said}.")
        return redirect("documents:history", uuid)
    context = document_context(request, found.document) | {"version": found, "form": form}
    return render(request, "documents/version_name.html", context)


# --- Reservation ----------------------------------------------------------------------------------------------------


@require_POST
@says_if_thrown
def reserve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    actions.require_versioner(request.user, found)
    try:
        until = actions.reserve_document(document=found, by=request.user)
    except actions.ReservedError as error:
        messages.error(request, f"Ce document est déjà pris\u00a0: {' '.join(error.messages)}")
    else:
        messages.success(
            request,
            f"Vous avez réservé ce document jusqu’au {french_date(timezone.localtime(until).date())}. D’ici là, personne d’autre ne peut en "
            "déposer une nouvelle version.",
        )
    return redirect(found)


@require_POST
@says_if_thrown
def release(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    shown = request.POST.get("de", "")[:18]
    try:
        was_held = actions.release_document(
            document=found, by=request.user, whose=int(shown) if shown.isdecimal() else None
        )
    except actions.ReservedError as error:
        messages.warning(request, f"La réservation n’a pas été levée\u00a0: {' '.join(error.messages)}")
    else:
        already = "" if was_held else "déjà "
        said = f"Le document n’{'est' if was_held else 'était'} {already}plus réservé"
        messages.success(request, f"{said}\u00a0: une nouvelle version peut être déposée.")
    return redirect(found)
