"""Who downloaded what: a manager by document, everybody for themselves."""

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents import queries
from documents.models import DownloadRecord
from documents.views.screens import visible_document
from spaces import policy
from spaces.enums import Ability


@require_safe
def of_document(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = visible_document(request, uuid)
    policy.require(request.user, Ability.MANAGE_DOCUMENTS, found.space)
    counts = queries.download_counts(found)
    page = Paginator(found.downloads.order_by("-created_at", "-pk"), queries.PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "space": found.space,
        "abilities": policy.abilities(request.user, found.space),
        "document": found,
        "counts": counts,
        "total": sum(counts.values()),
        "page": page,
        "downloads": queries.downloads(page.object_list),
        "days": settings.DOWNLOAD_RECORD_DAYS,
    }
    return render(request, "documents/downloads.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    records = DownloadRecord.objects.visible_to(request.user).order_by("-created_at", "-pk")
    page = Paginator(records, queries.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "downloads": queries.downloads(page.object_list), "days": settings.DOWNLOAD_RECORD_DAYS}
    return render(request, "documents/my_downloads.html", context)
