"""Receiving files. Stock Django writes whatever comes, breaks the connection when the disk is full, and leaves the temporary
file of a killed upload for ever. These handlers (`FILE_UPLOAD_HANDLERS`) write on the store's own volume, where
`sweep_uploads` finds leftovers, and drop a file that is too large or has no room, reading it to its end so that the
person gets a sentence instead of a broken connection.
"""

import contextlib
import errno
import tempfile
import time
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from documents.storage import ContentAddressedStorage

TOO_LARGE = "too_large"
NO_ROOM = "no_room"

NO_ROOM_ERRORS = (errno.ENOSPC, errno.EDQUOT)
LEFTOVER_AGE = 24 * 60 * 60
"""Seconds after which a file still on its way in belongs to nobody: no request lasts a day."""


def refused_uploads(request: HttpRequest) -> list[tuple[str, str]]:
    """Names of the files dropped while `request` was received, each with TOO_LARGE or NO_ROOM."""
    return request.__dict__.setdefault("_refused_uploads", [])


class _Refusing(FileUploadHandler):
    def refuse(self, reason: str) -> SkipFile:
        if self.request is not None:
            refused_uploads(self.request).append((self.file_name or "", reason))
            # For a form that is given the person and not the request: Wagtail's.
            self.request.user.refused_uploads = refused_uploads(self.request)  # type: ignore[union-attr]
        return SkipFile()


class SizeLimitHandler(_Refusing):
    """First of all: drops whatever comes from somebody who is not signed in (the CSRF check reads a body before sign-in is
    asked for, and no form that is open to everybody takes a file), and a file as soon as it passes `DOCUMENT_MAX_BYTES`."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.DOCUMENT_MAX_BYTES:
            raise self.refuse(TOO_LARGE)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class IncomingFile(UploadedFile):
    """A file received in the store's incoming folder; it disappears when closed."""

    def __init__(self, name: str, content_type: str, charset: str | None, extra: dict[str, Any] | None) -> None:
        store = storages["documents"]
        folder = store.incoming if isinstance(store, ContentAddressedStorage) else None
        file = tempfile.NamedTemporaryFile(dir=folder, prefix="receive-")  # noqa: SIM115 -- closed with the upload
        super().__init__(file, name, content_type, 0, charset, extra)

    def temporary_file_path(self) -> str:
        return self.file.name


class IncomingFileHandler(_Refusing):
    """What is too large for memory goes to the incoming folder."""

    file: IncomingFile
    """Absent when there is none: Django's parser closes whatever a handler calls `file`."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.__dict__.pop("file", None)
        try:
            self.file = IncomingFile(self.file_name, self.content_type, self.charset, self.content_type_extra)
        except OSError as error:
            raise self._no_room(error) from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            self.file.write(raw_data)
        except OSError as error:
            raise self._no_room(error) from error

    def file_complete(self, file_size: int) -> IncomingFile | None:
        if "file" not in self.__dict__:
            return None  # kept in memory by the handler before this one
        try:
            self.file.seek(0)
        except OSError as error:  # the last bytes are written here
            if error.errno not in NO_ROOM_ERRORS:
                raise
            self.refuse(NO_ROOM)
            self._drop()
            return None
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        self._drop()

    def _no_room(self, error: OSError) -> BaseException:
        if error.errno not in NO_ROOM_ERRORS:
            return error
        self._drop()
        return self.refuse(NO_ROOM)

    def _drop(self) -> None:
        file = self.__dict__.pop("file", None)
        if file is not None:
            discard(file)


def discard(file: UploadedFile) -> None:
    """Close a temporary file, which removes it; a full disk may complain of bytes not yet written, and is not listened to."""
    with contextlib.suppress(OSError):
        file.close()


def sweep(older_than: int = LEFTOVER_AGE) -> int:
    """Remove what interrupted uploads and writes have left for more than `older_than` seconds. Returns how many files."""
    store = storages["documents"]
    if not isinstance(store, ContentAddressedStorage):
        return 0
    oldest = time.time() - older_than
    swept = 0
    for path in store.incoming.iterdir():
        if path.is_file() and path.stat().st_mtime <= oldest:
            path.unlink(missing_ok=True)
            swept += 1
    return swept
