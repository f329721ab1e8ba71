"""The differences between two texts: line by line, then word by word within a line that has changed.

Not by `difflib`: it may take the cube of the number of lines, hence minutes for a text made for that (or for a form whose
every other line is the same)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_LINES = 3000
"""Lines compared of each text: the time taken grows with their square, and stays well under a second."""
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
    steps = list(_steps(before, after))
    for rank, (kind, old_lines, new_lines) in enumerate(steps):
        if kind == "same":
            found.rows += _unchanged(old_lines, is_first=rank == 0, is_last=rank == len(steps) - 1)
            continue
        found.rows += _changed(old_lines, new_lines)
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
    for kind, old_words, new_words in _steps(before, after):
        if old_words:
            old_runs.append(["same" if kind == "same" else "removed", "".join(old_words)])
        if new_words:
            new_runs.append(["same" if kind == "same" else "added", "".join(new_words)])
    return old_runs, new_runs


def _steps(before: list[str], after: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """How `before` becomes `after`: « same », « added », « removed », « changed », each with what it is about on both sides."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    middle = _in_common(before[start : len(before) - end], after[start : len(after) - end])
    pairs = [(rank, rank) for rank in range(start)]
    pairs += [(start + old, start + new) for old, new in middle]
    pairs += [(len(before) - rank, len(after) - rank) for rank in range(end, 0, -1)]
    old = new = 0  # what has been told of each
    while old < len(before) or new < len(after):
        same = 0
        while same < len(pairs) and pairs[same] == (old + same, new + same):
            same += 1
        if same:
            yield "same", before[old : old + same], after[new : new + same]
            old, new, pairs = old + same, new + same, pairs[same:]
        else:
            next_old, next_new = pairs[0] if pairs else (len(before), len(after))
            kind = "added" if next_old == old else "removed" if next_new == new else "changed"
            yield kind, before[old:next_old], after[new:next_new]
            old, new = next_old, next_new


def _in_common(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """The ranks of a longest common subsequence, by the bit-vector algorithm of Hyyrö (2004): after each item of `after`, the
    bit n of `row` is 0 where item n of `before` makes the subsequence longer by one."""
    places: defaultdict[str, int] = defaultdict(int)
    for rank, item in enumerate(before):
        places[item] |= 1 << rank
    every = (1 << len(before)) - 1
    rows = [every]
    for item in after:
        row = rows[-1]
        matched = row & places[item]
        rows.append(((row + matched) | (row - matched)) & every)
    pairs: list[tuple[int, int]] = []
    old, new = len(before), len(after)
    while old and new:
        if rows[new] >> (old - 1) & 1:
            old -= 1
            continue
        new -= 1
        if rows[new] >> (old - 1) & 1:
            old -= 1
            pairs.append((old, new))
    return pairs[::-1]
