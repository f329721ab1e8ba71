"""Documents as something to be read (see acknowledgements/subjects.py)."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.urls import reverse

from acknowledgements.subjects import Current, Subject
from documents.models import Document

if TYPE_CHECKING:
    from accounts.models import User

KIND = "document"


def find(user: "User", ids: Collection[int]) -> dict[int, Current]:
    """Those that `user` may read. Other bytes are another version; another title or another folder are not."""
    rows = Document.objects.visible_to(user).filter(pk__in=ids).order_by()
    return {
        pk: Current(
            title=title,
            url=reverse("documents:document", args=[uuid]),
            version=fingerprint,
            version_since=published_at,
            home_id=space_id,
            space_ids=frozenset({space_id}),
            boundary_id=boundary_id,
        )
        for pk, title, uuid, fingerprint, published_at, space_id, boundary_id in rows.values_list(
            "pk", "title", "uuid", "sha256", "published_at", "space_id", "boundary_id"
        )
    }


SUBJECT = Subject(KIND, find, Document, news="acknowledgement.asked")
