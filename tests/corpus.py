"""Files that nobody should have to open: `python -m tests.corpus DIRECTORY…` asks the confined worker for the pictures and the
text of every file below, and says which it took along or kept too long. Without a directory, it makes a thousand malformed
files of its own, the same at each run. A file may end the confined process, which is there for that and is replaced; it may
not outlast its time, nor stop the walk: the command then ends with 1.

The source packages of Pillow, pypdf and pikepdf carry a thousand more: `pip download --no-deps --no-binary :all: pypdf`, or
their public repositories."""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.sandbox import SECONDS, UnreadableError, Worker
from tests.documents.malformed import malformed

MARGIN = 5
"""Seconds above the worker's own limit after which an answer is late: a machine may be busy."""
PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": PDF,
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "rtf": "application/rtf",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. `verdict`: « fine », « protected », « heavy », « broken »; « died » when the file took the
    confined process along, « hung » when the process had to be killed. The caller goes on in each case."""

    path: Path
    question: str
    verdict: str
    seconds: float

    @property
    def is_late(self) -> bool:
        return self.seconds > SECONDS + MARGIN


def examine(paths: list[Path]) -> Iterator[Outcome]:
    """Pictures of each, and the text of those that have some. Whatever the worker raises but `UnreadableError` is a fault
    of ours, and passes through."""
    with Worker() as worker:
        for path in paths:
            yield _ask(worker, path, "draw", seconds=worker.seconds)
            if media_type := MEDIA_TYPES.get(path.suffix[1:].lower()):
                yield _ask(worker, path, "text", media_type=media_type)


def _ask(worker: Worker, path: Path, question: str, **more: object) -> Outcome:
    begun = time.monotonic()
    try:
        worker.ask(ask=question, path=str(path.resolve()), **more)
        verdict = "fine"
    except UnreadableError as error:
        verdict = error.reason
        if worker._process is None:
            verdict = "hung" if error.reason == "heavy" else "died"
    return Outcome(path, question, verdict, time.monotonic() - begun)


def write(folder: Path, *, every: int = 1) -> list[Path]:
    """Our own malformed files, or one in `every`, as files of the folder."""
    paths = []
    for name, content in itertools.islice(malformed(random.Random(20261124)), 0, None, every):  # noqa: S311 -- no secret
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return paths


def report(outcomes: list[Outcome], seconds: float) -> str:
    verdicts = Counter((one.question, one.verdict) for one in outcomes)
    slowest = max(outcomes, key=lambda one: one.seconds)
    lines = [f"{len({one.path for one in outcomes})} files, {len(outcomes)} questions, {seconds:.0f} s"]
    lines += [f"  {question}: {count} {verdict}" for (question, verdict), count in sorted(verdicts.items())]
    lines.append(f"  slowest: {slowest.seconds:.1f} s, {slowest.question} {slowest.path}")
    lines += [f"  {one.verdict}: {one.question} {one.path}" for one in outcomes if one.verdict in {"died", "hung"}]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="*", type=Path)
    directories = parser.parse_args().directory
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = sorted(path for directory in directories for path in directory.rglob("*") if path.is_file())
        outcomes = list(examine(found or write(Path(folder))))
    print(report(outcomes, time.monotonic() - begun))
    return any(one.is_late for one in outcomes)


if __name__ == "__main__":
    sys.exit(main())
