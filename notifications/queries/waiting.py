"""What waits to be told: events not yet sent round, and digests whose hour has come."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, Min, OuterRef
from django.utils import timezone

from mail.models import PausedAddress
from notifications import registry
from notifications.enums import Timing
from notifications.models import Delivery, Event, Rhythm
from notifications.queries.readers import may_be_told
from notifications.registry import NO_DETAILS, Details

if TYPE_CHECKING:
    from accounts.models import User

ITEMS_PER_SPACE = 10
SPACES_SHOWN = 20
DIGEST_DAYS = 31
"""What has waited longer (a long absence, an address that refused) is no news any more: it is on the site."""


def waiting_events(limit: int = 1000) -> list[int]:
    """Ids of the events that have not been told to all, oldest first."""
    return list(Event.objects.waiting().order_by("pk").values_list("pk", flat=True)[:limit])


def people_due(now: datetime) -> dict[int, set[Timing]]:
    """By person's id, the digests that should have left by now: something has been waiting since before the last appointed
    moment. Nobody who is away, has left, or whose address refuses. Two queries."""
    paused = PausedAddress.objects.filter(address=OuterRef("user__email"))
    waiting = (
        Delivery.objects.pending()
        .filter(~Exists(paused), user__is_active=True)
        .order_by()
        .values("user", "timing")
        .annotate(since=Min("created_at"))
        .values_list("user", "timing", "since")
    )
    rhythms = {rhythm.user_id: rhythm for rhythm in Rhythm.objects.all()}
    today = timezone.localdate(now)
    due: dict[int, set[Timing]] = {}
    for user, timing, since in waiting:
        rhythm = rhythms.get(user) or Rhythm()
        if not rhythm.is_away(today) and since <= rhythm.last_moment(Timing(timing), now):
            due.setdefault(user, set()).add(Timing(timing))
    return due


@dataclass(frozen=True)
class Item:
    event: Event
    label: str
    url: str
    details: Details


@dataclass(frozen=True)
class Section:
    """One space of a digest."""

    name: str
    slug: str
    total: int
    items: list[Item] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.total - len(self.items)


@dataclass(frozen=True)
class Digest:
    sections: list[Section]
    total: int
    """How many things in all, of which the sections show the latest."""

    @property
    def more(self) -> int:
        """In spaces that are not shown at all."""
        return self.total - sum(section.total for section in self.sections)


def waiting_digest(user: "User", event_ids: Collection[int], *, site: str, now: datetime) -> Digest:
    """Those of these events that `user` may be told today, by space; of several about the same thing, the last one.
    At most `ITEMS_PER_SPACE` of each of `SPACES_SHOWN` spaces are read whole, whatever their number."""
    recent = Event.objects.filter(pk__in=event_ids, created_at__gte=now - timedelta(days=DIGEST_DAYS))
    rows = may_be_told(user, recent.order_by("space__position", "space__name", "-created_at", "-pk"))
    things, dropped = _asked_of_the_rooms(user, rows)
    by_space: dict[int, list[int]] = {}
    seen: set[str] = set()
    named = {thing for pk, thing in things.items() if pk not in dropped}
    for event in rows:
        thing = things.get(event.pk, event.subject)
        is_told_better = event.pk not in things and thing in named  # by the room that says what the document is
        if event.pk not in dropped and thing not in seen and not is_told_better:
            seen.add(thing)
            by_space.setdefault(event.space_id, []).append(event.pk)
    shown = [pk for pks in list(by_space.values())[:SPACES_SHOWN] for pk in pks[:ITEMS_PER_SPACE]]
    events = Event.objects.select_related("space", "actor").in_bulk(shown)
    details = registry.details_of(events.values())
    sections = []
    for pks in list(by_space.values())[:SPACES_SHOWN]:
        some = [events[pk] for pk in pks[:ITEMS_PER_SPACE]]
        items = [_item(event, site, details.get(event.pk, NO_DETAILS)) for event in some]
        sections.append(Section(some[0].space.name, some[0].space.slug, len(pks), items))
    return Digest(sections, sum(map(len, by_space.values())))


def _asked_of_the_rooms(user: "User", rows: list[Event]) -> tuple[dict[int, str], set[int]]:
    """What each event is about, where that is not its subject; ids of those that concern `user` no more."""
    things: dict[int, str] = {}
    dropped: set[int] = set()
    for notification, some in registry.by_class(rows):
        things |= notification.things(some)
        still = notification.still_for(user, some)
        dropped |= set() if still is None else {event.pk for event in some} - set(still)
    return things, dropped


def _item(event: Event, site: str, details: Details) -> Item:
    notification = registry.of(event.kind)
    on_one_line = replace(details, text=re.sub(r"\s*\n\s*", " ", details.text))
    return Item(event, notification.name if notification else "", site + event.url, on_one_line)
