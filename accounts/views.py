"""Profile, personal data, and what is behind an invitation link. The rest of /compte/ is allauth's (see urls.py)."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, personal_data, queries
from accounts.feeds import of as feed_of
from accounts.forms import JoinForm, ProfileForm
from accounts.models import FeedToken, token_hash

_SESSION_KEY = "invitation"


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=queries.fresh(request.user), initial=request.rescued)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user=request.user, **form.cleaned_data)
        messages.success(request, "Votre profil est à jour.")
        return redirect("accounts:profile")
    context = {"form": form, "factors": queries.factors(request.user), "contact": settings.PERSONAL_DATA_CONTACT}
    return render(request, "accounts/profile.html", context)


@require_GET
@never_cache
def download_personal_data(request: HttpRequest) -> HttpResponse:
    """Everything held about the person, as a file."""
    response = JsonResponse(personal_data.export(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"mes-donnees-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def feeds(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/feeds.html", {"feeds": queries.feed_tokens(request.user)})


@require_POST
@never_cache
def create_feed(request: HttpRequest, purpose: str) -> HttpResponse:
    """Answers with the addresses themselves, and no redirection: they are shown this once, and kept nowhere."""
    feed = feed_of(purpose)
    if feed is None:
        raise Http404
    try:
        token = actions.create_feed_token(user=request.user, purpose=purpose)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("accounts:feeds")
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    addresses = [(what, site + path) for what, path in feed.addresses(request.user, token)]
    context = {"feed": feed, "addresses": addresses}
    return _without_referrer(render(request, "accounts/feed_created.html", context))


@require_POST
def revoke_feed(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(FeedToken.objects.visible_to(request.user), pk=pk)
    actions.revoke_feed_token(token=token, by=request.user)
    messages.success(request, "Adresse révoquée : elle ne répond plus.")
    return redirect("accounts:feeds")


@login_not_required
@never_cache
@require_GET
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail. Looking at it changes nothing (mail scanners do): the token's hash is put in the session, and the
    page that follows has no secret in its address, nor the database in that session's row."""
    digest = token_hash(token)
    if queries.usable_invitation(digest) is None:
        return _no_longer_valid(request)
    request.session[_SESSION_KEY] = digest
    return _without_referrer(redirect("accounts:join"))


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    digest = request.session.get(_SESSION_KEY, "")
    invited = queries.usable_invitation(digest)
    if invited is None:
        return _no_longer_valid(request)
    form = JoinForm(request.POST or None, instance=invited.user)
    if request.method == "GET" or not form.is_valid():
        return render(request, "accounts/join.html", {"form": form, "invitation": invited})
    names = {key: form.cleaned_data[key] for key in ("first_name", "last_name")}
    try:
        user = actions.accept_invitation(digest=digest, password=form.cleaned_data["password1"], **names)
    except actions.InvitationUnusableError:
        return _no_longer_valid(request)
    logout(request)  # somebody else may be signed in on this computer
    record_authentication(request, user, method="password", email=user.email)
    messages.success(request, f"Bienvenue, {user.first_name}. Votre compte est prêt.")
    return perform_login(request, user, email=user.email)


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """allauth wants the address of its sign-up page to have a name; there is no such page."""
    raise Http404


def _no_longer_valid(request: HttpRequest) -> HttpResponse:
    """Forged, used, replaced, withdrawn, expired: the same page, which does not say which."""
    return _without_referrer(render(request, "accounts/invitation_unusable.html", status=404))


def _without_referrer(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    return response
