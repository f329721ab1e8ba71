"""What is told of announcements and pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from notifications.enums import Category
from notifications.registry import Details, Followable, Notification, register, register_followable
from notifications.subjects import ids_of
from pages.models import AnnouncementPage, ContentPage
from pages.rich_text import excerpt

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import Event

EXCERPT_LENGTH = 900
"""Characters: most announcements whole."""


@register
class AnnouncementPublished(Notification):
    kind = "announcement.published"
    name = "Annonce"
    category = Category.ANNOUNCEMENTS
    action = "Lire l’annonce"

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        bodies = dict(AnnouncementPage.objects.filter(pk__in=ids_of(events)).values_list("pk", "body"))
        return _texts(events, {pk: excerpt(body, EXCERPT_LENGTH) for pk, body in bodies.items()})


@register
class PagePublished(Notification):
    kind = "page.published"
    name = "Nouvelle page"
    category = Category.PAGES
    action = "Lire la page"

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        return _texts(events, dict(ContentPage.objects.filter(pk__in=ids_of(events)).values_list("pk", "introduction")))


def _texts(events: "Sequence[Event]", texts: Mapping[int, str]) -> dict[int, Details]:
    return {
        event_id: Details(text=texts[pk]) for pk, some in ids_of(events).items() if pk in texts for event_id in some
    }


def followable_pages(user: "User", ids: Collection[int]) -> dict[int, Followable]:
    readable = ContentPage.objects.current().visible_to(user).filter(pk__in=ids)
    return {page.pk: Followable(page.title, page.address) for page in readable}


register_followable("pages.contentpage", "Page", followable_pages)
