"""Visits: « depuis votre dernière visite » needs to know when the one before this one ended."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User

PAUSE = timedelta(minutes=30)
"""A longer pause ends a visit."""
PRECISION = timedelta(minutes=5)
"""`last_seen_at` is written no more often than this."""


class VisitMiddleware:
    """Keeps `last_seen_at` and `previous_visit_at` of whoever is signed in, before the view reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # What a page asks by itself (the bell) is not somebody being there.
        if request.user.is_authenticated and "X-Background" not in request.headers:
            self.note(request.user)
        return self.get_response(request)

    def note(self, user: User) -> None:
        now, seen = timezone.now(), user.last_seen_at
        if seen is not None and now - seen < PRECISION:
            return
        if seen is not None and now - seen >= PAUSE:
            user.previous_visit_at = seen
        user.last_seen_at = now
        # Two requests at the same moment: the one that read the same `seen` first writes, the other changes nothing.
        User.objects.filter(pk=user.pk, last_seen_at=seen).update(
            last_seen_at=now, previous_visit_at=user.previous_visit_at
        )
