"""Pictures of the first pages of a file, for those who look before they download. They are derived from its bytes: kept apart
from the store, by fingerprint, and made again if they are lost. Office files are not drawn, which takes an office suite: many hold
a small picture of themselves, shown then; else the beginning of a text, of slides or of a sheet is laid out anew, as a small picture too."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from documents.confined import LARGE, MAX_PAGES, SMALL
from documents.sandbox import UnreadableError, Worker

__all__ = [
    "DRAWABLE",
    "LARGE",
    "MAX_PAGES",
    "SMALL",
    "draw",
    "forget",
    "picture_name",
    "picture_path",
    "stored_fingerprints",
]

OFFICE = frozenset({"odt", "ods", "odp", "odg", "docx", "xlsx", "pptx"})
DRAWABLE = OFFICE | {"pdf", "ai", "png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "psd"}
"""Formats (extensions) of which there can be a picture. An .ai of this century is a PDF."""
MAX_PICTURE = 8 * 1024**2
"""Bytes of one picture."""
THUMBNAIL = "small"


def picture_name(sha256: str, picture: str) -> str:
    """Where a picture is in the derived store: `picture` is `THUMBNAIL` or a page's number."""
    return f"{sha256[:2]}/{sha256}-{picture}.webp"


def picture_path(sha256: str, picture: str) -> Path:
    return Path(settings.DERIVED_ROOT) / picture_name(sha256, picture)


def draw(sha256: str, path: str, worker: Worker) -> dict[str, int]:
    """Draw the file's first pages and keep them. Answers `pages`, `drawn`, and the first page's `width` and `height` in
    pixels. Raises `UnreadableError`, `OSError` when the pictures cannot be kept."""
    facts = {key: int(value) for key, value in worker.ask(ask="draw", path=path, seconds=worker.seconds).items()}
    for picture in [THUMBNAIL, *(str(number + 1) for number in range(facts["drawn"]))]:
        made = worker.folder / f"{picture}.webp"
        if not made.is_file() or made.stat().st_size > MAX_PICTURE:
            raise UnreadableError("heavy")
        _keep(made, picture_path(sha256, picture))
    return facts


def _keep(made: Path, final: Path) -> None:
    """Whole, or not at all."""
    final.parent.mkdir(parents=True, exist_ok=True)
    beside = final.with_name(f".{os.getpid()}-{final.name}")
    try:
        shutil.copyfile(made, beside)
        os.replace(beside, final)
    finally:
        beside.unlink(missing_ok=True)
        made.unlink()


def stored_fingerprints() -> Iterator[str]:
    """The fingerprints that have pictures in the derived store."""
    for thumbnail in Path(settings.DERIVED_ROOT).glob(f"??/*-{THUMBNAIL}.webp"):
        yield thumbnail.name.partition("-")[0]


def forget(sha256: str) -> None:
    for picture in [THUMBNAIL, *map(str, range(1, MAX_PAGES + 1))]:
        picture_path(sha256, picture).unlink(missing_ok=True)
