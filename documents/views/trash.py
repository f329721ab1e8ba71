"""The trash of a space: put in, look at, put back."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.journal import last_doer
from documents import actions, queries
from documents.models import Document
from documents.trash import thrown
from documents.views.screens import document_context, form_screen, space_context, visible_document
from documents.views.stale import says_if_thrown
from spaces import policy
from spaces.enums import Ability


@form_screen
@says_if_thrown
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    actions.require_editor(request.user, found)
    actions.refuse_if_locked(found)
    if request.method == "POST":
        actions.withdraw_document(document=found, by=request.user)
        return redirect(f"{found.folder.get_absolute_url()}?corbeille={found.uuid}")
    context = document_context(request, found) | {"trash_days": settings.TRASH_DAYS}
    return render(request, "documents/withdraw.html", context)


@require_safe
def trash(request: HttpRequest, slug: str) -> HttpResponse:
    context = space_context(request, slug)
    policy.require(request.user, Ability.MANAGE_DOCUMENTS, context["space"])
    there = Document.objects.in_trash_of(request.user).filter(space=context["space"])
    page = Paginator(there.order_by("-withdrawn_at", "-pk"), queries.PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {"page": page, "documents": thrown(page.object_list), "trash_days": settings.TRASH_DAYS}
    return render(request, "documents/trash.html", context)


@require_POST
def put_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """For the space's managers, and for whoever threw the document (« Annuler »); it does not exist for anybody else. Asked
    again from a page shown before, it says that it was done, and leads to the document."""
    in_trash = Document.objects.filter(policy.readable(request.user), withdrawn_at__isnull=False)
    in_trash = in_trash.select_related("space", "folder")
    found = in_trash.defer("text").filter(uuid=uuid).first()
    if found is None:
        return _already_back(request, uuid)
    if not policy.can(request.user, actions.restoring_ability(request.user, found), found.space):
        raise Http404
    back = actions.put_back_document(document=found, by=request.user)
    messages.success(
        request, f"«\u00a0{back.title}\u00a0» est de retour dans «\u00a0{found.folder.name}\u00a0», avec ses versions."
    )
    return redirect(found)


def _already_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    if not policy.can(request.user, actions.editing_ability(request.user, found), found.space):
        raise Http404
    who = last_doer(found, "documents.put_back")
    by = f", remis par {'vous' if who == request.user else who}" if who else ""
    said = f"«\u00a0{found.title}\u00a0» est déjà à sa place, dans «\u00a0{found.folder.name}\u00a0»{by}."
    messages.info(request, said)
    return redirect(found)


def just_thrown(request: HttpRequest) -> Document | None:
    """What the person has just put in the trash, and may take back: for the message of the folder's page. An address kept
    from before tells nothing to whoever no longer reads what it names."""
    word = request.GET.get("corbeille", "")
    try:
        uuid = UUID(word)
    except ValueError:
        return None
    return (
        Document.objects.filter(policy.readable(request.user), withdrawn_by=request.user.pk, withdrawn_at__isnull=False)
        .filter(uuid=uuid)
        .only("uuid", "title")
        .first()
    )
