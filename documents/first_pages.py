"""What is shown of a file before it is opened."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents import prepared
from documents.enums import PreviewState
from documents.models import Document, DocumentVersion

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class PageView:
    """What is shown of a document before it is opened."""

    state: str
    """A `PreviewState`; empty for a format that is not drawn."""
    small: str
    """Address of the small picture of an office file, its pages not being drawn."""
    pages: list[str]
    """Addresses of the pages drawn."""
    page_count: int
    width: int
    height: int
    """Of the first page, else of the small picture, in pixels."""
    excerpt: str
    """The beginning of its text, where there is no page."""


def preview_of(file: Document | DocumentVersion, user: "User") -> PageView:
    """Of a document as it is, or of one exact version. At most two queries; `file` has been found visible. The text of a
    version that has been replaced is not kept: without a picture, nothing of it is shown."""
    found = next(iter(prepared.preview(file.sha256)), None)
    if found is None or found.state != PreviewState.DONE:
        return PageView(found.state if found else "", "", [], 0, 0, 0, _excerpt(file, user))
    base, mark = file.get_absolute_url(), file.sha256[:8]
    if not found.drawn_count:
        small = f"{base}vignette/?{mark}"
        return PageView(found.state, small, [], 0, found.width, found.height, _excerpt(file, user))
    pages = [f"{base}pages/{number + 1}/?{mark}" for number in range(found.drawn_count)]
    return PageView(found.state, "", pages, found.page_count, found.width, found.height, "")


def _excerpt(file: Document | DocumentVersion, user: "User") -> str:
    start = "".join(prepared.beginning(user, file.pk)) if isinstance(file, Document) else ""
    excerpt = "\n".join(line for line in start.split("\n") if line.strip())
    return f"{excerpt}…" if len(start) == 700 else excerpt
