"""Asking every page in turn, many times, and keeping medians."""

import re
import statistics
import sys
from dataclasses import dataclass

from bench.servers import Server, cpu

ASKED = 4
"""Times a page is asked for one measure: what a server does after its answer has gone counts in the next one."""
FLOORS = {"small": "floor-small", "large": "floor-large", "owing-large": "floor-large"}
"""What is held against another floor than the bare view."""
POLLED = {"bell": {"HX_Request": "true", "X_Background": "1"}}
"""What a script of the page asks again and again, by its headers: with the mark of the last answer, nothing new is a 204."""

World = tuple[Server, dict[str, str]]


@dataclass(frozen=True)
class Measured:
    """A page of one world: milliseconds of processor, ratio to its floor, queries, bytes."""

    page: str
    world: int
    ms: float
    ratio: float
    queries: int
    size: int


def measure(worlds: list[World], rounds: int) -> list[Measured]:
    told = {(number, page): _first_look(*world, page) for number, world in enumerate(worlds) for page in world[1]}
    watched = [server.processes() for server, _ in worlds]
    spent: dict[tuple[int, str], list[float]] = {key: [] for key in told}
    for done in range(rounds):
        for number, page in told:
            server, pages = worlds[number]
            before = cpu(watched[number])
            for _ in range(ASKED):
                server.ask(pages[page], **POLLED.get(page, {}))
            spent[number, page].append((cpu(watched[number]) - before) / ASKED)
        if sys.stdout.isatty():
            print(f"\r{done + 1}/{rounds}", end="", flush=True)
    found = []
    for (number, page), (queries, size) in told.items():
        floors = spent[number, FLOORS.get(page, "floor")]
        ratio = statistics.median(mine / floor for mine, floor in zip(spent[number, page], floors, strict=True))
        found.append(Measured(page, number, statistics.median(spent[number, page]), ratio, queries, size))
    return found


def _first_look(server: Server, pages: dict[str, str], page: str) -> tuple[int, int]:
    """Warms the page up; gives its queries and its size. Ends everything when it does not answer what is measured."""
    headers, expected = POLLED.get(page, {}), 200
    for _ in range(5):
        server.ask(pages[page], **headers)
    if page in POLLED:
        found = re.search(r'data-mark="(\w+)"', server.text)
        pages[page] += found[1] if found else ""
        expected = 204
    status, _, size = server.ask(pages[page], **headers)
    if status != expected:
        sys.exit(f"{page}: {pages[page]} answers {status} instead of {expected}")
    return server.queries(pages[page], **headers), size
