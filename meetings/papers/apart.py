"""Papers are made apart, in a process of their own held as those that open strangers' files (documents/sandbox.py): what people
wrote may be of any weight, and must neither hang nor fill the process that serves everybody."""

import logging
import subprocess  # nosec B404
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError

from documents import sandbox

SECONDS = 30
"""Given to one paper, on the clock as on the processor."""
_PROGRAM = Path(__file__).with_name("workshop.py")
_CONFINED = Path(sandbox.__file__).with_name("confined.py")
_ENVIRONMENT = {"LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "1380585600", "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}

logger = logging.getLogger(__name__)


class UnprintableError(ValidationError):
    """The paper could not be made, in words for whoever asked for it."""

    def __init__(self) -> None:
        super().__init__(
            "Ce document n’a pas pu être mis en page\u00a0: il est trop long. Rien n’est perdu\u00a0: raccourcissez les textes, "
            "ou mettez la suite dans un document joint.",
            code="unprintable",
        )


def make(data: bytes, command: list[str] | None = None) -> bytes:
    """The paper that `command` writes in the file « paper » from `data`; without a command, typst. Raises `UnprintableError`
    beyond `SECONDS`, `sandbox.MEMORY`, or when it cannot be made."""
    with tempfile.TemporaryDirectory(prefix="extranet-") as folder:
        paper, errors = Path(folder, "paper"), Path(folder, "errors")
        try:
            with errors.open("wb") as told:
                subprocess.run(  # noqa: S603 -- our own program; no word of a text is read by a shell # nosec B603
                    [sys.executable, "-I", _PROGRAM, _CONFINED, str(sandbox.MEMORY), str(SECONDS), *(command or [])],
                    input=data,
                    cwd=folder,
                    env={**_ENVIRONMENT, "HOME": folder},
                    stdout=subprocess.DEVNULL,
                    stderr=told,
                    timeout=SECONDS,
                    check=True,
                )
            return paper.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            why = errors.read_bytes()[-2000:].decode(errors="replace") if errors.exists() else ""
            logger.error("A paper could not be made: %s %s", error, why)
            raise UnprintableError from error
