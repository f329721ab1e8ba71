"""What the screens read, in slim rows: a list of documents is never a list of model instances."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Collate, Lower
from django.urls import reverse
from django.utils import timezone

from accounts.alphabet import FRENCH
from documents import prepared
from documents.enums import DocumentKind, ScanState
from documents.models import Document, DocumentQuerySet, DownloadRecord, Folder
from documents.periods import period_in_words
from documents.reviews import Reviewer, reviewer
from documents.scanning import states_of
from search.validity import validity_in_words
from spaces import policy
from spaces.kept import SECONDS as KEPT_SECONDS
from spaces.kept import pages
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE = 50
"""Documents in one page of a folder."""

SORTS = {
    "-date": "les plus récents d’abord",
    "date": "les plus anciens d’abord",
    "titre": "par titre",
    "-taille": "les plus lourds d’abord",
    "taille": "les plus légers d’abord",
}

_SHA256 = prepared.COLUMNS.index("sha256")
_KIND_LABELS = dict(DocumentKind.choices)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A line of a list. `file_size` is in bytes; `author`, of the current version, is empty when the account is gone;
    `reserved_by` is empty when nobody has the document reserved today."""

    uuid: UUID
    title: str
    url: str
    download_url: str
    format_label: str
    file_size: int
    published_at: datetime
    author: str
    space_name: str
    space_slug: str
    folder_name: str
    kind: str
    """A `DocumentKind`."""
    kind_label: str
    """Empty for « autre »."""
    print_format: str
    period: str
    is_over: bool
    validity: str
    """« Valable jusqu’au … », or « Échu depuis le … » where `is_over`; empty without a date."""
    is_to_review: bool
    """By the reader of the list (`reviews`)."""
    thumbnail_url: str
    """Empty without a picture."""
    number: int
    reserved_by: str
    reserved_until: datetime | None
    is_newer: bool = False
    """There has been a version since the last that the reader downloaded."""
    held_back: str = ""
    """Why the antivirus keeps it from those who did not deposit it; empty where it does not."""

    @property
    def newer_hole(self) -> str:
        """Where a kept page leaves room for what `is_newer` says."""
        return f"newer {self.uuid}"


def rows(documents: "QuerySet[Document]", reader: "User") -> list[DocumentRow]:
    """The documents as lines for `reader`, in one query."""
    return _lines(prepared.columns_of(documents, reader), reader)


def _lines(told: Iterable[tuple[Any, ...]], reader: "User") -> list[DocumentRow]:
    base = reverse("documents:document", args=[UUID(int=0)]).rpartition(str(UUID(int=0)))[0]
    today = timezone.localdate()
    told = list(told)
    held = states_of(values[_SHA256] for values in told)
    looks_again_at = reviewer(reader)
    return [_row(base, today, values, held, looks_again_at) for values in told]


def _row(base: str, today: date, values: tuple[Any, ...], held: dict[str, ScanState], looks: Reviewer) -> DocumentRow:
    uuid, title, extension, size, at, first, last, space_name, space_slug, folder_name, *facts = values
    (
        kind,
        start,
        end,
        valid_until,
        review_on,
        depositor,
        sha256,
        is_drawn,
        print_format,
        number,
        taken,
        until,
        *holder,
    ) = facts
    is_reserved = until is not None and until > timezone.now()
    url = f"{base}{uuid}/"
    return DocumentRow(
        uuid,
        title,
        url,
        f"{url}telecharger/",
        extension.upper(),
        size or 0,
        at,
        _name(first, last),
        space_name,
        space_slug,
        folder_name,
        kind,
        "" if kind == DocumentKind.OTHER else _KIND_LABELS[kind],
        print_format,
        period_in_words(start, end),
        valid_until is not None and valid_until < today,
        validity_in_words(valid_until, today),
        review_on is not None and review_on <= today and looks(space_slug, depositor),
        f"{url}vignette/?{sha256[:8]}" if is_drawn else "",
        number,
        _name(*holder) if is_reserved else "",
        until if is_reserved else None,
        is_newer=taken is not None and taken < number,
        held_back=held[sha256].label.lower() if sha256 in held else "",
    )


