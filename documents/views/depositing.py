"""Bringing files in."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from documents import actions
from documents.forms import NewVersionForm, Outcome, TitleForm, UploadForm
from documents.models import Document
from documents.uploads import refused_uploads
from documents.views.screens import form_screen, space_context
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space


@form_screen
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    context = space_context(request, slug)
    space = context["space"]
    policy.require(request.user, Ability.ADD_DOCUMENT, space)
    post = request.POST if request.method == "POST" else None
    form = UploadForm(
        post,
        request.FILES or None,
        space=space,
        user=request.user,
        dropped=refused_uploads(request),
        initial={"folder": request.GET.get("dossier")},
    )
    outcome = form.deposit() if form.is_bound and form.is_valid() else Outcome()
    if form.is_bound and wants_json(request):
        return outcome_as_json(form, outcome)
    if outcome.accepted or outcome.versions:
        return _after_deposit(request, space, outcome)
    context |= {"form": form, "outcome": outcome, "max_files": settings.DOCUMENT_MAX_FILES}
    context["max_bytes"] = settings.DOCUMENT_MAX_BYTES
    return render(request, "documents/upload.html", context, status=outcome.status if form.is_bound else 200)


def _after_deposit(request: HttpRequest, space: Space, outcome: Outcome) -> HttpResponse:
    count = len(outcome.accepted)
    if count:
        what = f"{count} documents ont été déposés" if count > 1 else "Le document a été déposé"
        messages.success(request, f"{what} dans « {outcome.accepted[0].folder.name} ».")
    for version in outcome.versions:
        messages.success(request, f"« {version.document.title} » en est à la version {version.number}.")
    for refusal in outcome.refused:
        messages.warning(request, f"« {refusal.name} » n’a pas été déposé : {refusal.reason}")
    if not count:
        return redirect(outcome.versions[0].document)
    query = urlencode({"d": [str(document.uuid) for document in outcome.accepted]}, doseq=True)
    return redirect(f"{reverse('documents:uploaded', args=[space.slug])}?{query}")


def wants_json(request: HttpRequest) -> bool:
    """Asked by upload.js rather than by the browser itself."""
    return request.accepts("application/json") and not request.accepts("text/html")


def outcome_as_json(form: UploadForm | NewVersionForm, outcome: Outcome | None) -> JsonResponse:
    """For the drop zone, which sends one file at a time. Without an outcome, the form's own errors."""
    outcome = outcome or Outcome()
    errors = [] if outcome.refused else [str(error) for messages_ in form.errors.values() for error in messages_]
    refused = [{"name": one.name, "reason": one.reason, "code": one.code} for one in outcome.refused]
    refused += [{"name": "", "reason": error, "code": "invalid"} for error in errors]
    accepted = [{"uuid": str(one.uuid), "title": one.title} for one in outcome.accepted]
    accepted += [
        {"uuid": str(one.document.uuid), "title": one.document.title, "url": one.document.get_absolute_url()}
        for one in outcome.versions
    ]
    return JsonResponse({"accepted": accepted, "refused": refused}, status=outcome.status)


def say_version(request: HttpRequest, outcome: Outcome) -> None:
    """What a new version does, on the next page, if there is one."""
    for made in outcome.versions:
        messages.success(
            request,
            f"La version {made.number} est en vigueur. La version {made.number - 1} reste dans l’historique. "
            f"Ceux qui la lisent dans l’espace {made.document.space.name} la verront dans leurs nouveautés.",
        )


@form_screen
def uploaded(request: HttpRequest, slug: str) -> HttpResponse:
    """What has just been deposited: each title may be made clearer."""
    context = space_context(request, slug)
    mine = Document.objects.visible_to(request.user).filter(space=context["space"], uploaded_by_user=request.user)
    documents = list(mine.select_related("space", "folder").defer("text").filter(uuid__in=_uuids(request)))
    if not documents:
        raise Http404
    data = request.POST if request.method == "POST" else None
    forms = [
        (document, TitleForm(data, prefix=str(document.uuid), initial={"title": _typed_title(request, document)}))
        for document in sorted(documents, key=lambda document: document.pk)
    ]
    if data is not None and all(form.is_valid() for _, form in forms):
        changed = [(document, form) for document, form in forms if form.has_changed()]
        for document, form in changed:
            actions.change_document(
                document=document,
                by=request.user,
                title=form.cleaned_data["title"],
                description=document.description,
                folder=document.folder,
            )
        if changed:
            messages.success(request, "Les titres ont été enregistrés.")
        return redirect(documents[0].folder)
    context |= {"forms": forms, "folder": documents[0].folder}
    return render(request, "documents/uploaded.html", context)


def _typed_title(request: HttpRequest, document: Document) -> str:
    return request.rescued.get(f"{document.uuid}-title", document.title)


def _uuids(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(word) for word in request.GET.getlist("d")]
    except ValueError as error:
        raise Http404 from error
