"""ProConnect, by allauth's OpenID Connect, with what ProConnect asks beyond it: a nonce, and user information that comes as a
signed token, and signing out there as well as here. Configured by PROCONNECT_* variables; without them these addresses do not
exist."""

import secrets
from typing import Any
from urllib.parse import urlencode

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LogoutView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

_NONCE = "proconnect_nonce"
_WAY_OUT = "proconnect_way_out"
"""In the session: the address that ends the provider's own (OpenID Connect RP-Initiated Logout 1.0)."""


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: dict) -> SocialLogin:
        """Only the answer to the question that this browser asked is taken."""
        nonce = request.session.pop(_NONCE, None)
        id_token = kwargs["response"].get("id_token")
        if not id_token or not nonce or self._decode_id_token(app, id_token).get("nonce") != nonce:
            raise OAuth2Error("The ID token does not answer this browser's request")
        if ending := self.openid_config.get("end_session_endpoint"):
            back = request.build_absolute_uri(reverse("account_login"))
            said = {"id_token_hint": id_token, "state": secrets.token_urlsafe(24), "post_logout_redirect_uri": back}
            request.session[_WAY_OUT] = f"{ending}?{urlencode(said)}"
        return super().complete_login(request, app, token, **kwargs)

    def _fetch_user_info(self, access_token: str) -> dict:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            response.raise_for_status()
        if not response.headers.get("Content-Type", "").startswith("application/jwt"):
            return response.json()
        return jwtkit.verify_and_decode(
            credential=response.text,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=self.get_provider().app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


@login_not_required
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to ProConnect. Nothing of what is asked there comes from the visitor, except where to come back to here."""
    try:
        provider = ProConnectAdapter(request, provider_id).get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    request.session[_NONCE] = nonce = secrets.token_urlsafe(24)
    try:
        return provider.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce, "acr_values": "eidas1"},
        )
    except requests.RequestException as error:
        return render_authentication_error(request, provider, exception=error)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return OAuth2CallbackView.adapter_view(ProConnectAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None


class SignOutView(LogoutView):
    """Whoever came by ProConnect leaves it too: on a shared computer, the next person would come in under their name. A page goes
    there, since the CSP lets no form lead to another site, were it by redirections."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        way_out = self.request.session.get(_WAY_OUT)
        response = super().post(*args, **kwargs)
        if not way_out:
            return response
        answer = render(self.request, "socialaccount/signed_out.html", {"way_out": way_out})
        answer["Refresh"] = f"0;url={way_out}"
        return answer
