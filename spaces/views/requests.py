"""Asking for access (public), and answering."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from spaces import actions, policy, queries
from spaces.forms import AccessRequestForm, DeclineForm
from spaces.models import AccessRequest

REQUESTS_PER_HOUR = 5
"""Requests for access taken from one network address in an hour."""


def _too_many(request: HttpRequest) -> bool:
    key = f"spaces:access-request:{get_adapter().get_client_ip(request)}"
    if cache.add(key, 1, timeout=3600):
        return False
    return cache.incr(key) > REQUESTS_PER_HOUR


@login_not_required
def request_access(request: HttpRequest) -> HttpResponse:
    """The same answer for an address that is known, one that waits already, and a machine caught by the honeypot."""
    form = AccessRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_many(request):
            form.add_error(None, "Trop de demandes ont été envoyées d’ici : merci de réessayer dans une heure.")
            return render(request, "spaces/request_access.html", {"form": form}, status=429)
        data = form.cleaned_data
        if not data.pop("website"):
            actions.ask_for_access(**data)
        return redirect("spaces:access_requested")
    return render(request, "spaces/request_access.html", {"form": form})


@login_not_required
def access_requested(request: HttpRequest) -> HttpResponse:
    return render(request, "spaces/access_requested.html")


def _require_manager(request: HttpRequest) -> None:
    if not policy.reader_of(request.user).is_manager:
        raise PermissionDenied


def access_requests(request: HttpRequest) -> HttpResponse:
    _require_manager(request)
    return render(request, "spaces/access_requests.html", {"requests": queries.pending_requests(request.user)})


def decline_request(request: HttpRequest, pk: int) -> HttpResponse:
    _require_manager(request)
    access_request = get_object_or_404(AccessRequest.objects.visible_to(request.user).pending(), pk=pk)
    form = DeclineForm(request.POST or None, initial=request.rescued)
    if form.is_valid():
        try:
            actions.decline_request(access_request=access_request, by=request.user, note=form.cleaned_data["note"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"La demande est refusée ; {access_request.email} reçoit votre explication.")
            return redirect("spaces:access_requests")
    return render(request, "spaces/decline_request.html", {"access_request": access_request, "form": form})
