"""What follows from a page being published or taken back, whoever did it: the front-end form, Wagtail's editor, or the
clockwork. Listens to Wagtail's own signals (the one exception to « nothing in signals »)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from acknowledgements.actions import ask_again
from notifications.actions import forget_told, record_event, rename_events, subject_of, withdraw_events
from notifications.models import Event
from pages.models import AnnouncementPage, ContentPage, InSpace, SpacePage
from pages.notifications import PageChanged
from pages.readings import KIND, asked_since
from pages.rich_text import excerpt
from search import actions as search
from search.models import Kind

if TYPE_CHECKING:
    from accounts.models import User

_KINDS = {AnnouncementPage: Kind.ANNOUNCEMENT, ContentPage: Kind.PAGE, SpacePage: Kind.PAGE}
_EVENTS = {AnnouncementPage: "announcement.published", ContentPage: "page.published"}


def on_published(sender: type[Page], instance: Page, revision: Any = None, **kwargs: Any) -> None:
    """Wagtail also calls for a page that is only scheduled."""
    if sender in _KINDS and instance.live:
        make_known(instance, actor=(revision.user if revision else None) or instance.owner)


def make_known(page: InSpace, *, actor: "User | None") -> None:
    """Findable from now, by that title alone, and said to the space unless it is already: a page that comes back is said
    again, to those who had not received it, and to all who have not read it once reading it has been asked since. The copies of
    an announcement are the same news in other spaces."""
    index_page(page)
    rename_events(page, page.title)
    kind = _what_to_say(page)
    if not kind and isinstance(page, AnnouncementPage) and actor:
        _have_read_again(page, actor)
    elif kind == PageChanged.kind:
        record_event(space=page.space, kind=kind, about=page, title=page.title, url=page.address, actor=actor)
    elif kind:
        news = f"{'announcement' if isinstance(page, AnnouncementPage) else 'page'}:{page.alias_of_id or page.pk}"
        if isinstance(page, AnnouncementPage) and (asked := asked_since(page)):
            since, have_read = asked
            forget_told(news, before=since, but=have_read)
        record_event(
            space=page.space,
            kind=kind,
            about=page,
            title=page.title,
            url=page.address,
            actor=actor,
            news=news,
        )


def _what_to_say(page: InSpace) -> str:
    """The kind of the event; empty when nothing is to be said any more. That a page has changed is for those who follow it, and the
    corrections of an hour are one change; the readers of an announcement are not told twice."""
    kind, said = _EVENTS.get(type(page), ""), Event.objects.filter(subject=subject_of(page))
    if not kind or not said.filter(kind=kind).exists():
        return kind
    hour_ago = timezone.now() - timedelta(hours=1)
    is_said = isinstance(page, AnnouncementPage) or said.filter(created_at__gte=hour_ago).exists()
    return "" if is_said else PageChanged.kind


def _have_read_again(page: AnnouncementPage, by: "User") -> None:
    """Once for each other text, said by the announcement itself and not by its copies; a correction is not said."""
    if page.alias_of_id or page.corrects or page.changed_at is None:
        return
    if not Event.objects.filter(subject=subject_of(page), created_at__gte=page.changed_at).exists():
        ask_again(kind=KIND, object_id=page.pk, by=by)


def on_gone(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Unpublished, expired or about to be deleted."""
    if sender in _KINDS:
        forget_page(instance)


def on_deleted(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """About to be deleted: an announcement leaves every space where it is read."""
    on_gone(sender, instance)
    if sender is AnnouncementPage:
        for copy in AnnouncementPage.objects.filter(alias_of=instance.pk):
            copy.delete()


# --- When its hour has come -----------------------------------------------------------------------------------------


@transaction.atomic
def publish_at_its_hour(revision_id: int) -> bool:
    """Publish a scheduled text, once; returns whether it still waited. It does not go where whoever scheduled it publishes no
    more: nobody is there to be refused."""
    due = Revision.objects.filter(approved_go_live_at__lte=timezone.now()).select_for_update(of=("self",))
    revision = due.filter(pk=revision_id).first()
    if revision is None:
        return False
    page = revision.content_object
    if isinstance(page, AnnouncementPage):
        for copy in page.copies_beyond(revision.user):
            copy.delete()
    revision.publish(log_action="wagtail.publish.scheduled")
    return True


@transaction.atomic
def expire_at_its_hour(page_id: int) -> bool:
    """Put away a page that is past its end, once; returns whether it was still there."""
    past = Page.objects.filter(live=True, expire_at__lte=timezone.now()).select_for_update(of=("self",))
    page = past.filter(pk=page_id).first()
    if page is None:
        return False
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def index_page(page: InSpace) -> None:
    search.index(
        kind=_KINDS[type(page)],
        object_id=page.pk,
        space=page.space,
        title=page.title,
        body=" ".join(text_of(page)),
        url=page.address,
        happened_at=page.last_published_at or page.first_published_at,
    )


def forget_page(page: InSpace) -> None:
    """Neither found nor listed as new any more."""
    search.remove(kind=_KINDS[type(page)], object_id=page.pk)
    withdraw_events(page)


def text_of(page: InSpace) -> list[str]:
    """The words of a page, without the titles of the documents that it shows (each has its own entry)."""
    match page:
        case AnnouncementPage():
            return [excerpt(page.body, 100_000)]
        case SpacePage():
            return [excerpt(page.body, 100_000), *(link.value["title"] for link in page.links)]
        case ContentPage():
            paragraphs = [block.value.source for block in page.body if block.block_type == "paragraph"]
            return [page.introduction, *(excerpt(html, 100_000) for html in paragraphs)]
    return []


def index_all() -> int:
    """For `manage.py rebuild_search`."""
    count = 0
    for model in _KINDS:
        for page in model.objects.current().select_related("space").iterator():
            index_page(page)
            count += 1
    return count
