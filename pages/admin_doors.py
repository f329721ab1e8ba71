"""Who passes which door of Wagtail's admin.

Nine of the thirteen holes found in Wagtail in 2026 were a missing check on a secondary address. So no address is open
because Wagtail checks it: `admin_table.DOORS` names each of them, and says what a manager of spaces may ask it for; an
address that is not in the table is closed. Whoever may not pass gets the page of an unknown address.

A technical superuser passes everywhere, except by the doors that would go round the site's own sign-in or its trash.
"""

from collections.abc import Callable, Mapping
from typing import Any

from csp.constants import UNSAFE_INLINE
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.permissions import page_permission_policy

from pages import choosable, queries
from pages.admin_table import DOORS, Door
from pages.rescue import show_kept
from spaces import policy

PREFIX = "/gestion/"


class AdminDoorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(PREFIX):
            return response
        # Wagtail's admin needs inline styles and scripts; nothing else on the site does.
        response._csp_update = {  # type: ignore[attr-defined]
            "script-src": [UNSAFE_INLINE],
            "style-src": [UNSAFE_INLINE],
            "img-src": ["blob:"],
        }
        if response.status_code == 302 and response["Location"].startswith(reverse("wagtailadmin_login")):
            return redirect_to_login(request.get_full_path())  # some of Wagtail's views name their own sign-in
        if request.user.is_authenticated and not request.user.is_superuser and _is_refusal(request, response):
            list(get_messages(request))  # Wagtail's own words about the refusal go with it
            raise Http404
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.path_info.startswith(PREFIX):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        door = DOORS.get(name, Door.CLOSED)
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if door is Door.NEVER or kwargs.get("app_label") == "documents":  # its bulk actions delete too
            raise Http404
        if user.is_superuser:
            return show_kept(request) or _whole(request, view, args, kwargs)
        if not policy.reader_of(user).is_manager or not _may_pass(door, request, args, kwargs):
            raise Http404
        policy.project_if_stale(user)
        if "tag" in request.GET:
            # Images have no keywords here (pages/forms.py), and Wagtail fails on a search within one.
            request.GET = request.GET.copy()
            del request.GET["tag"]
        if door is Door.PROFILE:
            return redirect("accounts:profile")
        if name == "wagtailadmin_choose_page":
            # The chooser opens on the editor's own pages, and not on the root of the whole tree.
            kwargs["parent_page_id"] = page_permission_policy.explorable_root_instance(user).pk
        return show_kept(request) or _whole(request, view, args, kwargs)


def _whole(
    request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Wagtail publishes, then says so: what is written there is written with all that follows from it (`publication.py`), or not
    at all."""
    return transaction.atomic(view)(request, *args, **kwargs) if request.method == "POST" else None


_HELD_AGAINST: Mapping[Door, Callable[[Any], QuerySet[Any]]] = {
    Door.BROWSE: queries.browsable_pages,
    Door.PAGE: queries.managed_pages,
    Door.TEXT: queries.editable_pages,
    Door.EDITORIAL: queries.editorial_pages,
    Door.SESSION: queries.editable_pages,
    Door.PAGES_CHOSEN: queries.managed_pages,
    Door.IMAGE: choosable.choosable_images,
    Door.IMAGES_CHOSEN: choosable.choosable_images,
    Door.DOCUMENT: choosable.choosable_documents,
    Door.DOCUMENTS_CHOSEN: choosable.choosable_documents,
}
"""What the identifiers in the address must all belong to."""

_IN_QUERY = {Door.PAGES_CHOSEN, Door.IMAGES_CHOSEN, Door.DOCUMENTS_CHOSEN}
_ID_KEYS = ("page_id", "parent_page_id", "page_to_move_id", "image_id", "object_id", "pk")


def _may_pass(door: Door, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    if door in {Door.OPEN, Door.PROFILE}:
        return True
    if door not in _HELD_AGAINST or kwargs.get("app_label", "pages") not in {"pages", "wagtailcore"}:
        return False
    if door in _IN_QUERY:
        ids = request.GET.getlist("id")
    else:  # Wagtail's comparison of revisions gives its page by position
        ids = [kwargs[key] for key in _ID_KEYS if key in kwargs] or list(args[:1])
    return _holds(_HELD_AGAINST[door](request.user), ids)


def _holds(allowed: QuerySet[Any], ids: list[Any]) -> bool:
    """Whether every identifier asked for is in `allowed`; an address without one is not the door that it says."""
    wanted = {str(pk) for pk in ids}
    if not wanted or not all(pk.isascii() and pk.isdigit() and len(pk) < 18 for pk in wanted):
        return False
    return allowed.filter(pk__in=wanted).count() == len(wanted)


def _is_refusal(request: HttpRequest, response: HttpResponse) -> bool:
    """Wagtail refuses in three ways: 404 in its own colours, 403, or a jump to its home with a message."""
    if response.status_code in {403, 404}:
        return True
    home = reverse("wagtailadmin_home")
    return response.status_code == 302 and response["Location"] == home and request.path_info != home
