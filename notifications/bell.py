"""The bell of the header, kept up to date without reloading the page (static/extranet/bell.js asks every ninety seconds, while
the page is looked at). As long as nothing has happened the answer is empty and costs one query."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from notifications.queries import moment_of, unread_at


@require_safe
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """For the script; somebody who opens the address gets the list. 204 when nothing has happened since the mark that the page
    sends back, else the count and a new mark, which is keyed: it says nothing of what happened."""
    if not request.htmx:
        return redirect("notifications:list")
    moment = moment_of(request.user.pk)[0][1]
    mark = salted_hmac("notifications.bell", f"{request.user.pk}:{moment}").hexdigest()[:24]
    if request.GET.get("repere") == mark:
        return HttpResponse(status=204)
    return render(request, "notifications/_bell.html", {"unread": unread_at(request.user, moment), "mark": mark})


def unread_now(user: User) -> int:
    """For the header of every page; one query when nothing has happened since the last page, none for a visitor."""
    if not user.is_authenticated:
        return 0
    return unread_at(user, moment_of(user.pk)[0][1])


def bell_text(user: User, moment: str) -> str:
    """What fills the bell's hole in a kept page."""
    return _bell_text(unread_at(user, moment))


@cache
def _bell_text(unread: int) -> str:
    return render_to_string("notifications/_bell.html", {"unread": unread, "mark": ""})


@cache
def follow_button(is_followed: bool) -> str:
    """What fills the hole of `components/follow.html`."""
    return render_to_string("components/_follow_button.html", {"is_followed": is_followed})
