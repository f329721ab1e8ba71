"""Who can fill the index. Each room that has something to find registers, in its `AppConfig.ready`, the function that
indexes all of it; `manage.py rebuild_search` calls them all."""

from collections.abc import Callable

Indexer = Callable[[], int]
"""Calls `search.actions.index` for every findable object of a room; returns how many there were."""

_indexers: list[Indexer] = []


def register(indexer: Indexer) -> None:
    """Have `indexer` called when the index is rebuilt. Registering it twice changes nothing."""
    if indexer not in _indexers:
        _indexers.append(indexer)


def indexers() -> list[Indexer]:
    return list(_indexers)
