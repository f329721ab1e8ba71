"""Opening files that come from anywhere: in a process of its own, with limits of time, memory and output, in an empty folder
(confined.py). Nothing that a file holds can crash, hang or fill the caller."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

SECONDS = 30
"""Time given to one file."""
MEMORY = 1024**3
"""Address space given to one file, in bytes."""
_MAX_ANSWER = 4 * 1024**2
_PROGRAM = Path(__file__).with_name("confined.py")


class UnreadableError(Exception):
    """The file gives nothing. `reason`: « protected » (a password), « heavy » (too large, or too long to read) or
    « broken »."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Worker:
    """Asks about one file after another; the process that died on one is replaced for the next.

    with Worker() as worker:
        answer = worker.ask(ask="text", path="/…", media_type="application/pdf")

    What the process writes is in `folder`, emptied with the worker."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self.seconds = SECONDS if seconds is None else seconds
        self._process: subprocess.Popen[bytes] | None = None
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
        """The program's answer. Raises `UnreadableError`."""
        process = self._process or self._start()
        try:
            os.write(process.stdin.fileno(), json.dumps(question).encode() + b"\n")  # type: ignore[union-attr]
            answer = self._read_line(process, time.monotonic() + self.seconds)
        except (OSError, ValueError) as error:
            self._stop()
            raise UnreadableError("broken") from error
        except UnreadableError:
            self._stop()
            raise
        if "refusal" in answer:
            raise UnreadableError(answer["refusal"])
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 -- our own program, our own arguments
            [sys.executable, "-I", str(_PROGRAM), str(MEMORY), str(int(self.seconds) + 1)],
            cwd=self.folder,
            env={"HOME": str(self.folder), "TMPDIR": str(self.folder), "PATH": os.defpath},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
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
                raise UnreadableError("broken")
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
