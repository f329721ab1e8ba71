"""What somebody has not seen yet. Every list starts from `Event.objects.visible_to`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber
from django.db.models.lookups import Exact
from django.utils import timezone

from notifications.enums import Timing
from notifications.kinds import Kind, kind_of
from notifications.models import Event, EventQuerySet, NoticeRead, Preference, ReadMarker
from notifications.queries.choices import chosen_by
from spaces import policy
from spaces.kept import cache
from spaces.models import Space
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

UNREAD_LIMIT = 100
"""Beyond 99 the header says « 99+ »: counting further would cost more than it tells."""


UNREAD_SECONDS = 10 * 60
"""For what no moment tells: an event withdrawn with what it was about."""


NEWS_PER_SPACE = 5


@dataclass(frozen=True)
class Notice:
    """One event as a list shows it."""

    pk: int
    title: str
    url: str
    created_at: datetime
    kind: Kind
    space_name: str
    space_slug: str
    author: str
    is_unread: bool = False


@dataclass(frozen=True)
class SpaceNews:
    name: str
    slug: str
    total: int
    """How many there are in all, of which `notices` are the latest."""
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    day: date
    spaces: list[SpaceNews]


_FIELDS = (
    "pk", "title", "url", "created_at", "kind", "space__name", "space__slug", "actor__first_name", "actor__last_name",
)  # fmt: skip


def unread_events(user: "User") -> EventQuerySet:
    """What others did in the spaces of `user` since the last « Tout marquer comme lu », or since the account exists."""
    return _by_others(user).filter(_is_unread(user))


def _by_others(user: "User") -> EventQuerySet:
    """What others did where `user` reads."""
    return read_once(user).by_others(user)


def read_once(user: "User") -> EventQuerySet:
    """What happened where `user` reads; the news told in several of these spaces, in one of them alone."""
    mine = Event.objects.visible_to(user)
    told = mine.order_by().filter(news=OuterRef("news"), pk__lt=OuterRef("pk"))
    return mine.exclude(Q(news__gt="") & Exists(told))


def _is_unread(user: "User") -> Q:
    """Since the last « Tout marquer comme lu », not marked since, and not of what `user` has chosen not to be told."""
    chosen = Preference.objects.filter(user=user, category=OuterRef("category"))
    here = Subquery(chosen.filter(space=OuterRef("space")).values("timing")[:1])
    everywhere = Subquery(chosen.filter(space=None).values("timing")[:1])
    is_silenced = Exact(Coalesce(here, everywhere, Value("")), Timing.NOTHING.value)
    is_read = Exists(NoticeRead.objects.filter(user=user, event=OuterRef("pk")))
    return Q(created_at__gt=_seen_at(user)) & ~Q(is_read) & ~Q(is_silenced)


def unread_count(user: "User | Any") -> int:
    """How many unread notices, at most `UNREAD_LIMIT`; one query, none for a visitor."""
    if not getattr(user, "is_authenticated", False):
        return 0
    return len(_unread(user))


@prepared
def _unread(user: "User") -> "QuerySet[Any, Any]":
    return unread_events(user).order_by().values_list("pk")[:UNREAD_LIMIT]


def moment(user_id: int) -> "QuerySet[Any, Any]":
    """One row, « bell » and a text that changes when anything is recorded anywhere, or when that person marks notices as read:
    until then, `unread_at` need not count again. Cheap, asks no right, and made to be joined to other rows."""
    latest = Event.objects.order_by("-pk").values("pk")[:1]
    seen_at = ReadMarker.objects.filter(user=user_id).values("seen_at")[:1]
    read = NoticeRead.objects.filter(user=user_id).order_by("-pk").values("pk")[:1]
    parts = [Cast(Subquery(rows), CharField()) for rows in (latest, seen_at, read)]
    said = Concat(parts[0], Value("/"), parts[1], Value("/"), parts[2])
    return get_user_model().objects.filter(pk=user_id).order_by().values_list(Value("bell"), said)


moment_of = prepared(moment)
"""`moment`, asked by itself."""


def unread_at(user: "User", at: str) -> int:
    """`unread_count`, as long as the moment stays and the rights too."""
    rights = policy.reader_of(user)
    wanted = at, sorted(rights.roles.items()), sorted(rights.boundary_ids)
    known = cache.get(_unread_key(user))
    if known is None or known[0] != wanted:
        known = wanted, unread_count(user)
        cache.set(_unread_key(user), known, UNREAD_SECONDS)
    return known[1]


def forget_unread(user: "User") -> None:
    """After a choice of `user`'s on what is told to them."""
    cache.delete(_unread_key(user))


