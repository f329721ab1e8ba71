"""Opening files that come from anywhere: in a process of its own, with limits of time, memory and output, in an empty folder
(confined.py). Nothing that a file holds can crash, hang or fill the caller."""

import contextlib
import functools
import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

SECONDS = 30
"""Time given to one file."""
START_SECONDS = 30
"""Time given to the process to start, on a busy machine too."""
MEMORY = 1024**3
"""Address space given to one file, in bytes."""
_MAX_ANSWER = 4 * 1024**2
_LIMITS = frozenset({-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGABRT})
"""How a process ends that asked for too much: the kernel's ways, and what the libraries do of a memory that is refused."""
_PROGRAM = Path(__file__).with_name("confined.py")


class UnreadableError(Exception):
    """The file gives nothing. `reason`: « none » (it holds no picture of itself), « protected » (a password), « heavy » (too
    large, or too long to read) or « broken »."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotStartedError(OSError):
    """The process does not start, or could not be asked: this machine's fault (memory, processes, a full disk), not the file's."""


class Worker:
    """Asks about one file after another; the process that died on one is replaced for the next.

    with Worker() as worker:
        answer = worker.ask(ask="text", path="/…", media_type="application/pdf")

    What the process writes is in `folder`, emptied with the worker. It inherits no environment: the site's holds its secrets."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self.seconds = SECONDS if seconds is None else seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._missing: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="extranet-")

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    def ask(self, **question: Any) -> dict[str, Any]:
        """The program's answer. Raises `UnreadableError`, `NotStartedError`."""
        process = self._process or self._start()
        with self._or_stopped():
            os.write(process.stdin.fileno(), json.dumps(question).encode() + b"\n")  # type: ignore[union-attr]
            answer = self._read_line(process, time.monotonic() + self.seconds)
        if "refusal" in answer:
            raise UnreadableError(answer["refusal"])
        return answer

    def missing(self) -> list[str]:
        """What this machine does not keep the program away from (`confined.confine`). Raises `NotStartedError`."""
        if self._process is None:
            self._start()
        return self._missing

    @contextlib.contextmanager
    def _or_stopped(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            self._stop()
            raise UnreadableError("broken") from error
        except UnreadableError:
            self._stop()
            raise

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program, our own arguments
                [sys.executable, "-I", str(_PROGRAM), str(MEMORY), str(int(self.seconds) + 1)],
                cwd=self.folder,
                env={"HOME": str(self.folder), "TMPDIR": str(self.folder), "PATH": os.defpath},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._missing = self._read_line(self._process, time.monotonic() + START_SECONDS)["missing"]
        except (OSError, ValueError, KeyError, UnreadableError) as error:
            self._stop()
            raise NotStartedError(str(error)) from error
        if self._missing:
            _warn(", ".join(self._missing))
        return self._process

    def _read_line(self, process: subprocess.Popen[bytes], until: float) -> dict[str, Any]:
        answers = process.stdout.fileno()  # type: ignore[union-attr]
        line = b""
        while not line.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([answers], [], [], left)[0]:
                raise UnreadableError("heavy")
            part = os.read(answers, 65536)
            if not part:
                raise UnreadableError("heavy" if _end_of(process) in _LIMITS else "broken")
            line += part
            if len(line) > _MAX_ANSWER:
                raise UnreadableError("heavy")
        answer = json.loads(line)
        return answer if isinstance(answer, dict) else {"refusal": "broken"}

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _end_of(process: subprocess.Popen[bytes]) -> int | None:
    """How it ended; None when it is still there, silent."""
    try:
        return process.wait(1)
    except subprocess.TimeoutExpired:
        return None


@functools.cache
def _warn(missing: str) -> None:
    """Once for each process of the site."""
    logging.getLogger(__name__).warning(
        "The process that opens deposited files is not kept away from: %s (docs/adr/012).", missing
    )
