"""Atom feeds: what happened in one's spaces, read by a program through a secret address (accounts.feeds). The token says who;
what is shown is asked of that person's rights at each reading."""

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actions import open_feed
from accounts.feeds import Address, Feed
from notifications.kinds import kind_of
from notifications.models import Event
from notifications.queries.lists import read_once
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "nouveautes"
ENTRIES = 50
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@login_not_required
@never_cache
@require_safe
def feed(request: HttpRequest, token: str, slug: str = "") -> HttpResponse:
    """The feed of one space, or of all. A dead address, a closed account and a space that is no longer theirs all answer 404."""
    user = open_feed(token=token, purpose=PURPOSE)
    if user is None:
        raise Http404
    space = get_object_or_404(Space.objects.visible_to(user), slug=slug) if slug else None
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    _atom(user, space).write(response, "utf-8")
    return response


def addresses(user: "User", token: str) -> list[Address]:
    """Everything at once, then each space that `user` reads today."""
    spaces = Space.objects.visible_to(user).values_list("name", "slug")
    return [
        ("Tous mes espaces", reverse("notifications:feed", args=[token])),
        *((name, reverse("notifications:space_feed", args=[token, slug])) for name, slug in spaces),
    ]


FEED = Feed(
    purpose=PURPOSE,
    name="Nouveautés de mes espaces (Atom)",
    explanation="Ce qui paraît dans vos espaces, dans un lecteur de flux\u00a0: le titre et le lien, qui demande de se connecter.",
    addresses=addresses,
)


def _atom(user: "User", space: Space | None) -> Atom1Feed:
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    domain = urlsplit(site).hostname
    atom = _Feed(
        title=f"{space.name if space else 'Mes espaces'} – {settings.SITE_NAME}",
        link=site + (space.get_absolute_url() if space else "/"),
        description="",
        language="fr",
        author_name=settings.SITE_NAME,
        feed_guid=f"tag:{domain},2026:{space.slug if space else f'personne-{user.pk}'}",
    )
    events = Event.objects.visible_to(user).filter(space=space) if space else read_once(user)
    rows = events.values_list("pk", "title", "url", "kind", "created_at", "space__name")[:ENTRIES]
    for pk, title, url, kind, created_at, space_name in rows:
        atom.add_item(
            title=_NOT_IN_XML.sub(" ", title),
            link=site + url,
            description=_NOT_IN_XML.sub(" ", " · ".join(filter(None, [kind_of(kind).label, space_name]))),
            unique_id=f"tag:{domain},2026:evenement-{pk}",
            pubdate=created_at,
            updateddate=created_at,
        )
    return atom


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """An empty feed has not changed since it exists; Django would say « now », and readers would fetch it each time."""
        return super().latest_post_date() if self.items else datetime.fromisoformat("2026-01-01T00:00:00+00:00")
