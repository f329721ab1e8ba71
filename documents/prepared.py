"""The room's queries that everybody asks all day long, each written once (see `spaces.prepared`)."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Left

from documents.enums import PreviewState
from documents.models import Document, DocumentVersion, DownloadRecord, Folder, Preview
from notifications.models import Follow
from notifications.queries import moment
from spaces import policy
from spaces.models import Space
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

COLUMNS = (
    "uuid",
    "title",
    "extension",
    "file_size",
    "published_at",
    "version_author__first_name",
    "version_author__last_name",
    "space__name",
    "space__slug",
    "folder__name",
    "kind",
    "period_start",
    "period_end",
    "valid_until",
    "review_on",
    "uploaded_by_user",
    "sha256",
    "is_drawn",
    "print_format",
    "current_number",
    "taken",
    "reserved_until",
    "reserved_by__first_name",
    "reserved_by__last_name",
)
"""What `queries.DocumentRow` is made of."""


def columns_of(documents: "QuerySet[Document]", reader: "User") -> "QuerySet[Any, Any]":
    drawn = Preview.objects.filter(sha256=OuterRef("sha256"), state=PreviewState.DONE)
    mine = DownloadRecord.objects.filter(document=OuterRef("pk"), user_id=reader.pk).order_by("-version_number")
    told = documents.annotate(is_drawn=Exists(drawn), taken=Subquery(mine.values("version_number")[:1]))
    return told.values_list(*COLUMNS)


@prepared
def document(user: "User", uuid: UUID) -> "QuerySet[Document]":
    documents = Document.objects.visible_to(user).select_related(
        "space", "folder__parent", "uploaded_by_user", "version_author", "reserved_by", "territory"
    )
    return documents.defer("text").with_scan_state().filter(uuid=uuid)


_NEEDED = ("id", "file", "file_size", "sha256", "original_name", "media_type", "version_author_id", "current_number")
HANDED = tuple(one.attname for one in Document._meta.concrete_fields if one.attname in _NEEDED)
"""What handing a document over needs to know of it, in the model's order."""


@prepared
def document_to_hand_over(user: "User", uuid: UUID) -> "QuerySet[Any, Any]":
    found = Document.objects.visible_to(user).with_scan_state().filter(uuid=uuid)
    return found.values_list("space__slug", "boundary_id", "scan_state", *HANDED)


@prepared
def space(user: "User", slug: str) -> "QuerySet[Space]":
    return Space.objects.visible_to(user).filter(slug=slug)


@prepared
def folder(user: "User", space_slug: str, slug: str) -> "QuerySet[Any]":
    folders = Folder.objects.visible_to(user).select_related("space", "parent")
    return folders.filter(space__slug=space_slug, slug=slug)


@prepared
def folders(user: "User", space: int, parent: int | None) -> "QuerySet[Any]":
    seen = Folder.objects.visible_to(user)
    children = seen.filter(parent=OuterRef("pk")).order_by().values("parent").annotate(n=Count("*")).values("n")
    found = seen.filter(space=space, parent=parent).with_counts()
    return found.annotate(folder_count=Coalesce(Subquery(children), 0)).order_by("position", "name")


@prepared
def latest(user: "User", space: int | None, *, limit: int) -> "QuerySet[Any, Any]":
    documents = Document.objects.visible_to(user).filter(policy.readable(user)).order_by("-published_at", "-pk")
    if space is not None:
        documents = documents.filter(space=space)
    return columns_of(documents[:limit], user)


@prepared
def newest_in(user: "User", folder: int, *, limit: int) -> "QuerySet[Any, Any]":
    documents = Document.objects.visible_to(user).filter(folder=folder).order_by("-published_at", "-pk")
    return columns_of(documents[:limit], user)


@prepared
def own_of_folder(user: "User", folder: int, subject: str, today: date) -> "QuerySet[Any, Any]":
    """What the page of a folder says to one person alone, as rows (what, text): « bell », « follows », « newer » with the
    documents of which they have an older version, and « review » when they deposited one that is to be looked at again."""
    records = DownloadRecord.objects.filter(user_id=user.pk, document__folder=folder).order_by()
    last = records.values("document__uuid", "document__current_number").annotate(last=Max("version_number"))
    newer = last.filter(last__lt=F("document__current_number"))
    due = Document.objects.filter(folder=folder, uploaded_by_user=user.pk, review_on__lte=today, withdrawn_at=None)
    follows = Follow.objects.filter(user=user.pk, subject=subject).order_by()
    return moment(user.pk).union(
        follows.values_list(Value("follows"), Value("")),
        newer.values_list(Value("newer"), Cast("document__uuid", CharField())),
        due.order_by().values_list(Value("review"), Value("")),
        all=True,
    )


@prepared
def versions(document: int) -> "QuerySet[Any, Any]":
    columns = ("number", "extension", "size", "sha256", "author__first_name", "author__last_name", "created_at")
    drawn = Preview.objects.filter(sha256=OuterRef("sha256"), state=PreviewState.DONE)
    found = DocumentVersion.objects.filter(document=document).annotate(is_drawn=Exists(drawn)).order_by("-number")
    return found.values_list(*columns, "reason", "label", "is_drawn")


@prepared
def networks(document: int) -> "QuerySet[Any, Any]":
    links = Document.networks.through.objects.filter(document=document)
    return links.order_by("network__position", "network__name").values_list("network__name", flat=True)


@prepared
def preview(sha256: str) -> "QuerySet[Preview]":
    return Preview.objects.filter(sha256=sha256)[:1]


@prepared
def beginning(user: "User", document: int) -> "QuerySet[Any, Any]":
    return Document.objects.visible_to(user).filter(pk=document).values_list(Left("text", 700), flat=True)
