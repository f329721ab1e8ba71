"""The program that opens strangers' files: run by `sandbox.Worker`, never imported by the site, of which it knows nothing.

It says in one line (JSON) how well it is confined, then reads one question a line and answers one line. Limits come first, then the libraries; whatever they print goes
nowhere. It may crash or be killed at any moment without harm."""

import ctypes
import io
import json
import os
import resource
import signal
import struct
import sys
import time
from typing import Any

MAX_CHARACTERS = 300_000
"""Text kept, from its beginning (some 150 full pages): a longer document is found by what comes first, and says so."""
MAX_PIXELS = 80_000_000
"""A larger picture is not opened: a few kilobytes of PNG can unfold to gigabytes."""
MAX_PAGES = 5
"""Pages drawn, from the first."""
SMALL, LARGE = 320, 1100
"""Widths in pixels of a thumbnail and of a page."""

OFFICE_PICTURES = (
    "thumbnails/thumbnail.png",
    "docprops/thumbnail.jpeg",
    "docprops/thumbnail.jpg",
    "docprops/thumbnail.png",
)
"""Where an office file may hold the picture of its first page, as whoever wrote it last made it."""
MAX_OFFICE_PICTURE = 4 * 1024**2
"""Bytes of that picture, unpacked."""

_OLE = b"\xd0\xcf\x11\xe0"
"""An old-style container: what a password makes of an office file, a ZIP otherwise."""
_PICTURES = ("PNG", "JPEG", "MPO", "GIF", "WEBP", "TIFF", "PSD")


class TooHeavyError(Exception):
    """Larger than what we open."""


class NoPictureError(Exception):
    """A file that holds no picture of itself, or none that can be read: nothing is wrong with the rest of it."""


class ProtectedError(Exception):
    """Asks for a password."""


def read_text(path: str, media_type: str) -> dict[str, Any]:
    import kreuzberg

    with open(path, "rb") as file:
        start = file.read(8)
    if "openxmlformats" in media_type and start.startswith(_OLE):
        raise ProtectedError
    config = kreuzberg.ExtractionConfig(use_cache=False, ocr=None)
    text = kreuzberg.extract_file_sync(path, media_type, config=config).content
    return {"text": text[:MAX_CHARACTERS], "is_cut": len(text) > MAX_CHARACTERS}


def draw(path: str, seconds: float) -> dict[str, Any]:
    """Writes `small.webp`, then `1.webp`, `2.webp`… in the current folder, for at most half of `seconds`. Answers how many
    pages the file has, how many were drawn, and the first one's size in pixels. Of an office file, whose pages are not known,
    `small.webp` alone: the picture that it holds of itself, else the beginning of what it says."""
    with open(path, "rb") as file:
        start = file.read(1024)
    if start.startswith(_OLE):
        raise ProtectedError
    if start.startswith(b"PK\x03\x04"):
        return _draw_office(path, seconds)
    return _draw_pdf(path, seconds / 2) if b"%PDF-" in start else _draw_picture(path)


def _draw_office(path: str, seconds: float) -> dict[str, Any]:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            held = next((name for name in names if name.lower() in OFFICE_PICTURES), None)
            if held is not None:
                image = _opened(io.BytesIO(_member(archive, held)), ("PNG", "JPEG"))
            elif "xl/workbook.xml" in names:
                with open(path, "rb") as file:
                    image = _set(_SHEET + _table(file))
            elif "ppt/presentation.xml" in names:
                image = _set(_SLIDE + _typst(path, "pptx", seconds))
            elif "word/document.xml" in names:
                image = _set(_PAGE + _typst(path, "docx", seconds))
            elif _member(archive, "mimetype") == b"application/vnd.oasis.opendocument.text":
                image = _set(_PAGE + _typst(path, "odt", seconds))
            else:
                raise NoPictureError
    except Exception as error:
        raise NoPictureError from error
    image.thumbnail((SMALL, 2 * SMALL))
    _save(image, "small")
    return {"pages": 0, "drawn": 0, "width": image.width, "height": image.height}


def _member(archive: Any, name: str) -> bytes:
    with archive.open(name) as member:
        held: bytes = member.read(MAX_OFFICE_PICTURE + 1)
    if len(held) > MAX_OFFICE_PICTURE:
        raise TooHeavyError
    return held


