"""The door: which files come in, and under which name. What a browser says of a file (its type) is never believed: the
format is the name's extension, held against the first bytes."""

import re
import unicodedata
from dataclasses import dataclass

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File

MAX_NAME = 255
"""Characters of a file's name, extension included."""

_HEAD = 8192
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)  # old Office files, and new ones under a password
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
# Control characters, and those that turn the direction of writing (« devis\u202efdp.exe » reads « devisexe.pdf »).
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class _Format:
    media_type: str
    starts: tuple[bytes, ...] = ()
    """First bytes, one of which is needed."""
    anywhere: bytes = b""
    """Bytes needed somewhere in the first 8 kB."""
    family: str = ""
    """« image », « audio », « video »: what the content must be found to be."""
    is_text: bool = False


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

FORMATS: dict[str, _Format] = {
    "pdf": _Format("application/pdf", anywhere=b"%PDF-"),
    "odt": _Format(_ODF + "text", starts=_ZIP),
    "ods": _Format(_ODF + "spreadsheet", starts=_ZIP),
    "odp": _Format(_ODF + "presentation", starts=_ZIP),
    "odg": _Format(_ODF + "graphics", starts=_ZIP),
    "docx": _Format(_OOXML + "wordprocessingml.document", starts=_ZIP + _OLE),
    "xlsx": _Format(_OOXML + "spreadsheetml.sheet", starts=_ZIP + _OLE),
    "pptx": _Format(_OOXML + "presentationml.presentation", starts=_ZIP + _OLE),
    "doc": _Format("application/msword", starts=(*_OLE, b"{\\rtf")),
    "xls": _Format("application/vnd.ms-excel", starts=_OLE),
    "ppt": _Format("application/vnd.ms-powerpoint", starts=_OLE),
    "rtf": _Format("application/rtf", starts=(b"{\\rtf",)),
    "txt": _Format("text/plain", is_text=True),
    "md": _Format("text/plain", is_text=True),
    "csv": _Format("text/csv", is_text=True),
    "ics": _Format("text/calendar", is_text=True),
    "svg": _Format("image/svg+xml", anywhere=b"<svg", is_text=True),
    "png": _Format("image/png", family="image"),
    "jpg": _Format("image/jpeg", family="image"),
    "jpeg": _Format("image/jpeg", family="image"),
    "gif": _Format("image/gif", family="image"),
    "webp": _Format("image/webp", family="image"),
    "heic": _Format("image/heic", family="image"),
    "tif": _Format("image/tiff", family="image"),
    "tiff": _Format("image/tiff", family="image"),
    "mp3": _Format("audio/mpeg", family="audio"),
    "m4a": _Format("audio/mp4", starts=(), family="audio"),
    "wav": _Format("audio/x-wav", family="audio"),
    "mp4": _Format("video/mp4", family="video"),
    "mov": _Format("video/quicktime", family="video"),
    "webm": _Format("video/webm", family="video"),
    "zip": _Format("application/zip", starts=_ZIP),
    "eps": _Format("application/postscript", starts=(b"%!PS", b"\xc5\xd0\xd3\xc6")),
    "ai": _Format("application/postscript", starts=(b"%PDF-", b"%!PS")),
    "indd": _Format("application/x-indesign", starts=(b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5",)),
    "psd": _Format("image/vnd.adobe.photoshop", starts=(b"8BPS",)),
}
"""What an office, a printer and a telephone make. Programs, macros and web pages are not in it."""

INLINE_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
"""Shown in the browser on request; everything else is only ever handed over as a file."""

ACCEPTED_IN_WORDS = "PDF, textes, tableurs et présentations (ODT, ODS, ODP, DOCX, XLSX, PPTX…), images, sons, vidéos, ZIP, EPS, AI, INDD"


@dataclass(frozen=True)
class Checked:
    """A file that may come in."""

    name: str
    extension: str
    media_type: str
    size: int


def clean_name(raw: str) -> str:
    """The name as its author reads it: composed accents (a Mac sends « e » then « ´ »), no folder, no control character,
    at most 255 characters, the extension kept. Empty when nothing is left of it."""
    name = unicodedata.normalize("NFC", raw)
    name = _UNWANTED.sub("", re.split(r"[/\\]", name)[-1])
    name = " ".join(name.split()).rstrip(". ")
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        name = stem[: MAX_NAME - len(extension) - 1] + dot + extension if len(extension) <= 10 else name[:MAX_NAME]
    return name


def title_of(name: str) -> str:
    """What a file's name says, without its extension: « CR_CTT_mars.pdf » gives « CR CTT mars »."""
    stem = name.rpartition(".")[0] or name
    return " ".join(stem.replace("_", " ").split()) or name


def max_size() -> str:
    """« 150 Mo »: the largest file accepted, as people say it."""
    return f"{settings.DOCUMENT_MAX_BYTES // 1024**2}\u00a0Mo"


def too_large_message() -> str:
    return f"ce fichier est trop lourd : {max_size()} au plus par fichier."


def check_file(file: File) -> Checked:
    """The name, format and size under which `file` is kept; leaves it rewound.

    Raises `ValidationError` with a French sentence that follows the file's name, and a code: `unnamed`, `empty`,
    `too_large`, `format`, `content`."""
    name = clean_name(file.name or "")
    if not name:
        raise ValidationError("son nom ne contient aucun caractère lisible.", "unnamed")
    if not file.size:
        raise ValidationError("ce fichier est vide (0 octet).", "empty")
    if file.size > settings.DOCUMENT_MAX_BYTES:
        raise ValidationError(too_large_message(), "too_large")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    expected = FORMATS.get(extension)
    if expected is None:
        kind = f"le format « .{extension[:10]} » n’est pas accepté" if extension else "son nom n’a pas d’extension"
        raise ValidationError(f"{kind}. Formats acceptés : {ACCEPTED_IN_WORDS}.", "format")
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not _agrees(head, expected):
        raise ValidationError(
            f"son contenu n’est pas celui d’un fichier {extension.upper()}. "
            "Ouvrez-le et enregistrez-le de nouveau dans ce format.",
            "content",
        )
    return Checked(name, extension, _media_type(head, expected), file.size)


def _agrees(head: bytes, expected: _Format) -> bool:
    if head.startswith(_PROGRAMS):
        return False
    if expected.starts and not head.startswith(expected.starts):
        return False
    if expected.anywhere and expected.anywhere not in head:
        return False
    if expected.is_text and b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return not expected.family or _family(head) in _families(expected)


def _families(expected: _Format) -> set[str]:
    """An .m4a or an .mp4 are the same container: one may be found to be the other."""
    return {"audio", "video"} if expected.family in ("audio", "video") else {expected.family}


def _family(head: bytes) -> str:
    return (filetype.guess_mime(head) or "").partition("/")[0]


def _media_type(head: bytes, expected: _Format) -> str:
    """A PNG named .jpg is shown as the PNG that it is."""
    return filetype.guess_mime(head) or expected.media_type if expected.family == "image" else expected.media_type
