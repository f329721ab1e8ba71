"""The text of a file, for search and for comparing versions."""

from typing import NamedTuple

from documents.confined import MAX_CHARACTERS
from documents.sandbox import UnreadableError, Worker

PLAIN_TEXT = frozenset({"txt", "md", "csv", "ics"})
READABLE = PLAIN_TEXT | {
    "pdf", "odt", "ods", "odp", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "rtf",
}  # fmt: skip
"""Formats (extensions) that hold text."""

__all__ = ["MAX_CHARACTERS", "PLAIN_TEXT", "READABLE", "Text", "UnreadableError", "text_of"]


class Text(NamedTuple):
    """`is_cut`: the file has more than these words."""

    words: str
    is_cut: bool


def text_of(path: str, extension: str, media_type: str, worker: Worker | None = None) -> Text:
    """At most `MAX_CHARACTERS` of the file's text, read by `worker` or by one of its own. Raises `UnreadableError`; `OSError`
    when it is not the file's fault: no room, no process, no bytes yet."""
    if extension in PLAIN_TEXT:
        return _read_plain(path)
    if worker is None:
        with Worker() as own:
            return text_of(path, extension, media_type, own)
    answer = worker.ask(ask="text", path=path, media_type=media_type)
    return Text(str(answer.get("text", ""))[:MAX_CHARACTERS], answer.get("is_cut") is True)


def _read_plain(path: str) -> Text:
    with open(path, "rb") as file:
        raw = file.read((MAX_CHARACTERS + 1) * 4)
    text = _decode(raw)
    return Text(text[:MAX_CHARACTERS], len(text) > MAX_CHARACTERS)


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = error.start > len(raw) - 4  # a letter cut by the limit
        return raw.decode("utf-8-sig", "ignore") if cut else raw.decode("cp1252", "replace")
