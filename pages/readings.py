"""Announcements as something to be read (see acknowledgements/subjects.py)."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from acknowledgements import queries
from acknowledgements.models import AcknowledgementRequest
from acknowledgements.subjects import Current, Subject
from pages.models import AnnouncementPage, InSpaceQuerySet, address_of, fingerprint
from spaces import policy

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

KIND = "annonce"
_FIELDS = (
    "pk", "title", "body", "corrects", "changed_at", "url_path", "last_published_at", "live", "expire_at", "space_id",
    "alias_of", "alias_of__announcementpage__space_id",
)  # fmt: skip


def find(user: "User", ids: Collection[int]) -> dict[int, Current]:
    """Published, not past its end, and read by `user` in one of its spaces: its own first. Another text is another version,
    unless it merely corrects the former; a pin, another date or other spaces are not."""
    return _find(user, ids, AnnouncementPage.objects.current())


def find_past(user: "User", ids: Collection[int]) -> dict[int, Current]:
    """The same, with those that were published once and are no more."""
    return _find(user, ids, AnnouncementPage.objects.filter(last_published_at__isnull=False))


def _find(user: "User", ids: Collection[int], among: InSpaceQuerySet) -> dict[int, Current]:
    mine = policy.reader_of(user).space_ids
    everywhere = among.filter(Q(pk__in=ids) | Q(alias_of__in=ids))
    copies: dict[int, list[dict[str, Any]]] = {}
    for copy in everywhere.order_by(F("alias_of").asc(nulls_first=True), "pk").values(*_FIELDS):
        copies.setdefault(copy["alias_of"] or copy["pk"], []).append(copy)
    return {
        pk: Current(
            title=read["title"],
            url=address_of(read["url_path"]),
            version=read["corrects"] or fingerprint(read["title"], read["body"]),
            version_since=read["changed_at"] or read["last_published_at"],
            corrected_at=read["changed_at"] if read["corrects"] else None,
            home_id=read["alias_of__announcementpage__space_id"] or read["space_id"],
            space_ids=frozenset(copy["space_id"] for copy in some),
            places={copy["space_id"]: (copy["pk"], address_of(copy["url_path"])) for copy in some},
            is_past=not read["live"] or (read["expire_at"] is not None and read["expire_at"] <= timezone.now()),
        )
        for pk, some in copies.items()
        if (read := next((copy for copy in some if copy["space_id"] in mine), None))
    }


def asked_since(page: AnnouncementPage) -> tuple[datetime, set[int]] | None:
    """Since when it is asked to be read, and who has said already to have read this text; None when it is not."""
    return queries.asked_since(KIND, page.alias_of_id or page.pk, page.corrects or fingerprint(page.title, page.body))


def changed_since_asked(ids: Collection[int]) -> "QuerySet[Any, tuple[int, datetime]]":
    """Those, copies included, of which another text has been published since their reading was asked, and when."""
    asked = AcknowledgementRequest.objects.filter(
        kind=KIND, object_id=Coalesce(OuterRef("alias_of"), OuterRef("pk")), stopped_at=None
    )
    changed = AnnouncementPage.objects.filter(
        pk__in=ids, corrects="", changed_at__gt=Subquery(asked.values("asked_at")[:1])
    )
    return changed.order_by().values_list("pk", "changed_at")


def sources(ids: Collection[int]) -> dict[int, int]:
    """The announcements that these follow, or are."""
    rows = AnnouncementPage.objects.filter(pk__in=ids).order_by()
    return {pk: source or pk for pk, source in rows.values_list("pk", "alias_of")}


SUBJECT = Subject(KIND, find, AnnouncementPage, news="announcement.reading", find_past=find_past, sources=sources)