_BEGINNING = """
function Image() return {} end
function RawInline() return {} end
function RawBlock() return {} end
function Pandoc(document)
  local title = document.meta.title
  document.blocks = {table.unpack(document.blocks, 1, 60)}
  if title then table.insert(document.blocks, 1, pandoc.Header(1, pandoc.utils.stringify(title))) end
  return document
end
"""
"""For pandoc: what a first page can hold, without pictures."""
_PAGE = """#set page("a4", margin: 2cm)
#set text(lang: "fr", size: 13pt)
#show figure: set block(breakable: true)
#let horizontalrule = line(length: 100%)
"""
_SLIDE = """#set page("presentation-16-9", margin: 2cm)
#set text(lang: "fr", size: 28pt)
#set align(horizon)
#show heading.where(level: 2): it => { pagebreak(weak: true); it }
"""
_SHEET = """#set page(width: 18cm, height: 12.7cm, margin: 0.6cm)
#set text(lang: "fr", size: 10pt)
#set table(inset: 4pt, stroke: 0.5pt + gray)
#show table.cell.where(y: 0): strong
"""
_ROWS, _COLUMNS, _CELL = 30, 6, 40
"""Of a sheet's beginning; the characters of a cell."""
_CHILD_MEMORY, _CHILD_OUTPUT = 512 * 1024**2, 2 * 1024**2


def _typst(path: str, kind: str, seconds: float) -> str:
    """The beginning of a text or of slides, in typst's words: pandoc reads it, a child held as we are."""
    import subprocess

    import pypandoc

    with open("beginning.lua", "w", encoding="utf-8") as file:
        file.write(_BEGINNING)
    pandoc = os.path.join(os.path.dirname(pypandoc.__file__), "files", "pandoc")
    command = [pandoc, "--sandbox", f"--from={kind}", "--to=typst", "--lua-filter=beginning.lua", path]
    with open(os.devnull, "rb") as nothing, open("page.typ", "wb") as out:
        subprocess.run(  # noqa: S603 -- our own program; the file is its data
            command, stdin=nothing, stdout=out, check=True, timeout=seconds / 3, preexec_fn=_hold_child
        )
    with open("page.typ", encoding="utf-8") as file:
        text = file.read()
    if not text.strip():
        raise NoPictureError
    return text


def _table(file: Any) -> str:
    """The beginning of the first sheet, in typst's words: whatever is no letter in a cell is said to be no command."""
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
    rows = [list(map(_said, row)) for row in sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS)]
    rows = [row for row in rows if any(row)]
    width = max(number for row in rows for number, words in enumerate(row, 1) if words)
    cells = (
        "".join(c if c.isalnum() else f"\\u{{{ord(c):x}}}" for c in words) for row in rows for words in row[:width]
    )
    return f"#table(columns: {width}, {', '.join(f'[{words}]' for words in cells)})"


def _said(cell: Any) -> str:
    """As the sheet shows it, nearly: a day, a share, at most two decimals."""
    value = cell.value
    if hasattr(value, "strftime"):
        return str(value.strftime("%d/%m/%Y" if hasattr(value, "day") else "%H:%M"))
    if isinstance(value, float):
        is_share = "%" in (cell.number_format or "")
        number = f"{value * 100 if is_share else value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
        return f"{number} %" if is_share else number
    return "" if value is None else " ".join(str(value)[:_CELL].split())


def _set(text: str) -> Any:
    """The first page of what typst, which is given no folder, makes of it."""
    import pypdfium2
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    with pypdfium2.PdfDocument(typst.compile({"main.typ": text.encode()}, font_paths=fonts)) as pdf:
        return pdf[0].render(scale=SMALL / pdf[0].get_width()).to_pil().convert("RGB")


def _hold_child() -> None:
    """Dies with us, and takes less than we may."""
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (_CHILD_MEMORY, _CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_CHILD_OUTPUT, _CHILD_OUTPUT))


def _draw_pdf(path: str, seconds: float) -> dict[str, Any]:
    import pypdfium2

    until = time.monotonic() + seconds
    with pypdfium2.PdfDocument(path) as pdf:
        count = len(pdf)
        for number in range(min(count, MAX_PAGES)):
            if number and time.monotonic() > until:
                break
            page = pdf[number]
            width, height = page.get_size()
            if not (0 < width < 1e6 and 0 < height < 1e6):
                raise ValueError("a page without a size")
            image = page.render(scale=min(LARGE / width, 2 * LARGE / height)).to_pil().convert("RGB")
            if not number:
                size = _save_first(image)
            else:
                _save(image, f"{number + 1}")
            drawn = number + 1
            page.close()
    return {"pages": count, "drawn": drawn, **size}


def _draw_picture(path: str) -> dict[str, Any]:
    return {"pages": 1, "drawn": 1, **_save_first(_opened(path, _PICTURES))}


