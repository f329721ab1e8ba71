"""A folder or a selection in one ZIP, made while it is sent: nothing is kept in memory or on the disk. What goes in is what the
reader may read when they ask, and a list of it (`LISEZ-MOI.csv`)."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_STORED

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from zipstream import ZipStream

from documents.models import Document, Folder, document_store
from documents.resources import SHELVES, resources_of
from documents.scanning import may_take
from documents.validation import clean_name

if TYPE_CHECKING:
    from accounts.models import User
    from spaces.models import Space

MANIFEST = "LISEZ-MOI.csv"
_HEADER = ("Chemin", "Titre", "Version", "SHA-256", "Date", "État")
_READY = "joint"


class TooLargeError(Exception):
    """More than `ZIP_MAX_BYTES`, or than `ZIP_MAX_FILES`."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the archive. `path` is in the archive, `source` in the store; `size` in bytes."""

    document_id: int
    path: str
    source: str
    title: str
    number: int
    sha256: str
    at: datetime
    size: int
    state: str = _READY

    @property
    def is_ready(self) -> bool:
        return self.state == _READY


def of_folder(user: "User", folder: Folder) -> list[Packed]:
    """All that `user` reads in the folder and below it. Two queries. Raises `TooLargeError`."""
    every = list(Folder.objects.visible_to(user).filter(space=folder.space_id).order_by("position", "name", "pk"))
    paths = {folder.pk: ""}
    below = [folder]
    taken: set[str] = set()
    for one in below:
        for child in every:
            if child.parent_id == one.pk:
                paths[child.pk] = _free(f"{paths[one.pk]}{_safe(child.name)}", taken) + "/"
                below.append(child)
    return _pack(user, Document.objects.visible_to(user).filter(folder__in=paths), paths)


def of_selection(user: "User", uuids: Iterable[object]) -> list[Packed]:
    """Those of these documents that `user` reads. One query. Raises `TooLargeError`."""
    return _pack(user, Document.objects.visible_to(user).filter(uuid__in=list(uuids)), {})


def of_resources(user: "User", space: "Space") -> list[Packed]:
    """All that « Ressources » shows `user` of the space, one folder for each of its groups. One query. Raises `TooLargeError`."""
    paths = {kind.value: f"{name}/" for kind, name in SHELVES.items()}
    return _pack(user, resources_of(user, space), paths, by="kind")


def _pack(user: "User", documents: "object", paths: dict[Any, str], by: str = "folder_id") -> list[Packed]:
    """`paths`: where each goes, by its column `by`."""
    columns = (
        *("pk", by, "file", "original_name", "title", "current_number", "sha256", "published_at", "file_size"),
        *("version_author_id", "scan_state"),
    )
    rows = documents.with_scan_state().order_by("title", "pk").values_list(*columns)  # type: ignore[attr-defined]
    rows = list(rows[: settings.ZIP_MAX_FILES + 1])
    if len(rows) > settings.ZIP_MAX_FILES or sum(row[8] or 0 for row in rows) > settings.ZIP_MAX_BYTES:
        raise TooLargeError
    taken = {MANIFEST.casefold()} | {path.rstrip("/").casefold() for path in paths.values()}
    packed = []
    for pk, place, file, name, title, number, sha256, at, size, author_id, scan_state in rows:
        state = _READY
        if not may_take(user, scan_state=scan_state, depositor_id=author_id):
            state = "retenu par l’antivirus"
        elif not Path(document_store().path(file)).is_file():
            state = "fichier introuvable, signalez-le à l’animation régionale"
        path = _free(paths.get(place, "") + _safe(name), taken)
        packed.append(Packed(pk, path, file, title, number, sha256, at, size or 0, state))
    return packed


def _safe(name: str) -> str:
    """A name that unpacks anywhere, and nowhere else: no separator, no leading dot, no trailing dot or space."""
    cleaned = clean_name("".join("-" if letter in '/\\:*?"<>|' else letter for letter in name))
    return cleaned.strip(". ")[:150] or "sans nom"


def _free(path: str, taken: set[str]) -> str:
    """`path`, or « nom (2).pdf » when it is taken. Capitals aside, as most disks do."""
    stem, dot, extension = path.rpartition(".")
    if not dot or "/" in extension:
        stem, dot, extension = path, "", ""
    number, free = 1, path
    while free.casefold() in taken:
        number += 1
        free = f"{stem} ({number}){dot}{extension}"
    taken.add(free.casefold())
    return free


def manifest(packed: list[Packed]) -> bytes:
    """What the archive holds, for a spreadsheet: a cell that begins like a formula is made plain text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_HEADER)
    for one in packed:
        at = timezone.localtime(one.at).strftime("%d/%m/%Y %H:%M")
        writer.writerow([_plain(cell) for cell in (one.path, one.title, str(one.number), one.sha256, at, one.state)])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def stream(packed: list[Packed]) -> Iterator[bytes]:
    """The archive's bytes, as they are read: one piece of one file in memory at a time. Files are already compressed, most of
    them: they are stored as they are."""
    archive = ZipStream(compress_type=ZIP_STORED)
    archive.add(manifest(packed), MANIFEST)
    for one in packed:
        if one.is_ready:
            archive.add_path(document_store().path(one.source), one.path)
    yield from archive


def respond(packed: list[Packed], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(stream(packed), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{_safe(name)}.zip") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
