"""What a person finds: results by page, counts by filter, suggestions while typing, and what to try when nothing is found."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.models import Entry, EntryQuerySet, Kind
from search.queries import postgresql, sqlite
from search.queries.shape import START, STOP, ask
from search.queries.terms import Terms, bare, terms_of, words_of
from search.registry import natures
from search.validity import Validity, validity_in_words
from spaces import policy
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE = 20
MAX_PAGE = 500
SUGGESTIONS = 6
MIN_SUGGESTED = 3
"""Letters typed before anything is suggested."""
_MARKED = re.compile(f"{START}([^{START}{STOP}]*){STOP}")


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    kind_label: str
    space_name: str
    happened_at: datetime
    title_html: str = ""
    """The title, escaped, with the words found in <mark>; the same for the next three."""
    kind_html: str = ""
    folder_html: str = ""
    """Empty for who does not read the place where the object lies."""
    snippet: str = ""
    validity: str = ""
    """« Valable jusqu’au … », or « Échu depuis le … » where `is_over`; empty without a date."""
    is_over: bool = False
    copy_url: str = ""
    """The address of a document that says the same, found too: this hit stands for both."""


@dataclass(frozen=True)
class Facet:
    """One value of a filter, with the number of results that choosing it would show. An empty value is « all »."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Filters:
    """What was chosen beside the words; an empty value is « all »."""

    space: str = ""
    """A slug."""
    kind: str = ""
    format: str = ""
    """An extension."""
    nature: str = ""
    """Of a document: one of `registry.natures`."""
    year: str = ""
    validity: str = ""
    """A `Validity`."""

    @property
    def chosen(self) -> dict[str, str | int]:
        """Those that are set, as the database compares them: a year that is none is the year 0, when nothing happened."""
        values: dict[str, str | int] = {
            name: value.replace("\x00", "") for name, value in asdict(self).items() if value
        }
        if "year" in values:
            values["year"] = int(self.year) if re.fullmatch(r"[12][0-9]{3}", self.year) else 0
        return values


@dataclass(frozen=True)
class Results:
    hits: Sequence[Hit] = ()
    total: int = 0
    total_everywhere: int = 0
    """Without the filters."""
    page: int = 1
    kinds: Sequence[Facet] = ()
    natures: Sequence[Facet] = ()
    spaces: Sequence[Facet] = ()
    formats: Sequence[Facet] = ()
    years: Sequence[Facet] = ()
    validities: Sequence[Facet] = ()
    nearest: Sequence[Hit] = ()
    """When nothing was found: at most two titles that look like what was asked."""
    correction: str = ""
    """When nothing was found: the words asked, as one of the reader's titles writes them."""


