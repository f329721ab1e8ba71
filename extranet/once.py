"""A form sent twice counts once: a double click, or the page loaded again on a phone whose network ate the answer. What it would
do twice here is write to everybody.

The same form is one with the same fields under the same CSRF token, which differs from one rendering to the next: somebody who
comes back to a new form and types the same again is not mistaken for it. Who sends it again is led to where the first
sending led; while that one is still at work, its answer is waited for. One that was refused, or failed, may be sent again. Without
its cache (Redis stopped), every sending counts.

Not for files (a name that exists is asked about), nor for what a script of the page sends.
"""

from collections.abc import Callable
from hashlib import blake2b
from http import HTTPStatus
from time import monotonic, sleep
from typing import Any

from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

cache = caches["kept"]
SECONDS = 60
"""How long an answer is remembered: a longer wait is somebody who means it."""
PATIENCE = 10
"""Seconds. Nothing here takes so long: whatever was at work has been killed."""
_AT_WORK = ""

COUNTED = "C’est enregistré. Ce formulaire avait été envoyé deux fois\u00a0: il n’a compté qu’une fois."


class OnceMiddleware:
    """To be placed after CsrfViewMiddleware and LoginRequiredMiddleware: what they refuse has not been sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if key := getattr(request, "once_key", None):
            if response.status_code == HTTPStatus.FOUND:
                cache.set(key, response["Location"], SECONDS)
            else:
                cache.delete(key)
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        key = _key_of(request)
        if key is None:
            return None
        until = monotonic() + PATIENCE
        while not cache.add(key, _AT_WORK, SECONDS):
            led_to = cache.get(key, _AT_WORK)
            if led_to != _AT_WORK:
                messages.success(request, COUNTED)
                return redirect(led_to)
            if monotonic() > until:
                break
            sleep(0.1)
        request.once_key = key  # type: ignore[attr-defined]
        return None


def _key_of(request: HttpRequest) -> str | None:
    """None for what is not a whole form, sent by somebody signed in."""
    token = request.POST.get("csrfmiddlewaretoken") if request.method == "POST" else None
    is_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    if not token or is_script or request.FILES or not request.user.is_authenticated:
        return None
    sent = (request.user.pk, request.get_full_path(), sorted(request.POST.lists()))
    return f"once:{blake2b(repr(sent).encode(), digest_size=16).hexdigest()}"
