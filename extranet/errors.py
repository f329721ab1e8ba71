"""Pages for when something goes wrong. Each says, in French, what happened and what to do.

404 is one page for what does not exist and for what the reader may not know of: same status, same words, same size; the
address is never repeated. 500 and 503 need neither the database nor the cache.
"""

import sys
from http import HTTPStatus

import redis
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from documents.actions import LockedError
from spaces.models import Space

ENGINE_AWAY = (OperationalError, InterfaceError, redis.ConnectionError)
"""What is raised when the database or Redis does not answer: a pause, not a fault of the site."""

RETRY_AFTER_SECONDS = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent | TooManyFieldsSent):
        return _page(request, "413.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _page(request, "400.html", HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The policy says in which space the right lacks, when there is one."""
    why = str(exception) if isinstance(exception, LockedError) else ""
    in_space = any(isinstance(said, Space) for said in exception.args)
    return _page(request, "403.html", HTTPStatus.FORBIDDEN, why=why, in_space=in_space)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "404.html", HTTPStatus.NOT_FOUND)


def method_not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Django's own answer is empty. A person meets it who pressed a button after the end of the session: signing in sends
    back, by GET, to an address that only takes POST."""
    page = _page(request, "405.html", HTTPStatus.METHOD_NOT_ALLOWED)
    page["Allow"] = refused["Allow"]
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or comes from elsewhere (settings.CSRF_FAILURE_VIEW)."""
    return _page(request, "403_csrf.html", HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort. Called while the exception is being handled, so that an engine which does not answer is told from
    a fault of ours."""
    if isinstance(sys.exc_info()[1], ENGINE_AWAY):
        response = _plain_page("503.html", HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return _plain_page("500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: HttpRequest, template: str, status: HTTPStatus, **context: str) -> HttpResponse:
    request.hide_section = True  # type: ignore[attr-defined]  # the menu must not tell /espaces/x/ from /x/
    return render(request, template, context, status=status)


def _plain_page(template: str, status: HTTPStatus) -> HttpResponse:
    """Without the request: no session, no user, no query."""
    context = {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_TAGLINE": settings.SITE_TAGLINE,
        "SITE_BRAND": settings.SITE_BRAND,
    }
    return HttpResponse(loader.get_template(template).render(context), status=status)
