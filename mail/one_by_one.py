"""Sweeps: what fails for one must not keep the others waiting."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


def one_by_one(items: Iterable[Item], act: Callable[[Item], Result]) -> list[Result]:
    """`act` on each, one after the other; what it returned, for those that went well. A failure is logged, with what it was
    about, and left to the next sweep."""
    results = []
    for item in items:
        try:
            results.append(act(item))
        except Exception:
            logger.exception("%s failed for %r", getattr(act, "__qualname__", act), item)
    return results
