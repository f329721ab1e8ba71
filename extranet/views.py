"""Screens that belong to no single room: the personal home, the plain pages, the health check."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from extranet import health as site_health
from extranet import queries
from meetings.queries import upcoming_meetings
from meetings.queries.register import open_actions_of
from region.queries import territories_overview
from spaces import policy
from spaces.enums import Ability


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    tasks = queries.what_waits(user)
    overview = territories_overview(user)
    actions = open_actions_of(user)
    context = {
        "tasks": tasks,
        "summary": queries.summary(tasks, actions),
        "actions": actions[: queries.ACTIONS_SHOWN],
        "actions_total": len(actions),
        "meetings": upcoming_meetings(user, limit=5),
        "news": queries.news_since_last_visit(user),
        "spaces": [space for space in queries.my_spaces(user) if not (overview and space.is_territory)],
        "overview": overview,
    }
    return render(request, "extranet/home.html", context)


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "extranet/help.html")


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "extranet/accessibility.html")


@login_not_required
def personal_data(request: HttpRequest) -> HttpResponse:
    context = {"session_hours": settings.SESSION_COOKIE_AGE // 3600, "request_days": settings.ACCESS_REQUEST_KEEP_DAYS}
    context |= {"panel_days": settings.PANEL_NAMES_DAYS, "guest_days": settings.GUEST_NAMES_DAYS}
    return render(request, "extranet/personal_data.html", context)


@login_not_required
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """For machines: 200 when the database, the cache and the broker answer, else 503 and which one does not. Tasks that are late
    are said, and keep 200: this server does answer."""
    state = site_health.engines()
    well = all(state.values())
    is_late = well and site_health.tasks_are_late()
    body = {"status": "ok" if well and not is_late else "degraded"}
    body |= {name: "ok" if up else "away" for name, up in state.items()}
    if is_late:
        body["tasks"] = "late"
    return JsonResponse(body, status=200 if well else 503)


@require_safe
@never_cache
def health_detail(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    facts = site_health.facts()
    return render(request, "extranet/health.html", {"facts": facts, "is_well": all(fact.is_well for fact in facts)})
