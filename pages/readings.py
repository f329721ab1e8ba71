"""Announcements as something to be read (see acknowledgements/subjects.py)."""

from collections.abc import Collection
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from acknowledgements.subjects import Current, Subject
from pages.models import AnnouncementPage, address_of
from spaces import policy

if TYPE_CHECKING:
    from accounts.models import User

KIND = "annonce"
_FIELDS = (
    "pk", "title", "body", "url_path", "last_published_at", "space_id", "alias_of", "alias_of__announcementpage__space_id",
)  # fmt: skip


def find(user: "User", ids: Collection[int]) -> dict[int, Current]:
    """Published, not past its end, and read by `user` in one of its spaces: its own first. Another text is another version; a
    pin, another date or other spaces are not."""
    mine = policy.reader_of(user).space_ids
    everywhere = AnnouncementPage.objects.current().filter(Q(pk__in=ids) | Q(alias_of__in=ids))
    copies: dict[int, list[dict[str, Any]]] = {}
    for copy in everywhere.order_by(F("alias_of").asc(nulls_first=True), "pk").values(*_FIELDS):
        copies.setdefault(copy["alias_of"] or copy["pk"], []).append(copy)
    return {
        pk: Current(
            title=read["title"],
            url=address_of(read["url_path"]),
            version=sha256(f"{read['title']}\n{read['body']}".encode()).hexdigest(),
            version_since=read["last_published_at"],
            home_id=read["alias_of__announcementpage__space_id"] or read["space_id"],
            space_ids=frozenset(copy["space_id"] for copy in some),
        )
        for pk, some in copies.items()
        if (read := next((copy for copy in some if copy["space_id"] in mine), None))
    }


SUBJECT = Subject(KIND, find)
