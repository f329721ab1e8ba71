"""Handing bytes over, once the right has been checked by the caller: to nginx where there is one (`X_ACCEL_PREFIX`), else by
Django itself, with ranges and conditional requests, so that players, resumed downloads and caches work the same.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

CHUNK = 64 * 1024
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
"""Whatever a file holds, it runs nothing and reads nothing of the site."""

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")


class UnsatisfiableRangeError(Exception):
    """The range starts after the end of the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked, both included; None when the whole file is to be sent: no range, several of them, or
    nonsense (RFC 9110 lets a server ignore those). Raises `UnsatisfiableRangeError`."""
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size or (not first and int(last) == 0):
        raise UnsatisfiableRangeError
    return start, end


class _Slice:
    """Part of an open file, read by chunks; closes the file at the end."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0:
            chunk = self.file.read(min(CHUNK, self.left))
            if not chunk:
                return
            self.left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()


def begins_a_download(request: HttpRequest, response: HttpResponseBase, size: int) -> bool:
    """Whether this answer hands over the beginning of the file. Behind nginx, the answer is not known yet: the question is."""
    if request.method != "GET" or response.status_code not in (200, 206):
        return False
    try:
        part = parse_range(request.headers.get("Range", ""), size)
    except UnsatisfiableRangeError:
        return False
    return (response.status_code == 200 and not settings.X_ACCEL_PREFIX) or part is None or part[0] == 0


def is_conditional(request: HttpRequest) -> bool:
    return bool({"If-None-Match", "If-Modified-Since"} & set(request.headers))


def serve(
    request: HttpRequest,
    *,
    path: str,
    internal: str,
    size: int,
    media_type: str,
    name: str,
    etag: str,
    inline: bool = False,
    max_age: int = 0,
) -> HttpResponseBase:
    """The answer to a GET or HEAD that may read the file. `path` is on this disk, `internal` the same file under
    `X_ACCEL_PREFIX`, `size` in bytes, `etag` without quotes, `max_age` in
    seconds, for the reader's own browser. Raises `FileNotFoundError` when the bytes are not there."""
    if settings.X_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{quote(internal)}"
    else:
        response = _direct(request, path=path, size=size, etag=f'"{etag}"')
    if response.status_code not in (304, 416):
        response["Content-Type"] = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
        response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={max_age}" if max_age else "private, no-cache"
    return response


def _direct(request: HttpRequest, *, path: str, size: int, etag: str) -> HttpResponseBase:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in known or f"W/{etag}" in known or known == ["*"]:
        return HttpResponse(status=304, headers={"ETag": etag})
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        asked = ""
    try:
        part = parse_range(asked, size)
    except UnsatisfiableRangeError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    start, end = part or (0, size - 1)
    file = open(path, "rb")  # noqa: SIM115 -- closed with the response
    if request.method == "HEAD":
        file.close()
        response: HttpResponseBase = HttpResponse()
    else:
        response = FileResponse(_Slice(file, start, end - start + 1))
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response
