"""What every page needs. Nothing here asks the database before a template shows it; the header costs one query (the
count of unread notices), the reader's mandates being looked up once for the whole request."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from notifications.bell import unread_now
from spaces import policy

_MANAGING = (
    ("Vue d’ensemble", "overview"),
    ("Remontées", "escalations"),
    ("Inviter des personnes", "invite"),
    ("Demandes d’accès", "access_requests"),
    ("Rédaction des pages", "editor"),
)
_ANIMATING = (
    ("Comptes", "accounts"),
    ("Animation régionale", "animation"),
    ("Courriels envoyés", "mails"),
    ("Ajouter un territoire", "add_territory"),
    ("Santé du site", "health"),
)


@cache
def addresses() -> dict[str, str]:
    """The header's and the footer's addresses, resolved once for the life of the process."""
    names = {
        "home": "home",
        "search": "search:results",
        "profile": "accounts:profile",
        "login": "account_login",
        "logout": "account_logout",
        "notifications": "notifications:list",
        "bell": "notifications:bell",
        "spaces": "spaces:list",
        "calendar": "meetings:calendar",
        "directory": "directory:list",
        "overview": "meetings:overview",
        "escalations": "meetings:escalations",
        "editor": "wagtailadmin_home",
        "invite": "spaces:invite_anywhere",
        "access_requests": "spaces:access_requests",
        "accounts": "spaces:accounts",
        "animation": "spaces:animation",
        "mails": "notifications:mails",
        "add_territory": "region:add_territory",
        "health": "health_detail",
        "request_access": "spaces:request_access",
        "help": "help",
        "accessibility": "accessibility",
        "personal_data": "personal_data",
    }
    return {key: reverse(name) for key, name in names.items()}


def site(request: HttpRequest) -> dict[str, object]:
    urls = addresses()
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_TAGLINE": settings.SITE_TAGLINE,
        "SITE_BRAND": settings.SITE_BRAND,
        "DEMO_MODE": settings.DEMO_MODE,
        "urls": urls,
        "nav": SimpleLazyObject(lambda: _navigation(request)),
        "unread": SimpleLazyObject(lambda: unread_now(request.user)),
    }


def _navigation(request: HttpRequest) -> dict[str, list[dict[str, str]]]:
    """The main menu and, for those who manage something, the entries of « Gestion »."""
    urls = addresses()
    reader = policy.reader_of(request.user)
    managing = [(label, urls[key]) for label, key in _MANAGING] if reader.is_manager else []
    if reader.is_animation:
        managing += [(label, urls[key]) for label, key in _ANIMATING]
    main = [
        ("Ma page", urls["home"]),
        ("Espaces", urls["spaces"]),
        ("Calendrier", urls["calendar"]),
        ("Annuaire", urls["directory"]),
    ]
    path = "" if getattr(request, "hide_section", False) else request.path
    return {
        "main": [_entry(label, url, path) for label, url in main],
        "managing": [_entry(label, url, path) for label, url in managing],
    }


def _entry(label: str, url: str, path: str) -> dict[str, str]:
    """`current` is the value of aria-current: « page » on the page itself, « true » below it."""
    current = "page" if path == url else "true" if url != "/" and path.startswith(url) else ""
    return {"label": label, "url": url, "current": current}
