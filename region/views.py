"""Screens of the regional animation: a new territory, the directory's entries. Everybody else is refused (403)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from directory.models import Site, Structure, Territory
from region import actions, queries
from region.forms import SiteForm, StructureForm, TerritoryForm
from spaces import policy
from spaces.enums import Ability


def add_territory(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    form = TerritoryForm(request.POST or None, initial=request.rescued)
    space = _submitted(form, lambda: actions.add_territory(**form.cleaned_data, by=request.user))
    if space:
        messages.success(request, f"Le territoire « {space.name} » est ouvert.")
        return redirect("region:territory", space.slug)
    return render(request, "region/add_territory.html", {"form": form})


def territory(request: HttpRequest, slug: str) -> HttpResponse:
    """What a territory's space holds, and the next steps to bring it to life."""
    policy.require(request.user, Ability.MANAGE_REGION)
    found = get_object_or_404(Territory.objects.select_related("space", "coordinator_network"), slug=slug)
    context = {"territory": found, **queries.territory_setup(found)}
    return render(request, "region/territory.html", context)


def structure(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    found = get_object_or_404(Structure, pk=pk) if pk else None
    initial = _values(found, StructureForm) if found else {"territory": _asked(request, Territory, "territoire")}
    form = StructureForm(request.POST or None, initial=initial | request.rescued)
    saved = _submitted(form, lambda: actions.save_structure(**form.cleaned_data, by=request.user, structure=found))
    if saved:
        return _back(
            request,
            f"« {saved} » est à jour dans l’annuaire." if found else f"« {saved} » est dans l’annuaire.",
            saved.territory,
        )
    return render(request, "region/structure.html", {"form": form, "structure": found})


def site(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    found = get_object_or_404(Site, pk=pk) if pk else None
    asked = _asked(request, Structure, "structure")
    initial = _values(found, SiteForm) if found else {"structure": asked, "territory": asked and asked.territory}
    if request.rescued:  # a box that was left empty is not in what was sent
        initial |= {"is_labelled": False} | request.rescued
    form = SiteForm(request.POST or None, initial=initial)
    saved = _submitted(
        form,
        lambda: actions.save_site(
            **form.cleaned_data, network=form.cleaned_data["structure"].network, by=request.user, site=found
        ),
    )
    if saved:
        return _back(
            request,
            f"« {saved} » est à jour dans l’annuaire." if found else f"« {saved} » est dans l’annuaire.",
            saved.territory,
        )
    return render(request, "region/site.html", {"form": form, "site": found})


def _submitted(form: Form, write: Callable[[], Any]) -> Any:
    """What `write` made; None when the form was not sent, or is shown again with what is wrong and what was typed."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return write()
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _values(instance: Any, form: type[Form]) -> dict[str, Any]:
    return {name: getattr(instance, name) for name in form.base_fields}


def _asked(request: HttpRequest, model: Any, key: str) -> Any:
    """The object that a link proposed (?structure=12, ?territoire=lille), when there is one."""
    value = request.GET.get(key, "")
    lookup = (
        {"pk": value} if value.isdecimal() and len(value) < 10 else {"slug": value} if key == "territoire" else None
    )
    return model.objects.filter(**lookup).first() if value and lookup else None


def _back(request: HttpRequest, message: str, where: Territory | None) -> HttpResponse:
    messages.success(request, message)
    return redirect(reverse("directory:list") + (f"?territoire={where.slug}" if where else ""))
