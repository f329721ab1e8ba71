"""The site as it is, and its queries counted when the measuring asks it by a header."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection

_site = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if "HTTP_X_BENCH_COUNT" not in environ:
        return _site(environ, start_response)
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Bench-Queries", str(len(asked)))], *rest)

    with connection.execute_wrapper(note):
        return _site(environ, start)
