"""What lies in the trash of a space, as its managers read it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

if TYPE_CHECKING:
    from documents.models import DocumentQuerySet


@dataclass(frozen=True, slots=True)
class TrashRow:
    """A document in the trash, and the day when it leaves for good. `size` is that of its current version, in bytes."""

    uuid: UUID
    title: str
    format_label: str
    size: int
    number: int
    folder_name: str
    withdrawn_at: datetime
    withdrawn_by: str
    leaves_at: datetime


def thrown(documents: "DocumentQuerySet") -> list[TrashRow]:
    """The documents as lines. One query."""
    columns = ("uuid", "title", "extension", "file_size", "current_number", "folder__name", "withdrawn_at")
    who = ("withdrawn_by__first_name", "withdrawn_by__last_name")
    return [
        TrashRow(
            uuid, title, extension.upper(), size or 0, number, folder, at, f"{first or ''} {last or ''}".strip(),
            at + timedelta(days=settings.TRASH_DAYS),
        )
        for uuid, title, extension, size, number, folder, at, first, last in documents.values_list(*columns, *who)
    ]  # fmt: skip
