"""The store of bytes: a file's path is its SHA-256, so identical bytes are stored once and stored bytes never change.

Works over any Django storage that can tell whether a name exists: a local folder here, S3 in production by
`class S3ContentAddressedStorage(ContentAddressed, S3Storage)`.
"""

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

INCOMING = ".incoming"
"""Folder of the store, on its volume, for files being received or written: whatever stays there was interrupted."""

CLAIMS = ".claims"
"""Folder of the store: an empty file for each fingerprint that somebody is about to use."""
REMOVING = ".removing"
"""Folder of the store: files on their way out."""

READ_ONLY = 0o444
_STORED_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")


def fingerprint(content: File) -> str:
    """Hexadecimal SHA-256 of `content`, read by chunks from its beginning; leaves it rewound."""
    digest = hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def stored_name(digest: str) -> str:
    """Where the bytes of that fingerprint are."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


class ContentAddressed:
    """Mixin: names are fingerprints, a second save of the same bytes writes nothing, deletion is refused."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Keep the bytes; returns their name, whatever name was asked. Raises `OSError` when the volume refuses."""
        path = getattr(content, "stored_ahead", "") or stored_name(fingerprint(content))
        self.claim(path)
        if not self.exists(path):  # type: ignore[attr-defined]
            self._save(path, content)  # type: ignore[attr-defined]
        return path

    def save_ahead(self, content: Any) -> None:
        """Keep the bytes before a transaction that will save this very object, which nobody writes to meanwhile: it has
        nothing left to read then. Raises `OSError` when the volume refuses."""
        content.stored_ahead = self.save(None, content)

    def claim(self, name: str) -> None:
        """Say that these bytes are about to be used: `ContentAddressedStorage.remove` then leaves them alone. A store that
        removes nothing has nothing to say."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name  # the name is the content: there is nothing to avoid

    def delete(self, name: str) -> None:
        """Does nothing: Wagtail deletes a document's file with its row, but other rows may share these bytes."""


@deconstructible(path="documents.storage.ContentAddressedStorage")
class ContentAddressedStorage(ContentAddressed, FileSystemStorage):
    """The store in a local folder or a volume. A file appears under its fingerprint whole, synced to the disk and
    read-only, or not at all: it is written beside, then linked."""

    @property
    def incoming(self) -> Path:
        """The folder of files on their way in, made if need be."""
        folder = Path(self.location) / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def claim(self, name: str) -> None:
        self._claim_on(name).touch()

    def _claim_on(self, name: str) -> Path:
        folder = Path(self.location) / CLAIMS
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name.rpartition("/")[2]

    def remove(self, name: str, *, is_used: Callable[[str], bool]) -> bool:
        """Remove for good bytes that nothing uses. Returns whether they are gone.

        Whoever stores the same bytes at this moment loses nothing: they claim them, then look whether the file is there; here
        it is first moved aside, then the claim is looked at again. Either the claim is seen, and the file goes back, or the
        other one no longer finds the file, and writes it anew. Claims are kept a day, and no request lasts a day: a claim
        that is gone belongs to a transaction whose rows `is_used` sees."""
        final, claim = Path(self.path(name)), self._claim_on(name)
        if claim.exists() or is_used(name):
            return False
        aside = Path(self.location) / REMOVING / final.name
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(final, aside)
        except FileNotFoundError:
            return False
        if claim.exists() or is_used(name):
            self._put_back(aside)
            return False
        aside.unlink()
        return True

    def finish_removals(self, *, is_used: Callable[[str], bool], older_than: int) -> None:
        """Drop the claims of more than `older_than` seconds, and settle what a killed removal left aside."""
        oldest = time.time() - older_than
        for claim in (Path(self.location) / CLAIMS).glob("*"):
            if claim.stat().st_mtime <= oldest:
                claim.unlink(missing_ok=True)
        for aside in (Path(self.location) / REMOVING).glob("*"):
            if is_used(stored_name(aside.name)) or self._claim_on(aside.name).exists():
                self._put_back(aside)
            else:
                aside.unlink(missing_ok=True)

    def _put_back(self, aside: Path) -> None:
        final = Path(self.path(stored_name(aside.name)))
        with contextlib.suppress(FileExistsError):  # stored anew meanwhile: the same bytes
            os.link(aside, final)
        aside.unlink(missing_ok=True)

    def _save(self, name: str, content: Any) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.incoming, prefix="write-") as file:
            digest = hashlib.sha256()
            content.seek(0)
            for chunk in content.chunks():
                digest.update(chunk)
                file.write(chunk)
            if digest.hexdigest() != final.name:
                raise OSError(f"The content changed while it was stored: {name}")
            file.flush()
            os.fchmod(file.fileno(), READ_ONLY)
            os.fsync(file.fileno())
            try:
                os.link(file.name, final)
            except FileExistsError:
                return name  # somebody stored the same bytes meanwhile
        _sync_folder(final.parent)
        return name

    def stored_names(self) -> Iterator[str]:
        """Every file of the store, named as in the database; other files too, for the check to denounce."""
        root = Path(self.location)
        for folder, folders, files in os.walk(root):
            if Path(folder) == root:
                folders[:] = [name for name in folders if name not in (INCOMING, CLAIMS, REMOVING)]
            folders.sort()
            for file in sorted(files):
                yield (Path(folder) / file).relative_to(root).as_posix()


def is_stored_name(name: str) -> bool:
    return _STORED_NAME.fullmatch(name) is not None


def _sync_folder(folder: Path) -> None:
    """A name is safe from a power cut when its folder is synced too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
