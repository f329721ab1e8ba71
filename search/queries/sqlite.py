"""The question in FTS5's words, where prefixes stand in for the stemming it lacks."""

import re
from collections import Counter
from difflib import get_close_matches
from typing import Any

from django.db.models import BooleanField, FloatField, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL

from search.models import Entry
from search.queries.shape import START, STOP, Question
from search.queries.terms import Terms, bare

_TITLES = 2_000
"""The latest entries, among which a slip of the pen is looked for."""
_MARKED = "(SELECT {function} FROM search_fts WHERE search_fts MATCH %s AND search_fts.rowid = e.id)"


def question(entries: "QuerySet[Entry]", terms: Terms, *, in_titles: bool = False) -> Question:
    """`in_titles` leaves the texts aside."""
    match = fts_query(terms)
    if in_titles:
        match = f"{{title}} : ({match})"
    matched = entries.extra(
        tables=["search_fts"], where=["search_fts.rowid = search_entry.id", "search_fts MATCH %s"], params=[match]
    )
    unlabelled = RawSQL(
        "search_entry.id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH %s)",
        [f"{{title body}} : ({match})"],
        BooleanField(),
    )
    matched = matched.filter(Q(is_placed=True) | Q(unlabelled)).annotate(
        # Paris is one hour ahead of UTC where a year ends.
        year=RawSQL("CAST(strftime('%%Y', happened_at, '+1 hour') AS INTEGER)", [], IntegerField()),
        rank=RawSQL("bm25(search_fts, 10.0, 1.0, 4.0)", [], FloatField()),
    )
    return Question(
        before="",
        before_params=[],
        matched=matched,
        json_array="json_group_array(json_array(c.slug, c.name, c.kind, c.extension, c.nature, c.year, c.is_over, c.is_due, c.n))",
        title=_MARKED.format(function=f"highlight(search_fts, 0, '{START}', '{STOP}')"),
        labels=_MARKED.format(function=f"highlight(search_fts, 2, '{START}', '{STOP}')"),
        snippet=_MARKED.format(function=f"snippet(search_fts, 1, '{START}', '{STOP}', ' … ', 40)"),
        marked_params=[match, match, match],
        more="",
    )


def fts_query(terms: Terms) -> str:
    """The terms in FTS5's language: each word is quoted, so that nothing typed is an operator."""
    parts = [f'"{" ".join(phrase)}"' for phrase in terms.phrases]
    for position, word in enumerate(terms.words):
        forms = {_stem(form) for form in (word, word.replace("œ", "oe"), word.replace("oe", "œ"))}
        is_prefix = len(word) > 3 or position == len(terms.words) - 1
        alternatives = " OR ".join(f'"{form}"*' if is_prefix else f'"{form}"' for form in sorted(forms))
        parts.append(f"({alternatives})")
    return " AND ".join(parts)


def _stem(word: str) -> str:
    """Without its plural; the prefix search does the rest."""
    return word[:-1] if len(word) > 3 and word[-1] in "sxSX" else word


def alike(entries: "QuerySet[Any]", asked: str) -> list[Any]:
    """Those whose `words` share most letters with `asked`, word by word and nearly; best first. One query."""
    latest = list(entries.order_by("-happened_at", "-pk")[:_TITLES])
    by_word: dict[str, list[Any]] = {}
    for entry in latest:
        for word in set(re.findall(r"\w{4,}", bare(entry.words))):
            by_word.setdefault(word, []).append(entry)
    shared: Counter[int] = Counter()
    for word in asked.split()[:5]:
        close = get_close_matches(word, by_word, n=2, cutoff=0.75)
        shared.update(dict.fromkeys((entry.pk for likely in close for entry in by_word[likely]), len(word)))
    near = [entry for entry in latest if entry.pk in shared]
    return sorted(near, key=lambda entry: -shared[entry.pk])[:20]
