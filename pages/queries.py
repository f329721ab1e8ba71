"""What is read on the spaces' pages. Lists are slim rows, one query each."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.http import Http404
from django.utils import timezone
from wagtail.models import Page, Revision
from wagtail.query import PageQuerySet

from acknowledgements.queries import request_ids
from pages.models import AnnouncementPage, ContentPage, InSpaceQuerySet, SpacePage, address_of
from pages.readings import KIND
from pages.rich_text import excerpt
from spaces import policy
from spaces.enums import Role
from spaces.models import Membership, Space, SpaceQuerySet
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

_CONTENT_DEPTH = 5
"""Of a page just below a space's home: root, home, « Espaces », the space, the page."""


@dataclass(frozen=True)
class AnnouncementRow:
    """One announcement in a list."""

    pk: int
    title: str
    url: str
    excerpt: str
    published_at: datetime | None
    is_pinned: bool
    space_name: str
    space_slug: str
    author: str = ""
    go_live_at: datetime | None = None
    expire_at: datetime | None = None
    comes_from: str = ""
    """The space that it comes from, where that is another one."""
    coverage_id: int | None = None
    """Of one whose reading is asked: where the reader of the list may see who has read it."""
    is_scheduled: bool = False
    """It leaves by itself at `go_live_at`, which is only a wish for a draft."""

    @property
    def planned_for(self) -> datetime | None:
        """Of a draft; even past, as long as it was never published."""
        is_to_come = self.published_at is None or (self.go_live_at is not None and self.go_live_at > timezone.now())
        return self.go_live_at if is_to_come else None

    @property
    def is_past_its_hour(self) -> bool:
        return self.go_live_at is not None and self.go_live_at <= timezone.now()


@dataclass(frozen=True)
class PageRow:
    """One content page in a list."""

    title: str
    url: str
    introduction: str


_ANNOUNCEMENT_FIELDS = (
    "pk",
    "title",
    "url_path",
    "body",
    "first_published_at",
    "is_pinned",
    "space__name",
    "space__slug",
    "owner__first_name",
    "owner__last_name",
    "go_live_at",
    "expire_at",
    "alias_of__announcementpage__space__name",
)


def _row(values: dict[str, Any]) -> AnnouncementRow:
    return AnnouncementRow(
        pk=values["pk"],
        title=values["title"],
        url=address_of(values["url_path"]),
        excerpt=excerpt(values["body"]),
        published_at=values["first_published_at"],
        is_pinned=values["is_pinned"],
        space_name=values["space__name"],
        space_slug=values["space__slug"],
        author=f"{values['owner__first_name'] or ''} {values['owner__last_name'] or ''}".strip(),
        go_live_at=values["go_live_at"],
        expire_at=values["expire_at"],
        comes_from=values.get("alias_of__announcementpage__space__name") or "",
    )


def _rows(announcements: InSpaceQuerySet) -> list[AnnouncementRow]:
    return [_row(values) for values in announcements.values(*_ANNOUNCEMENT_FIELDS)]


@dataclass(frozen=True)
class AnnouncementBoard:
    """All the announcements of a space. `waiting` (drafts and scheduled) is filled for its managers only."""

    current: list[AnnouncementRow]
    past: list[AnnouncementRow]
    waiting: list[AnnouncementRow]


def announcement_board(user: "User", space: Space, *, with_waiting: bool, past_limit: int = 20) -> AnnouncementBoard:
    """What the announcements page shows; at most `past_limit` of those past their end, which managers alone can open."""
    found = AnnouncementPage.objects.visible_to(user).filter(space=space)
    current = _rows(found.current().order_by("-is_pinned", "-first_published_at", "-pk"))
    if not with_waiting:
        return AnnouncementBoard(current, [], [])
    # What comes from another space is put off, taken back and corrected there.
    found = found.filter(alias_of=None).order_by("-latest_revision_created_at", "-pk")
    past = _rows(found.filter(Q(expired=True) | Q(live=True, expire_at__lte=timezone.now()))[:past_limit])
    waiting = _rows(found.filter(live=False, expired=False))
    rows = Revision.page_revisions.filter(approved_go_live_at__isnull=False, object_id__in=[row.pk for row in waiting])
    leaving = set(rows.values_list("object_id", flat=True))
    waiting = [replace(row, is_scheduled=str(row.pk) in leaving) for row in waiting]
    asked = request_ids(user, KIND, [row.pk for row in [*current, *past]], space)
    current, past = ([replace(row, coverage_id=asked.get(row.pk)) for row in rows] for rows in (current, past))
    return AnnouncementBoard(current, past, waiting)


