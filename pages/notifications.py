"""What is told of announcements and pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from acknowledgements.notifications import ReadingAsked
from acknowledgements.queries import reading_facts
from notifications.enums import Category
from notifications.models import Follow
from notifications.registry import Details, Followable, Notification, register, register_followable
from notifications.subjects import ids_of, subject_for
from pages.models import AnnouncementPage, ContentPage
from pages.readings import KIND, SUBJECT, changed_since_asked
from pages.rich_text import beginning
from spaces.models import french_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
        """Copies are asked to be read as the announcement that they follow."""
        rows = AnnouncementPage.objects.filter(pk__in=ids_of(events)).order_by()
        found = {pk: (body, source or pk) for pk, body, source in rows.values_list("pk", "body", "alias_of")}
        facts = reading_facts(KIND, {source for _, source in found.values()})
        return {
            event_id: Details(beginning(found[pk][0], EXCERPT_LENGTH), facts.get(found[pk][1], ()))
            for pk, some in ids_of(events).items()
            if pk in found
            for event_id in some
        }


@register
class AnnouncementToRead(ReadingAsked):
    """The announcement has been there for some time, or says something else since."""

    kind = SUBJECT.news
    category = Category.ANNOUNCEMENTS
    reason = "la lecture de cette annonce vous est demandée"

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        found, ids = dict(super().details(events)), ids_of(events)
        for pk, changed_at in changed_since_asked(ids):
            said = f"le {french_date(timezone.localdate(changed_at))}, à lire aussi par qui avait lu le précédent"
            for event_id in found.keys() & set(ids[pk]):
                found[event_id] = Details(facts=(*found[event_id].facts, ("Nouveau texte", said)))
        return found


@register
class PagePublished(Notification):
    kind = "page.published"
    name = "Nouvelle page"
    category = Category.PAGES
    action = "Lire la page"

    @classmethod
    def followed(cls, event: "Event") -> list[str]:
        """The page and those above it: whoever follows a section is told of its new pages."""
        page = ContentPage.objects.filter(pk__in=ids_of([event])).first()
        if page is None:
            return [event.subject]
        above = ContentPage.objects.ancestor_of(page).order_by("path")
        return [event.subject, *map(subject_for, above)]

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:
        return _texts(events, dict(ContentPage.objects.filter(pk__in=ids_of(events)).values_list("pk", "introduction")))


@register
class PageChanged(PagePublished):
    """For those who follow it alone: a space's pages are corrected often."""

    kind = "page.changed"
    name = "Page modifiée"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet":
        return Follow.objects.filter(subject__in=cls.followed(event)).order_by().values("user")


def _texts(events: "Sequence[Event]", texts: Mapping[int, str]) -> dict[int, Details]:
    return {
        event_id: Details(text=texts[pk]) for pk, some in ids_of(events).items() if pk in texts for event_id in some
    }


def followable_pages(user: "User", ids: Collection[int]) -> dict[int, Followable]:
    readable = ContentPage.objects.current().visible_to(user).filter(pk__in=ids)
    return {page.pk: Followable(page.title, page.address) for page in readable}


register_followable("pages.contentpage", "Page", followable_pages)
