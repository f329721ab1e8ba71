"""The one query that brings a page of results, their snippets and every count: what both engines fill in."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

START, STOP = "\x02", "\x03"
"""What the engine puts around a word found; `search.actions` keeps both out of the index."""


@dataclass(frozen=True)
class Question:
    """One engine's words for a query. `matched` is the reader's rows that answer it, with their `year` and their `rank`."""

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
    "told_extension",
    "told_nature",
    "happened_at",
    "year",
    "rank",
    "is_placed",
)

_SHAPE = """
WITH {before}matched (id, object_id, copied_in, space_id, kind, extension, nature, happened_at, year, rank, is_placed)
    AS MATERIALIZED ({matched}),
kept AS (
    SELECT id, space_id, kind, happened_at, year, rank, is_placed,
        CASE WHEN {is_told} THEN extension ELSE '' END AS extension, CASE WHEN {is_told} THEN nature ELSE '' END AS nature
    FROM matched
    WHERE kind <> 'document' OR object_id NOT IN (SELECT copied_in FROM matched WHERE copied_in <> '')
),
facets AS (
    SELECT {json_array} AS counts
    FROM (
        SELECT s.slug, s.name, m.kind, m.extension, m.nature, m.year, COUNT(*) AS n
        FROM kept m JOIN spaces_space s ON s.id = m.space_id
        GROUP BY s.slug, s.name, m.kind, m.extension, m.nature, m.year, s.position ORDER BY s.position, s.name
    ) AS c
),
shown AS (
    SELECT m.id, m.rank, m.happened_at, m.is_placed FROM kept m JOIN spaces_space s ON s.id = m.space_id
    WHERE {chosen} ORDER BY m.rank, m.happened_at DESC, m.id DESC LIMIT %s OFFSET %s
)
SELECT facets.counts, e.title, {title}, {snippet}, CASE WHEN shown.is_placed THEN {labels} ELSE '' END,
    e.url, e.kind, e.extension, e.nature, s.name, e.happened_at, copy.url
FROM facets LEFT JOIN shown ON TRUE LEFT JOIN search_entry e ON e.id = shown.id LEFT JOIN spaces_space s ON s.id = e.space_id
LEFT JOIN matched copies ON copies.object_id = NULLIF(e.copied_in, '') AND copies.kind = 'document'
LEFT JOIN search_entry copy ON copy.id = copies.id
{more}
ORDER BY shown.rank, shown.happened_at DESC, shown.id DESC
"""
"""The reader's matching rows, found once; those that another of them stands for, left out (written so that PostgreSQL hashes them: a
join of two such tables, whose size it does not know, was a loop in a loop), and whose format and nature they then answer to; their
counts; the page. `facets` is the first table, so
that the counts come even when the page is empty."""

_IS_TOLD = "copied_in = '' OR copied_in IN (SELECT object_id FROM matched WHERE kind = 'document')"
_FILTERS = {"space": "s.slug", "kind": "m.kind", "format": "m.extension", "nature": "m.nature", "year": "m.year"}


def ask(question: Question, chosen: dict[str, str | int], limit: int, offset: int) -> list[tuple]:
    """The rows of `_SHAPE`. `chosen` holds the filters that are set. Raises `EmptyResultSet` for who may read nothing."""
    matched, matched_params = question.matched.values_list(*COLUMNS).query.sql_with_params()
    sql = _SHAPE.format(
        before=question.before,
        matched=matched,
        json_array=question.json_array,
        is_told=_IS_TOLD,
        chosen=" AND ".join(["TRUE", *(f"{_FILTERS[name]} = %s" for name in chosen)]),
        title=question.title,
        labels=question.labels,
        snippet=question.snippet,
        more=question.more,
    )
    params = [*question.before_params, *matched_params, *chosen.values(), limit, offset, *question.marked_params]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
