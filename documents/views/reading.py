"""Reading: lists, one document, its bytes."""

from collections import defaultdict
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from documents import actions, prepared, queries
from documents.filters import known_in, narrow
from documents.first_pages import preview_of
from documents.models import Document, Folder
from documents.resources import holds_resources, resources_of, shelves, totals
from documents.reviews import reviewed_by
from documents.shares import folder_of, readers_in_words, shared_with_space
from documents.validation import INLINE_TYPES
from documents.views.screens import document_context, first_or_404, hand_over, space_context, visible_document
from documents.views.sharing import shared_document
from documents.views.trash import just_thrown
from notifications.bell import bell_text, follow_button
from notifications.queries import follow_of
from notifications.subjects import subject_for
from spaces import kept, policy
from spaces.enums import Ability
from spaces.models import Space

SHOWN_VERSIONS = 5
"""Versions told on the document's own page; the history has them all."""


@require_safe
def space_documents(request: HttpRequest, slug: str) -> HttpResponse:
    context = space_context(request, slug)
    context["folders"] = queries.folders_of(request.user, context["space"])
    context["documents"] = queries.latest_documents(request.user, context["space"], limit=10)
    context["has_resources"] = holds_resources({folder.default_kind for folder in context["folders"]})
    context["shared_count"] = len(shared_with_space(request.user, context["space"]))
    return render(request, "documents/space.html", context)


@require_safe
def resources(request: HttpRequest, slug: str) -> HttpResponse:
    context = space_context(request, slug)
    documents = resources_of(request.user, context["space"])
    context["totals"] = totals(documents)
    page = queries.CountedPaginator(documents, total=context["totals"].count).get_page(request.GET.get("page"))
    context |= {"page": page, "shelves": shelves(page.object_list, request.user)}
    return render(request, "documents/resources.html", context)


@require_safe
def folder(request: HttpRequest, slug: str, folder_slug: str) -> HttpResponse:
    """Its first page, as most people see it, is kept (`spaces.kept`)."""
    if request.GET:
        return render(request, "documents/folder.html", _folder_context(request, slug, folder_slug))

    def build() -> tuple[dict[str, object], int]:
        context = _folder_context(request, slug, folder_slug)
        return context, (context["folder"].pk, context["space"])

    return kept.page(request, slug, "documents/folder.html", build, partial(_own_of_folder, request))


def _folder_context(request: HttpRequest, slug: str, folder_slug: str) -> dict[str, Any]:
    current = first_or_404(prepared.folder(request.user, slug, folder_slug))
    documents = Document.objects.visible_to(request.user).filter(folder=current)
    abilities, today = policy.abilities(request.user, current.space), timezone.localdate()
    known = kept.value(request.user, slug, f"filters:{current.pk}", lambda: known_in(request.user, current.pk, today))
    narrowed = narrow(documents, request.GET, known, due=reviewed_by(request.user, abilities))
    sort = request.GET.get("tri", "")
    paginator = queries.CountedPaginator(queries.sorted_documents(narrowed.documents, sort), total=narrowed.total)
    page = paginator.get_page(request.GET.get("page"))
    return {
        **{"space": current.space, "abilities": abilities, "folder": current},
        "ancestors": queries.ancestors(current),
        "folders": queries.folders_of(request.user, current.space, parent=current),
        "page": page,
        "documents": queries.newest_in(current, request.user)
        if page.number == 1 and sort not in queries.SORTS and not narrowed.is_filtered
        else queries.rows(page.object_list, request.user),
        "sorts": queries.SORTS,
        "sort": sort if sort in queries.SORTS else "-date",
        "narrowed": narrowed,
        "just_thrown": just_thrown(request),
        "follow": SimpleLazyObject(lambda: follow_of(request.user, current)),
    }


def _own_of_folder(request: HttpRequest, about: tuple[int, Space]) -> dict[str, str] | None:
    """What the kept page of a folder leaves open. Whoever has something of their own to look at again there has a page of their own."""
    folder_id, space = about
    subject, today = subject_for(Folder(pk=folder_id)), timezone.localdate()
    own: dict[str, list[str]] = defaultdict(list)
    for what, text in prepared.own_of_folder(request.user, folder_id, subject, today):
        own[what].append(text)
    if "review" in own and reviewed_by(request.user, policy.abilities(request.user, space)):
        return None
    return {
        "bell": bell_text(request.user, own["bell"][0]),
        "follow": follow_button("follows" in own),
        **{f"newer {UUID(uuid)}": _newer() for uuid in own["newer"]},  # SQLite writes them without hyphens
    }


@cache
def _newer() -> str:
    return render_to_string("documents/_newer.html")


@require_safe
def document(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    if folder_of(found, request.user) is None:
        return shared_document(request, found)
    context = document_context(request, found)
    abilities = context["abilities"]
    versions = queries.history(found)
    context |= {
        "can_change": actions.editing_ability(request.user, found) in abilities,
        "can_version": actions.versioning_ability(request.user, found) in abilities and not found.locked_reason,
        "is_taken": found.is_taken_from(request.user),
        "can_release": found.reserved_by_id == request.user.pk or Ability.MANAGE_DOCUMENTS in abilities,
        "ancestors": queries.ancestors(found.folder),
        "can_preview": found.media_type in INLINE_TYPES,
        "today": timezone.localdate(),
        "preview": preview_of(found, request.user),
        "follow": follow_of(request.user, found),
        "readers": readers_in_words(found),
        "networks": prepared.networks(found.pk),
        "current": versions[0],
        "versions": versions[:SHOWN_VERSIONS],
        "version_count": len(versions),
    }
    return render(request, "documents/document.html", context)


@require_safe
def download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The right is asked before anything is said of the file: its fingerprint (ETag) included."""
    found = queries.document_to_hand_over(request.user, uuid)
    if found is None:
        raise Http404
    return hand_over(request, found, found.file_size)
