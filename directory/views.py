"""The directory's page. Whoever has an account reads it; the regional animation keeps it up to date (region/views.py)."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from directory import queries
from directory.models import Territory

STRUCTURES_PER_PAGE = 20


def directory_list(request: HttpRequest) -> HttpResponse:
    """Networks in figures, structures and sites by territory; filtered by ?territoire=, ?reseau= and ?q=.

    An unknown territory or network is ignored, as if it had not been asked."""
    territories = list(Territory.objects.all())
    territory = next((one for one in territories if one.slug == request.GET.get("territoire")), None)
    table = queries.labelled_table(territory)
    network = next((row.slug for row in table.rows if row.slug == request.GET.get("reseau")), "")
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = queries.structures(territory=territory, network=network, words=words)
    context = {
        "territories": territories,
        "territory": territory,
        "table": table,
        "network": network,
        "words": words,
        "is_filtered": bool(territory or network or words),
        "site_count": sum(len(structure.sites) for structure in found),
        "page": Paginator(found, STRUCTURES_PER_PAGE).get_page(request.GET.get("page")),
        "kept": urlencode({"territoire": territory.slug if territory else "", "reseau": network, "q": words}),
    }
    return render(request, "directory/list.html", context)
