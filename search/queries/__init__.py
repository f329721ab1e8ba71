"""Asking the index. One query brings the page of results, their snippets and every count, whatever the number of hits:
the rows that the reader may see and that match are found once, then counted and cut into pages. The engine does the work:
PostgreSQL's full text in French, or SQLite's FTS5."""

from search.queries.answers import (
    MIN_SUGGESTED,
    PAGE_SIZE,
    Facet,
    Filters,
    Hit,
    Results,
    marked,
    search,
    suggest,
)
from search.queries.terms import MAX_QUERY, Terms, terms_of

__all__ = [
    "MAX_QUERY",
    "MIN_SUGGESTED",
    "PAGE_SIZE",
    "Facet",
    "Filters",
    "Hit",
    "Results",
    "Terms",
    "marked",
    "search",
    "suggest",
    "terms_of",
]
