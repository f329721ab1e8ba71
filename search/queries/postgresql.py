"""The question in PostgreSQL's words: full text in French, accents ignored. `asked` is a CTE that holds the query once."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import BooleanField, F, FloatField, Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThan

from search.models import Entry
from search.queries.shape import START, STOP, Question
from search.queries.terms import Terms

HEADLINE_CHARACTERS = 20_000
"""Characters of a text among which the snippet is looked for: making one costs 5 ms there, 35 ms in a whole text."""

_CANDIDATES = 20
_TITLES, _COMPARED = 5_000, 3
"""The latest entries, and the words looked for in each: 20 µs a word and an entry."""
_MARKED = f"ts_headline('extranet_fr', {{text}}, asked.query, 'StartSel={START}, StopSel={STOP}, HighlightAll=true')"


def question(entries: "QuerySet[Entry]", terms: Terms, *, in_titles: bool = False) -> Question:
    """The last word typed may be the beginning of one. `in_titles` leaves the texts aside."""
    quoted = " ".join(f'"{" ".join(phrase)}"' for phrase in terms.phrases)
    if in_titles:
        *whole, last = (word.lower() for word in terms.every_word)
        asked = "to_tsquery('extranet_fr', %s)"
        params = [" & ".join([*(f"{word}:A" for word in whole), f"{last}:*A"])]
    else:
        asked, params = "websearch_to_tsquery('extranet_fr', %s)", [_plain(terms.words, quoted)]
        if terms.words and len(terms.words[-1]) > 2:
            asked = f"({asked} || (websearch_to_tsquery('extranet_fr', %s) && to_tsquery('extranet_fr', %s)))"
            params += [_plain(terms.words[:-1], quoted), f"{terms.words[-1]}:*"]
    matched = entries.extra(tables=["asked"], where=["search_entry.document @@ asked.query"])
    unlabelled = RawSQL("ts_filter(search_entry.document, '{a,c}') @@ asked.query", [], BooleanField())
    matched = matched.filter(Q(is_placed=True) | Q(unlabelled)).annotate(
        year=RawSQL("EXTRACT(YEAR FROM happened_at AT TIME ZONE 'Europe/Paris')::int", [], IntegerField()),
        rank=RawSQL("-ts_rank(search_entry.document, asked.query)", [], FloatField()),
    )
    return Question(
        before=f"asked AS (SELECT {asked} AS query), ",
        before_params=params,
        matched=matched,
        json_array="json_agg(json_build_array(c.slug, c.name, c.kind, c.extension, c.nature, c.year, c.is_over, c.is_due, c.n))::text",
        title=_MARKED.format(text="e.title"),
        labels=_MARKED.format(text="e.labels"),
        snippet=f"ts_headline('extranet_fr', left(e.body, {HEADLINE_CHARACTERS}), asked.query,"
        f" 'StartSel={START}, StopSel={STOP}, MaxFragments=2, MaxWords=24, MinWords=10, FragmentDelimiter=\" … \"')",
        more="LEFT JOIN asked ON TRUE",
    )


def _plain(words: Sequence[str], quoted: str) -> str:
    """Each word between quotes: bare, « or » would be an operator."""
    said = " ".join(f'"{word}"' for word in words)
    return f"{said} {quoted}".lower()


def alike(entries: "QuerySet[Entry]", asked: str) -> list[Entry]:
    """Those whose `words` look most like `asked`, word by word, its longest ones; best first. One query."""
    words = Func(F("words"), function="unaccent", output_field=TextField())
    longest = sorted({word for word in asked.split() if len(word) > 3}, key=lambda word: (-len(word), word))[:_COMPARED]
    likeness = {word: TrigramWordSimilarity(word, words) for word in longest or [asked]}
    latest = entries.order_by("-happened_at", "-pk").values("pk")[:_TITLES]
    near = entries.filter(pk__in=latest).filter(reduce(or_, (Q(GreaterThan(one, 0.4)) for one in likeness.values())))
    best = sum((one * len(word) for word, one in likeness.items()), start=Value(0.0))
    return list(near.order_by(best.desc(), "-happened_at", "-pk")[:_CANDIDATES])
