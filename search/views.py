"""The search screen. Its address is the search itself: it can be kept, and sent to somebody who will see their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from search import queries
from spaces import policy

PARAMETERS = {
    "space": "espace",
    "kind": "type",
    "nature": "nature",
    "format": "format",
    "year": "annee",
    "validity": "validite",
}
"""Each filter's name in the address."""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    q = _typed(request)
    filters = queries.Filters(**{name: request.GET.get(key, "")[:80] for name, key in PARAMETERS.items()})
    found = queries.search(request.user, q, filters, page=_page_number(request))
    groups = _groups(request, found)
    choices = [choice for group in groups.values() for choice in group.choices if choice.facet.value]
    others = [c for c in groups["space"].choices if c.facet.value and c.facet.count and not c.facet.is_chosen]
    context = {
        "q": q,
        "terms": queries.terms_of(q),
        "parameters": [(key, request.GET[key]) for key in PARAMETERS.values() if request.GET.get(key)],
        "results": found,
        "groups": [group for group in groups.values() if group.is_useful],
        "chosen": [choice for choice in choices if choice.facet.is_chosen],
        "other_spaces": others[:2],
        "without_filters": _address(request, dict.fromkeys(PARAMETERS.values())),
        "corrected": _address(request, dict.fromkeys(PARAMETERS.values()) | {"q": found.correction}),
        "page": Paginator(range(found.total), queries.PAGE_SIZE).page(found.page),
        "space_count": len(policy.reader_of(request.user).space_ids),
    }
    return render(request, "search/results.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """While one types: a fragment for htmx; whoever opens its address gets the whole search."""
    if not request.htmx:
        return results(request)
    q = _typed(request)
    context = {"q": q, "suggestions": queries.suggest(request.user, q), "is_asked": len(q) >= queries.MIN_SUGGESTED}
    return render(request, "search/_suggestions.html", context)


@dataclass(frozen=True)
class Choice:
    """One value of a filter, as a link. `away` is the address without this filter."""

    facet: queries.Facet
    url: str
    away: str


@dataclass(frozen=True)
class Group:
    """A filter with its values."""

    label: str
    choices: list[Choice]

    @property
    def is_useful(self) -> bool:
        """One value that everything has would filter nothing."""
        return any(
            choice.facet.is_chosen or choice.facet.count < self.choices[0].facet.count for choice in self.choices[1:]
        )


def _groups(request: HttpRequest, found: queries.Results) -> dict[str, Group]:
    """The filters in the order of the page, by their name."""
    facets = {
        "kind": ("Type", found.kinds),
        "space": ("Espace", found.spaces),
        "nature": ("Nature du document", found.natures),
        "format": ("Format", found.formats),
        "year": ("Année", found.years),
        "validity": ("Validité", found.validities),
    }
    return {name: Group(label, _choices(request, name, some)) for name, (label, some) in facets.items()}


def _choices(request: HttpRequest, name: str, facets: Sequence[queries.Facet]) -> list[Choice]:
    key = PARAMETERS[name]
    away = _address(request, {key: None})
    return [Choice(facet, _address(request, {key: facet.value or None}), away) for facet in facets]


def _address(request: HttpRequest, changes: dict[str, str | None]) -> str:
    """This search with some parameters changed, or taken away by None; from its first page."""
    query: QueryDict = request.GET.copy()
    for key, value in (changes | {"page": None}).items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[: queries.MAX_QUERY].strip()


def _page_number(request: HttpRequest) -> int:
    try:
        return int(request.GET.get("page", "1")[:6])
    except ValueError:
        return 1