def search(user: "User", q: str, filters: Filters = Filters(), *, page: int = 1) -> Results:
    """What `user` may read that answers `q`, best first: 20 hits of the page asked for (the last one when there are
    fewer), the total, and the counts by space, kind, nature, format, year and validity.

    One query (one more for a page beyond the last, or when nothing at all is found). A space that the reader may not
    see, a space that does not exist and a kind that is none all give the same: nothing. Never raises for what was typed."""
    terms = terms_of(q)
    if not terms:
        return Results()
    entries = _readable(user)
    question, chosen = _engine().question(entries, terms), filters.chosen
    page = min(max(page, 1), MAX_PAGE)
    try:
        rows = ask(question, chosen, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    except EmptyResultSet:
        return Results()
    counts = [Count(*row) for row in json.loads(rows[0][0] or "[]")] if rows else []
    total = sum(count.n for count in counts if count.passes(chosen))
    last = min(max(-(-total // PAGE_SIZE), 1), MAX_PAGE)
    if page > last:
        page = last
        rows = ask(question, chosen, PAGE_SIZE, (page - 1) * PAGE_SIZE) if total else rows
    today = timezone.localdate()
    nearest, correction = ([], "") if counts else _nearest(entries, terms)
    return Results(
        hits=[_hit(row[1:], today) for row in rows if row[1] is not None],
        total=total,
        total_everywhere=sum(count.n for count in counts),
        page=page,
        kinds=_facets("kind", counts, chosen, "Tout", dict(Kind.choices).get),
        natures=_facets("nature", counts, chosen, "Toutes les natures", natures.get),
        spaces=_facets("space", counts, chosen, "Tous mes espaces", _space_names(user, counts, filters.space).get),
        formats=_facets("format", counts, chosen, "Tous les formats", str.upper),
        years=_facets("year", counts, chosen, "Toutes les années", str),
        validities=_facets("validity", counts, chosen, "Valables ou non", dict(Validity.choices).get),
        nearest=nearest,
        correction=correction,
    )


def suggest(user: "User", q: str) -> list[Hit]:
    """At most six of the reader's titles that hold the words typed, the last of which may be a beginning; none before the
    third letter. One query."""
    terms = terms_of(q)
    if sum(map(len, terms.every_word)) < MIN_SUGGESTED:
        return []
    matched = _engine().question(_readable(user), terms, in_titles=True)
    columns = ("title", "url", "kind", "extension", "nature", "space__name", "happened_at", "object_id", "copied_in")
    ranked = matched.matched.order_by("rank", "-happened_at", "-pk").values_list(*columns)[: 2 * SUGGESTIONS]
    try:
        sql, params = ranked.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        before = f"WITH {matched.before.rstrip(', ')} " if matched.before else ""
        cursor.execute(before + sql, [*matched.before_params, *params])
        rows = cursor.fetchall()
    copies = {row[8] for row in rows}
    kept = [row for row in rows if row[7] not in copies][:SUGGESTIONS]
    return [Hit(row[0], row[1], _kind_label(*row[2:5]), row[5], _moment(row[6])) for row in kept]


def _engine() -> Any:
    return postgresql if connection.vendor == "postgresql" else sqlite


def _readable(user: "User") -> EntryQuerySet:
    """With `is_over` and, for who manages their space, `is_due`: what its author is to look at again waits on their own page."""
    today, managed = timezone.localdate(), policy.reader_of(user).managed_ids
    is_over = Case(When(valid_until__lt=today, then=True), default=False)
    is_due = Case(When(review_on__lte=today, space__in=managed, then=True), default=False)
    return Entry.objects.visible_to(user).annotate(is_over=is_over, is_due=is_due).order_by()


# --- Hits -----------------------------------------------------------------------------------------------------------


def _hit(row: Sequence[Any], today: date) -> Hit:
    title, title_marked, snippet, labels, url, kind, extension, nature, space_name, *rest = row
    happened_at, copy_url, valid_until = rest
    if isinstance(valid_until, str):
        valid_until = date.fromisoformat(valid_until)  # SQLite gives a day as it is written
    nature_marked, _, folder_marked = labels.partition("\n")
    kind_label = _kind_label(kind, extension, nature)
    return Hit(
        title=title,
        url=url,
        kind_label=kind_label,
        space_name=space_name,
        happened_at=_moment(happened_at),
        title_html=marked(title_marked),
        kind_html=marked(f"{_kind_label(kind, extension, '')} · {nature_marked}" if nature_marked else kind_label),
        folder_html=marked(folder_marked),
        snippet=marked(" ".join(snippet.split())),
        validity=validity_in_words(valid_until, today),
        is_over=valid_until is not None and valid_until < today,
        copy_url=copy_url or "",
    )


def _kind_label(kind: str, extension: str, nature: str) -> str:
    """« Document PDF · Guide »."""
    label = f"{Kind(kind).label} {extension.upper()}".rstrip()
    return f"{label} · {natures[nature]}" if nature in natures else label


def _moment(value: datetime) -> datetime:
    """SQLite gives a moment in UTC without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def marked(text: str) -> SafeString:
    """The text escaped, then its marks made <mark>; a stray mark is dropped."""
    html = _MARKED.sub(r"<mark>\1</mark>", escape(text))
    return mark_safe(html.replace(START, "").replace(STOP, ""))  # noqa: S308  escaped above


# --- Counts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many results share these values."""

    space: str
    space_name: str
    kind: str
    format: str
    nature: str
    year: int
    is_over: bool
    is_due: bool
    n: int

    def values(self, name: str) -> tuple[Any, ...]:
        """Of one filter: what is in force may be to review too."""
        if name != "validity":
            return (getattr(self, name),)
        held = Validity.OVER if self.is_over else Validity.IN_FORCE
        return (held.value, Validity.TO_REVIEW.value) if self.is_due else (held.value,)

    def passes(self, chosen: dict[str, str | int], *, but: str = "") -> bool:
        return all(value in self.values(name) for name, value in chosen.items() if name != but)


def _facets(
    name: str, counts: list[Count], chosen: dict[str, str | int], everything: str, label: Callable[[Any], str | None]
) -> list[Facet]:
    """The values of one filter, under the other filters; the chosen one stays, even without a result, so that it is said and
    can be taken away. Spaces, kinds, natures and validities keep their order, formats follow their number, years come latest first."""
    numbers: Counter[Any] = Counter({value: 0 for count in counts for value in count.values(name)})
    if name in chosen and label(chosen[name]):
        numbers[chosen[name]] += 0
    everywhere = 0
    for count in counts:
        if count.passes(chosen, but=name):
            everywhere += count.n
            for value in count.values(name):
                numbers[value] += count.n
    order: dict[str, Callable[[Any], Any]] = {
        "kind": list(Kind.values).index,
        "nature": ["", *natures].index,
        "validity": Validity.values.index,
        "format": lambda value: (-numbers[value], value),
        "year": int.__neg__,
    }
    values = sorted(numbers, key=order[name]) if name in order else list(numbers)
    facets = [Facet("", everything, everywhere, name not in chosen)]
    return facets + [
        Facet(str(value), label(value) or "", numbers[value], chosen.get(name) == value)
        for value in values
        if value and (numbers[value] or chosen.get(name) == value)
    ]


def _space_names(user: "User", counts: list[Count], chosen: str) -> dict[str, str]:
    """By their slugs, with the one chosen if `user` reads it: another is named to nobody. One query when it holds nothing."""
    names = {count.space: count.space_name for count in counts}
    if chosen not in names and chosen in policy.reader_of(user).spaces:
        names |= Space.objects.filter(slug=chosen).values_list("slug", "name")
    return names


# --- Nothing found --------------------------------------------------------------------------------------------------


def _nearest(entries: EntryQuerySet, terms: Terms) -> tuple[list[Hit], str]:
    """For a slip of the pen: at most two titles that look like what was typed, and the words corrected after the first of
    them that holds them all, else after all of them when that finds something. Only the reader's own titles and folders are
    looked at: a word of a closed space is never suggested."""
    asked = [bare(word) for word in terms.every_word]
    labelled = When(is_placed=True, then=Concat("title", Value(" "), "labels", output_field=TextField()))
    words = Case(labelled, default=F("title"), output_field=TextField())
    near = _engine().alike(entries.select_related("space").defer("body").annotate(words=words), " ".join(asked))
    hits = [
        Hit(e.title, e.url, _kind_label(e.kind, e.extension, e.nature), e.space.name, e.happened_at) for e in near[:2]
    ]
    corrections = (_corrected(asked, entry.words) for entry in near)
    correction = next(filter(None, corrections), "")
    if not correction and (together := _corrected(asked, " ".join(entry.words for entry in near))):
        counts = ask(_engine().question(entries, terms_of(together)), {}, 1, 0)[0][0]
        correction = together if json.loads(counts or "[]") else ""
    return hits, correction


def _corrected(asked: list[str], text: str) -> str:
    """`asked` in the words of `text`; empty when one of them is not there, or when nothing changes."""
    words = {bare(word): word.lower() for word in words_of(text)}
    corrected = []
    for word in asked:
        close = get_close_matches(word, words, n=1, cutoff=0.75 if len(word) > 3 else 1)
        if not close:
            return ""
        corrected.append(close[0])
    return " ".join(words[word] for word in corrected) if corrected != asked else ""
