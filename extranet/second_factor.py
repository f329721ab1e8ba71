"""`MFA_REQUIRED_FOR_MANAGERS`: who manages a space or the region signs in with two factors. Lives above the rooms, because it
joins what spaces know (who manages) to what accounts know (who has a second factor)."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from accounts.queries import has_second_factor
from spaces import policy

OPEN = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "account_reauthenticate",
    "account_logout",
    "health",
}
"""All that a manager without a second factor can reach."""


class MfaRequiredMiddleware:
    """Sends a manager without a second factor to its set-up page, and lets them go nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.MFA_REQUIRED_FOR_MANAGERS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not self.is_held(request):
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=403, headers={"HX-Redirect": reverse("mfa_index")})
        messages.warning(request, "Ajoutez un second facteur pour continuer : votre rôle d’animation le demande.")
        return redirect("mfa_index")

    def is_held(self, request: HttpRequest) -> bool:
        try:
            if resolve(request.path_info).view_name in OPEN:
                return False
        except Resolver404:
            pass
        reader = policy.reader_of(request.user)
        return (reader.is_manager or reader.is_animation) and not has_second_factor(request.user)
