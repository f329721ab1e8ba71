"""Queries written once. Having the ORM write a query costs ten times what running it does: those that every page asks are written
the first time they are met, then asked again with other values.

    @prepared
    def _unread(user: User, since: datetime) -> QuerySet:
        return Event.objects.visible_to(user).filter(created_at__gt=since).values_list("pk")

    rows = _unread(request.user, since)

The function is called with marks in the place of the values, and puts them into the query as they are: it decides nothing after
them. Values are `int`, `str`, `date`, aware `datetime`, `UUID`, sets of them, and a person: a stand-in, whose rights have the
same shape (so many spaces in each role, so many circles…), passes through the very `visible_to` that every list starts from.
Each shape of values is a query of its own; so is each value given by name, which may decide anything.
"""

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial, wraps
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable

from spaces.enums import Role

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d")
_MOST = 500
"""Shapes of one query that are kept: an address may ask for any page of a list."""
_FIRST = 7_310_058_000_000
"""Marks start here: no constant of a query is so large."""


@dataclass(frozen=True)
class _Written:
    """`places` says, of each parameter, the rank of its value, or None and what it always is; `converters`, of each column that the
    database does not give as it is, how the ORM reads it."""

    queryset: QuerySet
    compiler: Any
    sql: str
    places: list[tuple[int | None, Any]]
    converters: dict[int, Any]

    def ask(self, values: list[Any]) -> list[Any]:
        params = tuple(constant if rank is None else _adapted(values[rank]) for rank, constant in self.places)
        compiler = copy(self.compiler)
        compiler.connection = connections[self.compiler.using]
        if self.queryset._iterable_class in (ValuesListIterable, FlatValuesListIterable):
            return self._rows(compiler, params)
        compiler.as_sql = lambda *_, **__: (self.sql, params)
        asked = self.queryset.all()
        asked.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(asked)

    def _rows(self, compiler: Any, params: tuple[Any, ...]) -> list[Any]:
        """What `values_list` gives, without what the ORM works out anew each time: half of the time of a small query."""
        with compiler.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows: Any = cursor.fetchall()
        if compiler.has_extra_select:
            rows = [row[: compiler.col_count] for row in rows]
        if self.converters:
            rows = [tuple(row) for row in compiler.apply_converters(rows, self.converters)]
        return [row[0] for row in rows] if self.queryset._iterable_class is FlatValuesListIterable else rows


def prepared(build: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
    """The answer is a list of what the QuerySet holds: rows or instances."""
    written: dict[Any, _Written | None] = {}

    @wraps(build)
    def ask(*values: Any, **constants: Any) -> list[Any]:
        if any(isinstance(value, AbstractBaseUser) and value.pk is None for value in values):
            return list(build(*values, **constants))
        parts = [_parts(value) for value in values]
        shape = (connection.vendor, *constants.items(), *(shape for shape, _ in parts))
        try:
            query = written[shape]
        except KeyError:
            query = _write(partial(build, **constants), values)
            if len(written) >= _MOST:
                written.clear()
            written[shape] = query
        return query.ask([one for _, held in parts for one in held]) if query else []

    return ask


def _parts(value: Any) -> tuple[Any, list[Any]]:
    """What makes the query another one, and the values that it is asked with."""
    if value is None:
        return None, []
    if isinstance(value, frozenset):
        return (frozenset, len(value)), list(value)
    if isinstance(value, AbstractBaseUser):
        shape, held = _rights(value)
        return (AbstractBaseUser, shape), [value.pk, value.created_at, *held]  # type: ignore[attr-defined]
    return type(value), [value]


def _rights(user: Any) -> tuple[Any, list[Any]]:
    from spaces import policy  # which has queries of its own prepared here

    reader = policy.reader_of(user)
    roles = _roles(reader)
    held = tuple(roles_there for roles_there, _ in roles)
    shape = (reader.is_animation, held, len(reader.boundary_ids), len(reader.shared_ids))
    return shape, [*(pk for _, pk in roles), *reader.boundary_ids, *reader.shared_ids]


def _roles(reader: Any) -> list[tuple[tuple[int, int], int]]:
    """In each space the role there, then that of a mandate there (0 without one), in an order that hangs on them alone."""
    return sorted(((role, reader.mandated.get(pk, 0)), pk) for pk, role in reader.roles.items())


def _write(build: Callable[..., QuerySet], values: tuple[Any, ...]) -> _Written | None:
    """None for a query that finds nothing whatever the values: the ORM would not ask it either."""
    marks: list[Any] = []
    numbers = count(_FIRST)

    def mark(value: Any) -> Any:
        marks.append(_mark_like(value, next(numbers)))
        return marks[-1]

    queryset = build(*(_marked(value, mark) for value in values))
    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    ranks = {_adapted(one): rank for rank, one in enumerate(marks)}
    places = [(ranks.get(param) if param.__hash__ else None, param) for param in params]
    constants = [sql, *(constant for rank, constant in places if rank is None)]
    names = [name for number in range(_FIRST, next(numbers)) for name in (str(number), f"{number:x}")]
    if any(name in str(constant) for name in names for constant in constants):
        raise ValueError(f"{build}: a value is in the query otherwise than as it was given")
    if any(isinstance(constant, str | date) and _MOMENT.match(str(constant)) for constant in constants):
        raise ValueError(f"{build}: today would stay today for ever; give the day or the moment as a value")
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
    return _Written(queryset, compiler, sql, places, converters)


def _marked(value: Any, mark: Callable[[Any], Any]) -> Any:
    if value is None:
        return None
    if isinstance(value, frozenset):
        return frozenset([mark(one) for one in value])
    return _stand_in(value, mark) if isinstance(value, AbstractBaseUser) else mark(value)


def _stand_in(user: Any, mark: Callable[[Any], Any]) -> Any:
    """Somebody with rights of the same shape. Marks are taken in the order of `_parts`."""
    from spaces import policy  # as above

    reader = policy.reader_of(user)
    double = get_user_model()(pk=mark(user.pk), created_at=mark(user.created_at))
    roles = [(held, mark(pk)) for held, pk in _roles(reader)]
    double.__dict__["_reader"] = policy.Reader(
        roles={pk: Role(role) for (role, _), pk in roles},
        mandated={pk: Role(mandated) for (_, mandated), pk in roles if mandated},
        is_animation=reader.is_animation,
        boundary_ids=frozenset([mark(pk) for pk in reader.boundary_ids]),
        shared_ids=frozenset([mark(pk) for pk in reader.shared_ids]),
    )
    return double


def _mark_like(value: Any, number: int) -> Any:
    """A value of the same type that stands nowhere else."""
    if isinstance(value, datetime):
        return datetime(1800, 1, 1, tzinfo=UTC) + timedelta(seconds=number - _FIRST)
    if isinstance(value, date):
        return date(1800, 1, 1) + timedelta(days=number - _FIRST)
    if isinstance(value, str):
        return f"Été {number}"  # neither in capitals, nor in small letters, nor bare
    return UUID(int=number) if isinstance(value, UUID) else type(value)(number)


def _adapted(value: Any) -> Any:
    """As the ORM gives it to this database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
