"""Who can fill the index. Each room that has something to find registers, in its `AppConfig.ready`, the function that
indexes all of it; `manage.py rebuild_search` calls them all."""

from collections.abc import Callable, Mapping

Indexer = Callable[[], int]
"""Calls `search.actions.index` for every findable object of a room; returns how many there were."""

_indexers: list[Indexer] = []

natures: dict[str, str] = {}
"""What can be said of a document's nature, in the order of the filter: each value with its French name."""


def register(indexer: Indexer) -> None:
    """Have `indexer` called when the index is rebuilt. Registering it twice changes nothing."""
    if indexer not in _indexers:
        _indexers.append(indexer)


def register_natures(names: Mapping[str, str]) -> None:
    """Called by the room whose objects have a nature: search, below it, does not know them."""
    natures.update(names)


def indexers() -> list[Indexer]:
    return list(_indexers)
