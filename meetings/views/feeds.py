"""Calendars to subscribe to, by a secret address made under /compte/abonnements/. What they show is asked of the person's
rights at each reading."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actions import open_feed
from meetings import calendars
from meetings.feeds import PURPOSE
from meetings.models import Body, Meeting
from spaces.models import Space

KEPT_DAYS = 400
"""How far back a calendar goes."""
MAX_MEETINGS = 1000


@login_not_required
@never_cache
@require_safe
def calendar(request: HttpRequest, token: str, slug: str = "", body_slug: str = "") -> HttpResponse:
    """Mine; or one space's, or one body's, for somebody who may read it."""
    user = open_feed(token=token, purpose=PURPOSE)
    if user is None:
        raise Http404
    meetings, name = Meeting.objects.visible_to(user).announced(), "Mes réunions"
    if slug:
        space = get_object_or_404(Space.objects.visible_to(user), slug=slug)
        meetings, name = meetings.filter(space=space), space.name
    if body_slug:
        body = get_object_or_404(Body.objects.visible_to(user).filter(space=space), slug=body_slug)
        meetings, name = meetings.filter(body=body), f"{body.name} – {space.name}"
    recent = meetings.filter(starts_at__gte=timezone.now() - timedelta(days=KEPT_DAYS))
    shown = recent.select_related("space").order_by("starts_at", "pk")[:MAX_MEETINGS]
    response = HttpResponse(calendars.feed(shown, name=name), content_type="text/calendar; charset=utf-8")
    response["Referrer-Policy"] = "no-referrer"
    return response
