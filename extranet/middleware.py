"""A session that ends in the middle of a long form must not lose what was typed.

Somebody signed in opens a form, writes for an hour, sends it: the session is over, and Django answers with the sign-in
page. `FormRescueMiddleware` keeps the text of that form until its author is back. A view of ours takes it with one line:

    form = MeetingForm(request.POST or None, initial=request.rescued)

`request.rescued` is a dict, nearly always empty: what its author typed in the form of this very address, by field name (a
list where a field was sent several times). It is initial data, not a submission: the person reads it again and sends it.
Reading it is what tells the person « gardé »: a view that does not ask for it promises nothing. Wagtail's editor does not;
before it, `pages.rescue` shows what was kept.

What protects it:
- only a POST that passed the CSRF check, to a view that requires signing in, is kept; its text only (never a file, a
  password, a code), at most `MAX_BYTES`, for at most `KEPT_SECONDS`; a view with `is_rescued = False` (protected names) keeps
  nothing, nor does what a page sends by itself;
- it is kept in the anonymous session, with the id of the person who was signed in on this browser, read from a signed
  cookie; whoever else signs in there next makes it disappear unread.
"""

from collections.abc import Callable
from http import HTTPStatus
from time import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse

from extranet import errors
from pages.admin_doors import PREFIX
from pages.rescue import is_editor

SESSION_KEY = "rescued_form"
COOKIE = "auteur"
MAX_BYTES = 256 * 1024
KEPT_SECONDS = 2 * 60 * 60
COOKIE_SECONDS = 7 * 24 * 60 * 60
PROLONGED_KEY = "prolonged_at"
PROLONGED_SECONDS = 10 * 60
_SALT = "extranet.rescue"
_SECRET_FIELDS = ("password", "csrf", "token", "code", "secret", "credential")

KEPT = "Votre session avait pris fin. Ce que vous aviez écrit a été gardé : relisez-le, puis envoyez-le de nouveau."
ENDED = "Votre session a pris fin. Connectez-vous pour reprendre là où vous en étiez."


class FormRescueMiddleware:
    """To be placed after CsrfViewMiddleware and AuthenticationMiddleware, before LoginRequiredMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            response = errors.method_not_allowed(request, response)
        self._remember_author(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any) -> None:
        if not getattr(view, "login_required", True):
            return
        if request.user.is_authenticated:
            self._find(request)
            if request.method == "POST" and is_editor(request):
                _prolong(request)
        elif request.method == "POST" and getattr(view, "is_rescued", True) and not _is_sent_by_itself(request):
            self._keep(request)

    def _keep(self, request: HttpRequest) -> None:
        author = _author_of(request)
        fields = {
            name: values
            for name, values in request.POST.lists()
            if not any(word in name.lower() for word in _SECRET_FIELDS)
        }
        size = sum(len(value.encode()) for values in fields.values() for value in values)
        if author is None or not fields or size > MAX_BYTES:
            return
        request.session[SESSION_KEY] = {"author": author, "path": request.path, "fields": fields, "at": time()}
        messages.info(request, ENDED)

    def _find(self, request: HttpRequest) -> None:
        kept = request.session.get(SESSION_KEY)
        if kept is None:
            return
        is_stale = kept["author"] != request.user.pk or kept["at"] < time() - KEPT_SECONDS
        is_here = kept["path"] == request.path
        if is_stale or (is_here and request.method == "POST"):
            del request.session[SESSION_KEY]
        elif is_here:
            request.kept_fields = kept["fields"]  # type: ignore[attr-defined]

    def _remember_author(self, request: HttpRequest, response: HttpResponse) -> None:
        """Written once a browser: the cookie outlives the session, and says only who it was."""
        user = getattr(request, "user", None)
        if user is None or not getattr(request.session, "accessed", False) or not user.is_authenticated:
            return
        if _author_of(request) != user.pk:
            response.set_cookie(
                COOKIE,
                signing.dumps(user.pk, salt=_SALT),
                max_age=COOKIE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )


class _Rescued:
    """`request.rescued`, put together and said when a view first reads it."""

    def __get__(self, request: HttpRequest, _: type[HttpRequest]) -> dict[str, Any]:
        fields = getattr(request, "kept_fields", {})
        request.rescued = {  # type: ignore[attr-defined]  # next time, without coming here
            name: values if len(values) > 1 else values[0] for name, values in fields.items()
        }
        if fields:
            messages.warning(request, KEPT)
        return request.rescued  # type: ignore[attr-defined]


HttpRequest.rescued = _Rescued()  # type: ignore[attr-defined]


def _is_sent_by_itself(request: HttpRequest) -> bool:
    """The bell, and Wagtail's « who else is editing »: it would take the place of a text."""
    return "X-Background" in request.headers or (request.path.startswith(PREFIX) and not is_editor(request))


def _prolong(request: HttpRequest) -> None:
    """Whoever writes in Wagtail's editor stays signed in: it saves as one types, and only when one types."""
    if request.session.get(PROLONGED_KEY, 0) < time() - PROLONGED_SECONDS:
        request.session[PROLONGED_KEY] = time()


def _author_of(request: HttpRequest) -> int | None:
    try:
        author = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return None
    return author if isinstance(author, int) else None
