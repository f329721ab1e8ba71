"""The program that opens strangers' files: run by `sandbox.Worker`, never imported by the site, of which it knows nothing.

It reads one question a line (JSON) and answers one line. Limits come first, then the libraries; whatever they print goes
nowhere. It may crash or be killed at any moment without harm."""

import ctypes
import json
import os
import resource
import signal
import sys
import time
from typing import Any

MAX_CHARACTERS = 100_000
"""Text kept, from its beginning: a longer document is found by what comes first."""
MAX_PIXELS = 80_000_000
"""A larger picture is not opened: a few kilobytes of PNG can unfold to gigabytes."""
MAX_PAGES = 5
"""Pages drawn, from the first."""
SMALL, LARGE = 320, 1100
"""Widths in pixels of a thumbnail and of a page."""

_PICTURES = ("PNG", "JPEG", "MPO", "GIF", "WEBP", "TIFF", "PSD")
_NEW_NETWORK = 0x10000000 | 0x40000000  # CLONE_NEWUSER | CLONE_NEWNET
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


class TooHeavyError(Exception):
    """Larger than what we open."""


class ProtectedError(Exception):
    """Asks for a password."""


def read_text(path: str, media_type: str) -> dict[str, Any]:
    import kreuzberg

    with open(path, "rb") as file:
        start = file.read(8)
    if "openxmlformats" in media_type and start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ProtectedError  # a password turns these ZIPs into old-style containers
    config = kreuzberg.ExtractionConfig(use_cache=False, ocr=None)
    return {"text": kreuzberg.extract_file_sync(path, media_type, config=config).content[:MAX_CHARACTERS]}


def draw(path: str, seconds: float) -> dict[str, Any]:
    """Writes `small.webp`, then `1.webp`, `2.webp`… in the current folder, for at most half of `seconds`. Answers how many
    pages the file has, how many were drawn, and the first one's size in pixels."""
    with open(path, "rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    return _draw_pdf(path, seconds / 2) if is_pdf else _draw_picture(path)


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
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours below, which also counts what Pillow only warns about
    with Image.open(path, formats=_PICTURES) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooHeavyError
        opened.draft("RGB", (LARGE, 2 * LARGE))
        opened.load()
        image = ImageOps.exif_transpose(opened)
        if image.mode != "RGB":
            white = Image.new("RGBA", image.size, "white")
            white.alpha_composite(image.convert("RGBA"))
            image = white.convert("RGB")
    return {"pages": 1, "drawn": 1, **_save_first(image)}


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


QUESTIONS = {"text": read_text, "draw": draw}


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """What the file says, or `{"refusal": "protected" | "heavy" | "broken"}`."""
    try:
        return QUESTIONS[question.pop("ask")](**question)
    except ProtectedError:
        return {"refusal": "protected"}
    except (TooHeavyError, MemoryError):
        return {"refusal": "heavy"}
    except BaseException as error:  # libraries in C and Rust raise whatever they please
        words = f"{type(error).__name__} {error}".lower()
        return {"refusal": "protected" if "password" in words or "encrypt" in words else "broken"}


def confine(memory: int) -> None:
    """Limits of memory and of output (bytes), no core dump, no network where the kernel lets us, death with the parent."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    libc.unshare(_NEW_NETWORK)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024**2, 64 * 1024**2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(memory: int, seconds: int) -> None:
    confine(memory)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + seconds + 2
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
