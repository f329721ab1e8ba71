"""A folder's documents, narrowed by what is said of them. A filter is shown when it would leave something out."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Case, CharField, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, ExtractYear
from django.utils import timezone

from accounts.alphabet import alphabetical
from documents.enums import DocumentKind
from documents.models import Document, DocumentQuerySet
from search.validity import Validity
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

LABELS = {"nature": "Nature", "reseau": "Réseau", "annee": "Année", "format": "Format", "validite": "Validité"}
"""Each filter's name in the address, and on the screen."""
_KINDS = dict(DocumentKind.choices)
_YEAR = re.compile(r"[12][0-9]{3}")
_ALL = Q()
_IS_DUE = -2
"""Where a row of `_known` says whether its documents are to review; the last says how many they are."""


@dataclass(frozen=True, slots=True)
class Option:
    """`count` documents would be left, the other filters staying as they are."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    label: str
    chosen: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`total` documents are left of `whole`."""

    documents: DocumentQuerySet
    total: int
    whole: int
    filters: list[Filter]

    @property
    def is_filtered(self) -> bool:
        return any(one.chosen for one in self.filters)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Documents that no filter tells apart, with their values for each."""

    values: dict[str, set[str]]
    count: int

    def answer(self, chosen: Mapping[str, str], *, but: str = "") -> bool:
        return all(name == but or not value or value in self.values[name] for name, value in chosen.items())


def narrow(
    documents: DocumentQuerySet,
    asked: Mapping[str, str],
    known: list[tuple[Any, ...]] | None = None,
    *,
    due: Q | None = None,
) -> Narrowed:
    """Those of the documents that answer all that is asked, by the names of `LABELS`. One query; none when what is `known` of
    them has been found already, or one more where only some of what is to review is so for the reader (`due`, see
    `reviews.reviewed_by`): to review is a filter for who can do something about it."""
    today = timezone.localdate()
    chosen = {name: asked.get(name, "")[:80] for name in LABELS}
    if known is None or (due and any(row[_IS_DUE] for row in known)):
        known = list(_known(documents, today, due or Q()))
    groups, names = _groups(known)
    if due is None:
        for group in groups:
            group.values["validite"].discard(Validity.TO_REVIEW)
    whole = sum(group.count for group in groups)
    filters = []
    for name, label in LABELS.items():
        counts: Counter[str] = Counter({value: 0 for group in groups for value in group.values[name]})
        spread = Counter(counts)
        for group in groups:
            spread.update(dict.fromkeys(group.values[name], group.count))
            if group.answer(chosen, but=name):
                counts.update(dict.fromkeys(group.values[name], group.count))
        if chosen[name] or any(count < whole for count in spread.values()):
            counts.update({chosen[name]: 0} if chosen[name] else {})
            filters.append(Filter(name, label, chosen[name], _options(name, counts, names)))
    total = sum(group.count for group in groups if group.answer(chosen))
    return Narrowed(documents.filter(_predicate(chosen, today, due)), total, whole, filters)


def _options(name: str, counts: Counter[str], names: dict[str, str]) -> list[Option]:
    """By name; years latest first, validities in their order."""
    options = [Option(value, names.get(value, value), count) for value, count in counts.items()]
    if name == "validite":
        return sorted(options, key=lambda option: [*Validity.values, option.value].index(option.value))
    return sorted(options, key=lambda option: alphabetical(option.label), reverse=name == "annee")


def _predicate(chosen: Mapping[str, str], today: date, due: Q | None) -> Q:
    found = Q(kind=chosen["nature"]) if chosen["nature"] else Q()
    found &= Q(extension=chosen["format"]) if chosen["format"] else Q()
    if chosen["reseau"]:
        tagged = Document.networks.through.objects.filter(network__slug=chosen["reseau"])
        found &= Q(pk__in=tagged.values("document_id"))
    if _YEAR.fullmatch(chosen["annee"]):
        year = int(chosen["annee"])
        about = Q(period_start__lte=date(year, 12, 31), period_end__gte=date(year, 1, 1))
        found &= about | Q(period_start=None, published_at__year=year)
    elif chosen["annee"]:
        found &= Q(pk__in=[])
    if chosen["validite"] == Validity.IN_FORCE:
        found &= Q(valid_until=None) | Q(valid_until__gte=today)
    elif chosen["validite"] == Validity.OVER:
        found &= Q(valid_until__lt=today)
    elif chosen["validite"] == Validity.TO_REVIEW and due is not None:
        found &= Q(review_on__lte=today) & due
    elif chosen["validite"]:
        found &= Q(pk__in=[])
    return found


class _Joined(Aggregate):
    """« cio=CIO|eif=EIF » in one column."""

    template = "%(function)s(%(expressions)s, '|')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


@prepared
def known_in(user: "User", folder: int, today: date) -> "QuerySet[Any, Any]":
    """What the filters know of a folder."""
    return _known(Document.objects.visible_to(user).filter(folder=folder), today)


def _known(documents: "DocumentQuerySet", today: date, due: Q = _ALL) -> "QuerySet[Any, Any]":
    """The documents, counted by what the filters know; of those to review, `due`."""
    tagged = Document.networks.through.objects.filter(document=OuterRef("pk")).order_by().values("document_id")
    pairs = Concat("network__slug", Value("="), "network__name", output_field=CharField())
    networks = Subquery(tagged.annotate(pairs=_Joined(pairs)).values("pairs"))
    is_over = Case(When(valid_until__lt=today, then=True), default=False)
    is_due = Case(When(Q(review_on__lte=today) & due, then=True), default=False)
    facts = {"year": ExtractYear("published_at"), "pairs": networks, "is_over": is_over, "is_due": is_due}
    known = documents.order_by().annotate(**facts)
    columns = ("extension", "kind", "period_start", "period_end", *facts)
    return known.values_list(*columns).annotate(n=Count("*"))


def _groups(known: list[tuple[Any, ...]]) -> tuple[list[_Alike], dict[str, str]]:
    """And how their values are called."""
    groups, names = [], _KINDS | dict(Validity.choices)
    for extension, kind, start, end, published, pairs, is_over, is_due, count in known:
        tags = dict(pair.split("=", 1) for pair in pairs.split("|")) if pairs else {}
        years = range(start.year, end.year + 1) if start else [published]
        values = {"nature": {kind}, "reseau": set(tags), "annee": {str(y) for y in years}, "format": {extension}}
        held = Validity.OVER if is_over else Validity.IN_FORCE
        values["validite"] = {held.value, Validity.TO_REVIEW.value} if is_due else {held.value}
        groups.append(_Alike(values, count))
        names |= tags | {extension: extension.upper()}
    return groups, names
