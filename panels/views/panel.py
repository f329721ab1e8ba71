"""The panel as everybody who reads the space sees it: seats counted, sessions, observations; and its composition."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from panels import actions, queries
from panels.enums import ObservationState
from panels.forms import CategoryForm, ThemeForm
from panels.models import Category, Theme
from panels.queries.observations import actions_of
from panels.views.objects import context_of, panel_of
from spaces.enums import Ability

LATEST = 5
PAGE = 30


@require_safe
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    body = panel_of(request, slug)
    lines = queries.composition(body)
    context = context_of(
        request,
        body,
        composition=lines,
        seats=sum(line.seats for line in lines),
        filled=sum(line.holders for line in lines),
        has_rates=any(line.expected for line in lines),
        sessions=queries.sessions(request.user, body),
        observations=queries.observations(request.user, body)[:LATEST],
        actions=actions_of(request.user, body),
    )
    return render(request, "panels/panel.html", context)


@require_safe
def observations(request: HttpRequest, slug: str) -> HttpResponse:
    body = panel_of(request, slug)
    wanted = queries.Filter(
        theme=_number(request, "theme"), category=_number(request, "categorie"), state=request.GET.get("etat", "")
    )
    page = Paginator(queries.observations(request.user, body, wanted), PAGE).get_page(request.GET.get("page"))
    context = context_of(
        request,
        body,
        wanted=wanted,
        page=page,
        themes=Theme.objects.filter(body=body).values_list("pk", "name"),
        categories=Category.objects.filter(body=body).values_list("pk", "name"),
        states=ObservationState.choices,
    )
    return render(request, "panels/observations.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def compose(request: HttpRequest, slug: str) -> HttpResponse:
    """Two small forms: which of them was sent is told by its fields."""
    body = panel_of(request, slug, Ability.CONVENE_MEETING)
    about_theme = "theme-name" in request.POST
    category = CategoryForm(None if about_theme else request.POST or None)
    theme = ThemeForm(request.POST if about_theme else None)
    form, write = (theme, actions.add_theme) if about_theme else (category, actions.add_category)
    if request.method == "POST" and form.is_valid():
        try:
            added = write(body=body, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"«\u00a0{added.name}\u00a0» est ajouté à ce groupe.")
            return redirect("panels:compose", slug)
    context = context_of(request, body, category_form=category, theme_form=theme, composition=queries.composition(body))
    context["themes"] = Theme.objects.filter(body=body).values_list("name", flat=True)
    return render(request, "panels/compose.html", context)