def _name(first: str | None, last: str | None) -> str:
    return f"{first or ''} {last or ''}".strip()


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A line of a document's history. `size` is in bytes; `author` is empty when the account is gone; `replaced_at` is None
    for the version in force."""

    number: int
    url: str
    format_label: str
    size: int
    sha256: str
    author: str
    created_at: datetime
    replaced_at: datetime | None
    reason: str
    label: str
    held_back: str
    """As in `DocumentRow`; the same for the picture."""
    thumbnail_url: str


def history(document: Document) -> list[VersionRow]:
    """Every version, newest first; `document` has been found by whoever reads it. One query, two with an antivirus."""
    base = document.get_absolute_url()
    found: list[VersionRow] = []
    replaced_at = None
    told = list(prepared.versions(document.pk))
    held = states_of(values[3] for values in told)
    for number, extension, size, sha256, first, last, at, reason, label, is_drawn in told:
        url, author = f"{base}v{number}/", _name(first, last)
        state = held[sha256].label.lower() if sha256 in held else ""
        picture = f"{url}vignette/?{sha256[:8]}" if is_drawn else ""
        row = VersionRow(
            number, url, extension.upper(), size, sha256, author, at, replaced_at, reason, label, state, picture
        )
        found.append(row)
        replaced_at = at
    return found


def document_to_hand_over(user: "User", uuid: UUID) -> Document | None:
    """The document, when `user` may read it today, with what handing it over needs and `scan_state`. Kept for its space's epoch: one
    query, or none beside that of the rights."""
    reader = policy.reader_of(user)
    key = f"handed:{uuid}"
    kept = pages.get(key)
    if kept is not None:
        slug, epoch, boundary_id, values = kept
        here = reader.spaces.get(slug)
        if here and here.epoch == epoch and reader.reads(here.pk, boundary_id):
            return _handed(values)
    for slug, boundary_id, *values in prepared.document_to_hand_over(user, uuid):
        if slug in reader.spaces:
            pages.set(key, (slug, reader.spaces[slug].epoch, boundary_id, values), KEPT_SECONDS)
        return _handed(values)
    return None


def _handed(values: list[Any]) -> Document:
    document = Document.from_db(None, prepared.HANDED, values[1:])
    document.scan_state = values[0]
    return document


def latest_documents(user: "User", space: Space | None = None, limit: int = 5) -> list[DocumentRow]:
    """The newest documents that `user` may read, everywhere or in one space. One query."""
    return _lines(prepared.latest(user, space.pk if space else None, limit=limit), user)


def newest_in(folder: Folder, user: "User") -> list[DocumentRow]:
    """The first page of a folder, as most people see it. One query."""
    return _lines(prepared.newest_in(user, folder.pk, limit=PAGE_SIZE), user)


def deposited_by(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: what `user` brought in, withdrawn documents included. A title is
    told while the document can be read: others may have written it since."""
    deposited = Document.objects.filter(uploaded_by_user=user).order_by("pk")
    titles = dict(Document.objects.visible_to(user).filter(uploaded_by_user=user).values_list("pk", "title"))
    columns = ("pk", "original_name", "space__name", "created_at", "published_at", "withdrawn_at")
    return [
        {
            "titre": titles.get(pk, ""),
            "fichier": name,
            "espace": space,
            "déposé le": created_at,
            "publié le": published_at,
            "retiré le": withdrawn_at,
        }
        for pk, name, space, created_at, published_at, withdrawn_at in deposited.values_list(*columns)
    ]


def folders_of(user: "User", space: Space, parent: Folder | None = None) -> list[Folder]:
    """The folders directly in `parent`, or at the top of the space, with `document_count` and `folder_count`. One query."""
    return prepared.folders(user, space.pk, parent.pk if parent else None)


def folder_choices(user: "User", space: Space, *, but: Folder | None = None) -> list[tuple[str, str]]:
    """Slug and name of each folder of the space, parents before children, a child with its parents' names; neither `but` nor
    what is below it. One query."""
    folders = list(Folder.objects.visible_to(user).filter(space=space).order_by("position", "name"))
    children: dict[int | None, list[Folder]] = {}
    for folder in folders:
        children.setdefault(folder.parent_id, []).append(folder)

    def walk(parent: int | None, prefix: str) -> Iterable[tuple[str, str]]:
        for folder in children.get(parent, []):
            if folder == but:
                continue
            yield folder.slug, prefix + folder.name
            yield from walk(folder.pk, f"{prefix}{folder.name} › ")

    return list(walk(None, ""))


