"""What happened: mine, and that of a space."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from notifications import actions, queries
from spaces import policy
from spaces.models import Space

PER_PAGE = 50


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.notices(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "days": queries.by_day(page), "shown_at": timezone.now().isoformat()}
    return render(request, "notifications/list.html", context)


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """`until` is when the list was shown: what came since, and was not seen, stays unread."""
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    actions.mark_all_read(by=request.user, until=until if until and timezone.is_aware(until) else None)
    messages.success(request, "Toutes les notifications sont marquées comme lues.")
    return redirect("notifications:list")


@require_POST
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    """The button of one notice; or the script of the list (static/extranet/notices.js), which follows the link meanwhile."""
    actions.mark_read(by=request.user, event_id=pk)
    if "suivi" in request.POST:
        return HttpResponse(status=204)
    page = request.POST.get("page", "")
    return redirect(reverse("notifications:list") + (f"?page={page}" if page.isdecimal() else ""))


@require_safe
def space_activity(request: HttpRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    page = Paginator(queries.activity(request.user, space), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "space": space,
        "abilities": policy.abilities(request.user, space),
        "page": page,
        "days": queries.by_day(page),
    }
    return render(request, "notifications/space.html", context)