def _opened(file: Any, formats: tuple[str, ...]) -> Any:
    """The picture, upright, on white."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours below, which also counts what Pillow only warns about
    with Image.open(file, formats=formats) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooHeavyError
        opened.draft("RGB", (LARGE, 2 * LARGE))
        opened.load()
        image = ImageOps.exif_transpose(opened)
        if image.mode != "RGB":
            white = Image.new("RGBA", image.size, "white")
            white.alpha_composite(image.convert("RGBA"))
            image = white.convert("RGB")
    return image


def _save_first(image: Any) -> dict[str, int]:
    image.thumbnail((LARGE, 2 * LARGE))
    _save(image, "1")
    width, height = image.size
    image.thumbnail((SMALL, 2 * SMALL))
    _save(image, "small")
    return {"width": width, "height": height}


def _save(image: Any, name: str) -> None:
    image.info.clear()  # no place, no camera, no foreign colour profile
    image.save(f"{name}.webp", "WEBP", quality=78, method=1)


_SIGNS = {
    **dict.fromkeys(("password", "encrypt"), "protected"),
    **dict.fromkeys(("out of memory", "memory allocation", "exceeds limit", "limit exceeded"), "heavy"),
}
"""What the libraries say, and why it is."""

QUESTIONS = {"text": read_text, "draw": draw}


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """What the file says, or `{"refusal": "none" | "protected" | "heavy" | "broken"}`."""
    try:
        return QUESTIONS[question.pop("ask")](**question)
    except NoPictureError:
        return {"refusal": "none"}
    except ProtectedError:
        return {"refusal": "protected"}
    except (TooHeavyError, MemoryError):
        return {"refusal": "heavy"}
    except BaseException as error:  # libraries in C and Rust raise whatever they please
        words = f"{type(error).__name__} {error}".lower()
        return {"refusal": next((reason for word, reason in _SIGNS.items() if word in words), "broken")}


# --- Confinement ----------------------------------------------------------------------------------------------------

_SET_DEATH_SIGNAL, _NO_NEW_PRIVILEGES, _SET_SECCOMP = 1, 38, 22  # prctl
_NEW_NETWORK = 0x10000000 | 0x40000000  # CLONE_NEWUSER | CLONE_NEWNET
_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""How the kernel calls each machine, and `socket` there."""
_IO_URING = 425
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock, on every machine
_WRITING = 1 << 1 | sum(1 << right for right in range(4, 13))  # write, remove, make


def confine(memory: int) -> list[str]:
    """Limits of memory and of output (bytes), no core dump, death with the parent; then no network, and nothing done to other
    files and processes. Returns which of these two, « network » and « neighbours », the kernel does not hold."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024**2, 64 * 1024**2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    is_alone = leave_network(libc)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    held = {"neighbours": leave_neighbours(libc), "network": refuse_sockets(libc) or is_alone}
    return sorted(what for what, is_held in held.items() if not is_held)


def leave_network(libc: Any) -> bool:
    """A network of one's own, with nobody in it. Docker refuses it by default."""
    return libc.unshare(_NEW_NETWORK) == 0


def refuse_sockets(libc: Any) -> bool:
    """No socket can be opened, whatever its kind (seccomp): what stands where there is no network of one's own."""
    if os.uname().machine not in _SOCKET:
        return False
    machine, number = _SOCKET[os.uname().machine]
    steps = [
        (0x20, 0, 0, 4),  # read the machine…
        (0x15, 0, 5, machine),  # …another one (32 bits) is refused everything
        (0x20, 0, 0, 0),  # read the call's number
        (0x35, 3, 0, 0x40000000),  # x32
        (0x15, 2, 0, number),
        (0x15, 1, 0, _IO_URING),  # opens sockets too
        (0x06, 0, 0, 0x7FFF0000),  # allowed
        (0x06, 0, 0, 0x00050000 | 13),  # EACCES
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filters = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(program)))
    return libc.prctl(_SET_SECCOMP, 2, filters, 0, 0) == 0


def leave_neighbours(libc: Any) -> bool:
    """Nothing is written but in the current folder, and no other process is read (its environment holds the site's secrets)
    nor sent a signal (Landlock)."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    size = 8 if version < 4 else 16 if version < 6 else 24
    rights = struct.pack("QQQ", _WRITING, 3, 3)[:size]  # 3: bind and connect; 3: abstract sockets and signals
    rules = libc.syscall(_CREATE_RULESET, rights, size, 0)
    here = os.open(".", os.O_PATH)
    is_written = libc.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", _WRITING, here), 0) == 0
    is_held = libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    os.close(here)
    os.close(rules)
    return is_written and is_held


def main(memory: int, seconds: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    missing = confine(memory)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

    def say(words: dict[str, Any]) -> None:
        answers.write(json.dumps(words) + "\n")
        answers.flush()

    say({"missing": missing})
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + seconds + 2
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        say(answer(json.loads(line)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
