"""A cache that may be away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError


@contextmanager
def _away_is_empty() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError):
        return


class _OneClient(RedisCacheClient):
    """Django makes a client for each question, which costs more than asking it; one serves every thread."""

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        if "_kept" not in self.__dict__:
            self._kept = super().get_client(key, write=write)
        return self._kept


class SpareCache(RedisCache):
    """Redis, for what can be made again (kept pages) or stands in the database too (sessions): while it is stopped, nothing is found
    there and nothing is kept, and the site goes on. Rate limits keep to the strict one: no Redis, no sign-in without them."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        with _away_is_empty():
            return super().get(key, default, version)
        return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        with _away_is_empty():
            super().set(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        with _away_is_empty():
            return super().add(*args, **kwargs)
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        with _away_is_empty():
            return super().delete(key, version)
        return False

    def has_key(self, key: str, version: int | None = None) -> bool:
        with _away_is_empty():
            return super().has_key(key, version)
        return False
