"""What this room offers on the page of subscriptions (see `accounts.feeds`)."""

from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.feeds import Address, Feed
from meetings.models import Body
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "calendrier"


def _addresses(user: "User", token: str) -> list[Address]:
    """Mine, each of my spaces', each of their bodies'. Two queries beside the policy's."""
    found = [("Toutes mes réunions", reverse("meetings:feed", args=[token]))]
    for name, slug in Space.objects.visible_to(user).order_by("position", "name").values_list("name", "slug"):
        found.append((name, reverse("meetings:space_feed", args=[token, slug])))
    bodies = Body.objects.visible_to(user).active().values_list("space__name", "space__slug", "name", "slug")
    for space, slug, name, body in bodies.order_by("space__position", "space__name", "name"):
        found.append((f"{space} : {name}", reverse("meetings:body_feed", args=[token, slug, body])))
    return found


CALENDAR = Feed(
    purpose=PURPOSE,
    name="Calendrier des réunions",
    explanation="Vos réunions dans votre agenda habituel (Outlook, Thunderbird, téléphone), tenues à jour toutes seules.",
    addresses=_addresses,
)
