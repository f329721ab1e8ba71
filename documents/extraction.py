"""The text of a file, for search and for comparing versions."""

from documents.sandbox import UnreadableError, Worker

MAX_CHARACTERS = 100_000
"""Text kept, from its beginning: a longer document is found by what comes first."""

PLAIN_TEXT = frozenset({"txt", "md", "csv", "ics"})
READABLE = PLAIN_TEXT | {
    "pdf", "odt", "ods", "odp", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "rtf",
}  # fmt: skip
"""Formats (extensions) that hold text."""

__all__ = ["MAX_CHARACTERS", "PLAIN_TEXT", "READABLE", "UnreadableError", "text_of"]


def text_of(path: str, extension: str, media_type: str, worker: Worker | None = None) -> str:
    """At most `MAX_CHARACTERS` of the file's text, read by `worker` or by one of its own. Raises `UnreadableError`; `OSError`
    when it is not the file's fault: no room, no process, no bytes yet."""
    if extension in PLAIN_TEXT:
        return _decode(path)
    if worker is None:
        with Worker() as own:
            return text_of(path, extension, media_type, own)
    answer = worker.ask(ask="text", path=path, media_type=media_type)
    return str(answer.get("text", ""))[:MAX_CHARACTERS]


def _decode(path: str) -> str:
    with open(path, "rb") as file:
        raw = file.read(MAX_CHARACTERS * 4)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")[:MAX_CHARACTERS]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = error.start > len(raw) - 4  # a letter cut by the limit
        text = raw.decode("utf-8-sig", "ignore") if cut else raw.decode("cp1252", "replace")
    return text[:MAX_CHARACTERS]
