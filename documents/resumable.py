"""Receiving a large file by parts, so that a cut costs the last part alone: the server half of tus 1.0 (creation, checksum,
expiration, termination). Parts are written at the end of a file on the store's own volume and never held in memory; an
upload that nobody resumes is swept with the other leftovers (`uploads.sweep`)."""

import base64
import binascii
import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from documents.models import IncomingUpload
from documents.uploads import LEFTOVER_AGE
from documents.validation import ACCEPTED_IN_WORDS, FORMATS, clean_name, too_large_message
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

CHUNK = 256 * 1024
"""Bytes read from the network, then written, at once."""
MAX_WAITING = 20
"""Uploads that one person may leave unfinished."""
CHECKSUMS = ("sha256", "sha1")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ConflictError(Exception):
    """The part does not follow what has been received, or another is being written."""


class ChecksumError(Exception):
    """The part is not what its sender says: it has been thrown away."""


def metadata(header: str) -> dict[str, str]:
    """tus's `Upload-Metadata`: words in base64. What cannot be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            found[key] = base64.b64decode(value, validate=True).decode()
    return found


def start(*, space: Space, name: str, size: int, choices: Mapping[str, str], by: "User") -> IncomingUpload:
    """Make room for a file of `size` bytes; `choices` are the deposit form's other fields, kept until the end.

    Raises `PermissionDenied`/`Http404` without ADD_DOCUMENT, `ValidationError` for what the door would refuse in the end
    (too large, unknown format) or too many uploads left unfinished, `OSError` when the volume refuses."""
    policy.require(by, Ability.ADD_DOCUMENT, space)
    name = clean_name(name)
    if size > settings.DOCUMENT_MAX_BYTES:
        raise ValidationError(too_large_message(), "too_large")
    if name.rpartition(".")[2].lower() not in FORMATS:
        raise ValidationError(f"ce format n’est pas accepté. Formats acceptés : {ACCEPTED_IN_WORDS}.", "format")
    if IncomingUpload.objects.visible_to(by).count() >= MAX_WAITING:
        raise ValidationError("trop d’envois sont restés inachevés : annulez-en, ou attendez demain.", "too_many")
    upload = IncomingUpload(author=by, space=space, name=name, size=size, choices=dict(choices))
    upload.path.touch(mode=0o600)
    upload.save()
    return upload


def append(upload: IncomingUpload, part: Readable, *, offset: int, checksum: str = "") -> int:
    """Write the part that starts at `offset`; returns how much has been received in all. What came before a cut is kept,
    unless the part has a checksum: then it counts whole or not at all.

    Raises `ConflictError`, `ChecksumError`, `FileNotFoundError` once swept, `OSError` when the volume is full (nothing of
    the part is kept then)."""
    algorithm, _, expected = checksum.partition(" ")
    digest = hashlib.new(algorithm) if algorithm in CHECKSUMS else None
    with locked(upload) as file:
        if file.seek(0, os.SEEK_END) != offset:
            raise ConflictError
        try:
            for chunk in _chunks(part, upload.size - offset):
                if digest is not None:
                    digest.update(chunk)
                _write_whole(file, chunk)
        except OSError:
            os.ftruncate(file.fileno(), offset)
            raise
        if digest is not None and base64.b64encode(digest.digest()).decode() != expected:
            os.ftruncate(file.fileno(), offset)
            raise ChecksumError
        return os.fstat(file.fileno()).st_size


def _write_whole(file: BinaryIO, chunk: bytes) -> None:
    """A file without a buffer may take less than it is given (a disk nearly full, a signal) and say so only by its answer."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]


def _chunks(part: Readable, most: int) -> Iterator[bytes]:
    """At most `most` bytes; a connection that is cut ends the part."""
    while most > 0:
        try:
            chunk = part.read(min(CHUNK, most))
        except OSError:  # Django's UnreadablePostError is one: what came before the cut is kept
            return
        if not chunk:
            return
        most -= len(chunk)
        yield chunk


@contextlib.contextmanager
def locked(upload: IncomingUpload) -> Iterator[BinaryIO]:
    """The file, held by this process alone. Raises `ConflictError` when another holds it, `FileNotFoundError` once swept."""
    with open(upload.path, "r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError from error
        yield file


def discard(upload: IncomingUpload) -> None:
    """Forget the upload and its bytes."""
    IncomingUpload.objects.filter(pk=upload.pk).delete()  # first: what is being published waits for its row
    upload.path.unlink(missing_ok=True)


def expires_at(upload: IncomingUpload) -> float:
    """Seconds of the epoch after which, left alone, it is swept."""
    return upload.path.stat().st_mtime + LEFTOVER_AGE


def forget_swept() -> int:
    """Delete the rows whose file has been swept. Returns how many."""
    old = IncomingUpload.objects.filter(created_at__lt=timezone.now() - timedelta(seconds=LEFTOVER_AGE))
    gone = [upload.pk for upload in old if not upload.path.exists()]
    IncomingUpload.objects.filter(pk__in=gone).delete()
    return len(gone)
