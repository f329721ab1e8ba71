"""The bell of the header, kept up to date without reloading the page (static/extranet/bell.js asks every ninety seconds, while
the page is looked at). As long as nothing has happened the answer is empty and costs one query."""

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from notifications.models import Event, NoticeRead, ReadMarker
from notifications.queries import unread_count


@require_safe
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """For the script; somebody who opens the address gets the list. 204 when nothing has happened since the mark that the page sends back, else the count and a new mark."""
    if not request.htmx:
        return redirect("notifications:list")
    mark = _mark(request.user)
    if request.GET.get("repere") == mark:
        return HttpResponse(status=204)
    return render(request, "notifications/_bell.html", {"unread": unread_count(request.user), "mark": mark})


def _mark(user: User) -> str:
    """Changes when anything is recorded anywhere, or when `user` marks notices as read. Says nothing of what: it is keyed."""
    seen_at = Subquery(ReadMarker.objects.filter(user=user).values("seen_at")[:1])
    read = Subquery(NoticeRead.objects.filter(user=user).order_by("-pk").values("pk")[:1])
    latest = (
        Event.objects.order_by("-pk").annotate(seen_at=seen_at, read=read).values_list("pk", "seen_at", "read").first()
    )
    return salted_hmac("notifications.bell", f"{user.pk}:{latest}").hexdigest()[:24]