# --- The space's home -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coordinator:
    """Whom to write to."""

    first_name: str
    last_name: str
    email: str

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def space_home(user: "User", slug: str) -> Space:
    """The space, if `user` reads it, with its page, `member_count` and what `coordinator_of` needs: one query. Raises `Http404`."""
    for home in _homes(user, slug, timezone.localdate()):
        return home
    raise Http404


@prepared
def _homes(user: "User", slug: str, today: date) -> SpaceQuerySet:
    in_force = Membership.objects.in_force(today).filter(space=OuterRef("pk"), user__is_active=True)
    managers = in_force.filter(role=Role.MANAGER).order_by("starts_on", "pk")
    counted = in_force.order_by().values("space").annotate(total=Count("pk")).values("total")
    return (
        Space.objects.visible_to(user)
        .filter(slug=slug)
        .select_related("page")
        .annotate(
            member_count=Subquery(counted),
            manager_first_name=Subquery(managers.values("user__first_name")[:1]),
            manager_last_name=Subquery(managers.values("user__last_name")[:1]),
            manager_email=Subquery(managers.values("user__email")[:1]),
        )
    )


def coordinator_of(home: Any) -> Coordinator | None:
    """Of a space taken from `space_home`: its manager of longest standing."""
    if not home.manager_email:
        return None
    return Coordinator(home.manager_first_name, home.manager_last_name, home.manager_email)


@dataclass(frozen=True)
class SpaceContent:
    announcements: list[AnnouncementRow]
    pages: list[PageRow]


def space_content(user: "User", space: Space, limit: int = 5) -> SpaceContent:
    """What people have written in the space, for its home: the first announcements (pinned ones before) and the pages just
    below, in one query."""
    found = _written_in(user, space.pk, timezone.now(), limit=limit)
    home = {"space__name": space.name, "space__slug": space.slug}
    return SpaceContent(
        announcements=[_row(row | home) for row in found if row["body"] is not None],
        pages=[
            PageRow(row["title"], address_of(row["url_path"]), row["introduction"])
            for row in found
            if row["body"] is None
        ],
    )


@prepared
def _written_in(user: "User", space: int, now: datetime, *, limit: int) -> PageQuerySet:
    announcements = AnnouncementPage.objects.visible_to(user).current(now).filter(space=space)
    first = announcements.order_by("-is_pinned", "-first_published_at", "-pk").values("pk")[:limit]
    below = ContentPage.objects.visible_to(user).current(now).filter(space=space, depth=_CONTENT_DEPTH).values("pk")
    return (
        Page.objects.filter(Q(pk__in=first) | Q(pk__in=below))
        .order_by(
            F("announcementpage__is_pinned").desc(nulls_last=True), "-announcementpage__first_published_at", "path"
        )
        .values(
            "pk",
            "title",
            "url_path",
            "first_published_at",
            "owner__first_name",
            "owner__last_name",
            "go_live_at",
            "expire_at",
            body=F("announcementpage__body"),
            is_pinned=F("announcementpage__is_pinned"),
            introduction=F("contentpage__introduction"),
        )
    )


# --- What an editor reaches in Wagtail's admin ----------------------------------------------------------------------


def managed_pages(user: "User | Any") -> PageQuerySet:
    """Every page, drafts included, of the spaces that `user` manages."""
    paths = SpacePage.objects.filter(space_id__in=policy.reader_of(user).managed_ids).values_list("path", flat=True)
    return Page.objects.filter(reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[])))


def browsable_pages(user: "User | Any") -> PageQuerySet:
    """`managed_pages`, and what stands above them in the tree (« Espaces »), to find the way down."""
    paths = list(
        SpacePage.objects.filter(space_id__in=policy.reader_of(user).managed_ids).values_list("path", flat=True)
    )
    above = {path[:end] for path in paths for end in range(Page.steplen, len(path), Page.steplen)}
    inside = reduce(or_, (Q(path__startswith=path) for path in paths), Q(path__in=above))
    return Page.objects.filter(inside)


def editorial_pages(user: "User | Any") -> PageQuerySet:
    """The managed pages that may be taken away: neither a space's home nor its « Annonces »."""
    return managed_pages(user).type(ContentPage, AnnouncementPage)


def editable_pages(user: "User | Any") -> PageQuerySet:
    """The managed pages that hold a text."""
    return managed_pages(user).type(SpacePage, ContentPage, AnnouncementPage)