def _unread_key(user: "User") -> str:
    return f"unread:{user.pk}"


def notices(user: "User") -> "QuerySet[Any, dict[str, Any]]":
    """Everything others did in the spaces of `user`, latest first: rows for `Notice`, marked when unread. To be paginated."""
    unread = Case(When(_is_unread(user), then=Value(True)), default=Value(False), output_field=BooleanField())
    return _by_others(user).annotate(is_unread=unread).values(*_FIELDS, "is_unread")


def activity(user: "User", space: Space) -> "QuerySet[Any, dict[str, Any]]":
    """All that happened in `space`, the reader's own doings included, latest first: rows for `Notice`."""
    return Event.objects.visible_to(user).filter(space=space).values(*_FIELDS)


def personal_data(user: "User") -> dict[str, object]:
    """This room's part of « mes données personnelles »: how far `user` has read. What they did themselves is told by the
    rooms where they did it."""
    seen_at = ReadMarker.objects.filter(user=user).values_list("seen_at", flat=True).first()
    return {"lu jusqu’au": seen_at, **chosen_by(user)}


def by_day(rows: Iterable[dict[str, Any]]) -> list[Day]:
    """Rows in order of time, gathered by day, then by space in order of the latest."""
    return [
        Day(day, _by_space(list(same_day)))
        for day, same_day in groupby(map(_notice, rows), lambda notice: timezone.localdate(notice.created_at))
    ]


def news_by_space(user: "User", *, since: datetime) -> list[SpaceNews]:
    """What others did after `since`, at most `NEWS_PER_SPACE` for each space. One query beside the policy's."""
    rows = _news(user, since)
    return [
        SpaceNews(name, slug, same_space[0]["total"], [_notice(row) for row in same_space])
        for (name, slug), same_space in (
            (key, list(group)) for key, group in groupby(rows, lambda row: (row["space__name"], row["space__slug"]))
        )
    ]


@prepared
def _news(user: "User", since: datetime) -> "QuerySet[Any, Any]":
    return (
        _by_others(user)
        .filter(created_at__gt=since)
        .annotate(
            rank=Window(RowNumber(), partition_by=F("space"), order_by=[F("created_at").desc(), F("pk").desc()]),
            total=Window(Count("pk"), partition_by=F("space")),
        )
        .filter(rank__lte=NEWS_PER_SPACE)
        .order_by("space__position", "space__name", "rank")
        .values(*_FIELDS, "total")
    )


def _seen_at(user: "User") -> Coalesce:
    return Coalesce(Subquery(ReadMarker.objects.filter(user=user).values("seen_at")[:1]), Value(user.created_at))


def _by_space(same_day: list[Notice]) -> list[SpaceNews]:
    groups: dict[str, list[Notice]] = {}
    for notice in same_day:
        groups.setdefault(notice.space_slug, []).append(notice)
    return [SpaceNews(group[0].space_name, slug, len(group), group) for slug, group in groups.items()]


def _notice(row: dict[str, Any]) -> Notice:
    author = f"{row['actor__first_name'] or ''} {row['actor__last_name'] or ''}".strip()
    return Notice(
        pk=row["pk"],
        title=row["title"],
        url=row["url"],
        created_at=row["created_at"],
        kind=kind_of(row["kind"]),
        space_name=row["space__name"],
        space_slug=row["space__slug"],
        author=author,
        is_unread=row.get("is_unread", False),
    )
