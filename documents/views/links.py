"""What somebody without an account meets behind a signed link. Reading the page counts for nothing (mail scanners follow
links); the button does. No refusal says why: unknown, revoked, run out, withdrawn answer alike."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from documents import actions
from documents.models import SignedLink
from documents.scanning import may_take
from documents.serving import serve
from documents.views.screens import form_screen


@login_not_required
@form_screen
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    found = actions.open_link(token)
    if found is None or not _is_clean(found):
        response: HttpResponseBase = render(request, "documents/link_unusable.html", status=404)
    elif request.method == "POST":
        response = _download(request, found)
    else:
        response = _page(request, found)
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not « no-referrer »: Chromium then sends « Origin: null » with the form, which the CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_clean(found: SignedLink) -> bool:
    state = (
        type(found.document).objects.with_scan_state().values_list("scan_state", flat=True).get(pk=found.document_id)
    )
    return may_take(None, scan_state=state, depositor_id=None)  # type: ignore[arg-type]


def _page(request: HttpRequest, found: SignedLink, error: str = "", status: int = 200) -> HttpResponse:
    context = {"document": found.document, "expires_at": found.expires_at, "asks_password": bool(found.password)}
    return render(request, "documents/link.html", context | {"error": error}, status=status)


def _download(request: HttpRequest, found: SignedLink) -> HttpResponseBase:
    try:
        actions.check_link_password(found, request.POST.get("password", ""))
    except actions.WrongPasswordError:
        return _page(
            request,
            found,
            "Ce mot de passe n’est pas le bon. Demandez-le à la personne qui vous a envoyé le lien.",
            403,
        )
    except actions.TooManyTriesError:
        return _page(request, found, "Trop d’essais. Attendez un quart d’heure avant de recommencer.", 429)
    actions.count_link_download(found)
    document = found.document
    return serve(
        request,
        path=document.file.path,
        internal=f"documents/{document.file.name}",
        size=document.file_size,
        media_type=document.media_type,
        name=document.original_name,
        etag=document.sha256,
    )