def ancestors(folder: Folder) -> list[Folder]:
    """From the top of the space down to the folder's parent; one query more where that is deeper than two levels."""
    parent = folder.parent
    if parent is None or parent.parent_id is None:
        return [parent] if parent else []
    chain, every = [parent], Folder.objects.filter(space=folder.space_id).in_bulk()
    while chain[0].parent_id is not None:
        chain.insert(0, every[chain[0].parent_id])
    return chain


def sorted_documents(documents: DocumentQuerySet, sort: str) -> DocumentQuerySet:
    """In one of the orders of `SORTS`; an unknown word is the first of them."""
    orders = {
        "date": ("published_at", "pk"),
        "titre": (title_order(), "-pk"),
        "-taille": ("-file_size", "-pk"),
        "taille": ("file_size", "pk"),
    }
    return documents.order_by(*orders.get(sort, ("-published_at", "-pk")))


def title_order() -> Collate:
    """Alphabetical as in a French dictionary: « Évaluation » between « Emploi » and « Fiche »."""
    return Collate(Lower("title"), FRENCH)


class CountedPaginator(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, documents: DocumentQuerySet, *, total: int) -> None:
        super().__init__(documents, PAGE_SIZE)
        self.__dict__["count"] = total


def alone(name: str) -> str:
    """For `iregex`: that name, capitals aside. With `iexact`, SQLite tells « É » from « é »."""
    return f"^{re.escape(name)}$"


def same_name_documents(folder: Folder, name: str) -> list[Document]:
    """The documents of the folder, not in the trash, that have this file name, capitals aside; newest first."""
    same = Document.objects.filter(folder=folder, withdrawn_at=None, original_name__iregex=alone(name))
    return list(same.select_related("space", "reserved_by").defer("text").order_by("-published_at", "-pk"))


# --- Downloads ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Download:
    """A line of a list of downloads. `who` is empty for a signed link."""

    title: str
    url: str
    who: str
    version_number: int
    current_number: int
    at: datetime
    latest_taken: int | None
    """The latest version that the same person has taken; None for a signed link."""

    @property
    def is_superseded(self) -> bool:
        return self.version_number < self.current_number

    @property
    def is_behind(self) -> bool:
        """That person has not taken the version in force, here or later."""
        return self.latest_taken is not None and self.latest_taken < self.current_number


_DOWNLOAD = (
    "document__title",
    "document__uuid",
    "user__first_name",
    "user__last_name",
    "version_number",
    "document__current_number",
    "created_at",
    "latest_taken",
)


def downloads(records: "QuerySet[DownloadRecord]") -> list[Download]:
    """The records as lines, in one query."""
    same = DownloadRecord.objects.filter(document=OuterRef("document"), user=OuterRef("user"))
    latest = same.order_by("-version_number").values("version_number")[:1]
    return [
        Download(title, reverse("documents:document", args=[uuid]), _name(first, last), *facts)
        for title, uuid, first, last, *facts in records.annotate(latest_taken=Subquery(latest)).values_list(*_DOWNLOAD)
    ]


def download_counts(document: Document) -> dict[int, int]:
    """How many times each version was downloaded, forgotten names included; the latest version first. Two queries."""
    counts: Counter[int] = Counter()
    for kept in (
        document.downloads.order_by().values_list("version_number").annotate(n=Count("pk")),
        document.forgotten_downloads.order_by().values_list("version_number", "count"),
    ):
        for number, count in kept:
            counts[number] += count
    return dict(sorted(counts.items(), reverse=True))


def downloaded_by(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: titles only while they can be read."""
    titles = dict(Document.objects.visible_to(user).filter(downloads__user=user).values_list("pk", "title"))
    records = DownloadRecord.objects.filter(user=user).order_by("pk")
    return [
        {"titre": titles.get(document, ""), "version": number, "téléchargé le": at}
        for document, number, at in records.values_list("document", "version_number", "created_at")
    ]
