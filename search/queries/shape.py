"""The one query that brings a page of results, their snippets and every count: what both engines fill in."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from search.validity import Validity

START, STOP = "\x02", "\x03"
"""What the engine puts around a word found; `search.actions` keeps both out of the index."""


@dataclass(frozen=True)
class Question:
    """One engine's words for a query. `matched` is the reader's rows that answer it, with their `year`, their `rank`, and
    whether they are no longer valid (`is_over`) or the reader is to look at them again (`is_due`)."""

    before: str
    before_params: list[Any]
    matched: "QuerySet[Any]"
    json_array: str
    title: str
    labels: str
    snippet: str
    more: str
    marked_params: list[Any] = field(default_factory=list)


COLUMNS = (
    "pk",
    "object_id",
    "copied_in",
    "space_id",
    "kind",
    "extension",
    "nature",
    "happened_at",
    "year",
    "rank",
    "is_placed",
    "is_over",
    "is_due",
)

_SHAPE = """
WITH {before}matched (id, object_id, copied_in, space_id, kind, extension, nature, happened_at, year, rank, is_placed,
    is_over, is_due) AS MATERIALIZED ({matched}),
kept AS (
    SELECT id, space_id, kind, happened_at, year, rank, is_placed, is_over, is_due, has_copy,
        CASE WHEN has_copy THEN (SELECT c.extension {of_copy}) ELSE extension END AS extension,
        CASE WHEN has_copy THEN (SELECT c.nature {of_copy}) ELSE nature END AS nature
    FROM (
        SELECT *, copied_in <> '' AND copied_in IN (SELECT object_id FROM matched WHERE kind = 'document') AS has_copy
        FROM matched
    ) AS m
    WHERE kind <> 'document' OR object_id NOT IN (SELECT copied_in FROM matched WHERE copied_in <> '')
),
facets AS (
    SELECT {json_array} AS counts
    FROM (
        SELECT s.slug, s.name, m.kind, m.extension, m.nature, m.year, m.is_over, m.is_due, m.n
        FROM (
            SELECT space_id, kind, extension, nature, year, is_over, is_due, COUNT(*) AS n FROM kept
            GROUP BY space_id, kind, extension, nature, year, is_over, is_due
        ) AS m JOIN spaces_space s ON s.id = m.space_id ORDER BY s.position, s.name
    ) AS c
),
shown AS (
    SELECT id, rank, happened_at, is_placed, has_copy FROM kept WHERE {chosen}
    ORDER BY rank, happened_at DESC, id DESC LIMIT %s OFFSET %s
)
SELECT facets.counts, e.title, {title}, {snippet}, CASE WHEN shown.is_placed THEN {labels} ELSE '' END,
    e.url, e.kind, e.extension, e.nature, s.name, e.happened_at, copy.url,
    e.valid_until
FROM facets LEFT JOIN shown ON TRUE LEFT JOIN search_entry e ON e.id = shown.id LEFT JOIN spaces_space s ON s.id = e.space_id
LEFT JOIN search_entry copy ON shown.has_copy AND copy.kind = 'document' AND copy.object_id = e.copied_in
{more}
ORDER BY shown.rank, shown.happened_at DESC, shown.id DESC
"""
"""The reader's matching rows, found once; those that another of them stands for, left out, and whose format and nature that one
answers to; their counts; the page. `facets` is the first table, so that the counts come even when the page is empty.

PostgreSQL does not know how many rows `matched` has, and expects few: joined with itself it is a loop in a loop. It is only looked up
in (`IN`, which is hashed)."""

_OF_COPY = "FROM search_entry c WHERE c.kind = 'document' AND c.object_id = m.copied_in"
_FILTERS = {
    "space": "space_id = (SELECT id FROM spaces_space WHERE slug = %s)",
    "kind": "kind = %s",
    "format": "extension = %s",
    "nature": "nature = %s",
    "year": "year = %s",
    "validity": f"CASE %s WHEN '{Validity.IN_FORCE}' THEN NOT is_over WHEN '{Validity.OVER}' THEN is_over"
    f" WHEN '{Validity.TO_REVIEW}' THEN is_due ELSE FALSE END",
}


def ask(question: Question, chosen: dict[str, str | int], limit: int, offset: int) -> list[tuple]:
    """The rows of `_SHAPE`. `chosen` holds the filters that are set. Raises `EmptyResultSet` for who may read nothing."""
    matched, matched_params = question.matched.values_list(*COLUMNS).query.sql_with_params()
    sql = _SHAPE.format(
        before=question.before,
        matched=matched,
        json_array=question.json_array,
        of_copy=_OF_COPY,
        chosen=" AND ".join(["TRUE", *(_FILTERS[name] for name in chosen)]),
        title=question.title,
        labels=question.labels,
        snippet=question.snippet,
        more=question.more,
    )
    params = [*question.before_params, *matched_params, *chosen.values(), limit, offset, *question.marked_params]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
