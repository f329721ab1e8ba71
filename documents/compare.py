"""The differences between two texts: line by line, then word by word within a line that has changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

MAX_LINES = 3000
"""Lines compared of each text: the time taken grows with their square."""
CONTEXT = 2
"""Unchanged lines shown around a change."""
MAX_WORDS = 400

Runs = list[list[str]]
"""[["same", "les mots "], ["added", "nouveaux"]]"""


@dataclass
class Differences:
    rows: list[dict[str, Any]] = field(default_factory=list)
    """`kind` (same, added, removed, changed, skipped), `old` and `new` as `Runs`, `count` for what is skipped."""
    added: int = 0
    removed: int = 0
    changed: int = 0
    is_cut: bool = False


def differences(old: str, new: str) -> Differences:
    """Blank lines and runs of spaces do not count: they come from the format rather than from the author."""
    before, after = _lines(old), _lines(new)
    found = Differences(is_cut=max(len(before), len(after)) > MAX_LINES)
    before, after = before[:MAX_LINES], after[:MAX_LINES]
    operations = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for rank, (operation, start, end, new_start, new_end) in enumerate(operations):
        if operation == "equal":
            found.rows += _unchanged(before[start:end], is_first=rank == 0, is_last=rank == len(operations) - 1)
            continue
        rows = list(_changed(before[start:end], after[new_start:new_end]))
        found.rows += rows
        kind = {"insert": "added", "delete": "removed", "replace": "changed"}[operation]
        setattr(found, kind, getattr(found, kind) + 1)
    return found


def _lines(text: str) -> list[str]:
    return [words for line in text.splitlines() if (words := " ".join(line.split()))]


def _unchanged(lines: list[str], *, is_first: bool, is_last: bool) -> Iterator[dict[str, Any]]:
    head, tail = 0 if is_first else CONTEXT, 0 if is_last else CONTEXT
    hidden = len(lines) - head - tail
    if hidden <= 1:
        head, hidden = len(lines), 0
    for rank, line in enumerate(lines):
        if rank == head and hidden:
            yield {"kind": "skipped", "count": hidden}
        if rank < head or rank >= len(lines) - tail:
            yield {"kind": "same", "old": [["same", line]], "new": [["same", line]]}


def _changed(before: list[str], after: list[str]) -> Iterator[dict[str, Any]]:
    paired = min(len(before), len(after))
    for old, new in zip(before[:paired], after[:paired], strict=True):
        old_runs, new_runs = _words(old, new)
        yield {"kind": "changed", "old": old_runs, "new": new_runs}
    for line in before[paired:]:
        yield {"kind": "removed", "old": [["removed", line]], "new": []}
    for line in after[paired:]:
        yield {"kind": "added", "old": [], "new": [["added", line]]}


def _words(old: str, new: str) -> tuple[Runs, Runs]:
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    if max(len(before), len(after)) > MAX_WORDS:
        return [["removed", old]], [["added", new]]
    old_runs: Runs = []
    new_runs: Runs = []
    for operation, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = operation == "equal"
        if end > start:
            old_runs.append(["same" if same else "removed", "".join(before[start:end])])
        if new_end > new_start:
            new_runs.append(["same" if same else "added", "".join(after[new_start:new_end])])
    return old_runs, new_runs
