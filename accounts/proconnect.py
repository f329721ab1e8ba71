"""ProConnect, by allauth's OpenID Connect, with what ProConnect asks beyond it: a nonce, and user information that comes as a
signed token. Configured by PROCONNECT_* variables; without them these addresses do not exist."""

import secrets

import requests
from allauth.account.utils import get_next_redirect_url
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

_NONCE = "proconnect_nonce"


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: dict) -> SocialLogin:
        """Only the answer to the question that this browser asked is taken."""
        nonce = request.session.pop(_NONCE, None)
        id_token = kwargs["response"].get("id_token")
        if not id_token or not nonce or self._decode_id_token(app, id_token).get("nonce") != nonce:
            raise OAuth2Error("The ID token does not answer this browser's request")
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
