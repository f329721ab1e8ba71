"""Screens that show names: for the facilitators of the panel alone, kept by no cache, and what is typed there by no report."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from panels import actions, queries
from panels.enums import PLACES, Part
from panels.forms import PresencesForm, SeatForm, initial_of
from panels.models import Identity, Seat, SeatPresence, Tenure
from panels.views.objects import context_of, panel_of, session_of
from spaces.enums import Ability


@require_safe
@never_cache
def seats(request: HttpRequest, slug: str) -> HttpResponse:
    body = panel_of(request, slug, Ability.SEE_PANEL_NAMES)
    context = context_of(
        request,
        body,
        lines=queries.seats_with_names(request.user, body),
        former=queries.former_members(request.user, body),
        by_structure=queries.presence_by_structure(body),
    )
    return render(request, "panels/seats.html", context)


@sensitive_post_parameters()
@never_cache
def place(request: HttpRequest, slug: str, seat: UUID, place: str) -> HttpResponse:
    """Take a free place, or correct what is noted of who holds it."""
    body = panel_of(request, slug, Ability.SEE_PANEL_NAMES)
    if place not in PLACES:
        raise Http404
    found = get_object_or_404(Seat.objects.select_related("category"), category__body=body, uuid=seat)
    found.category.body = body
    tenure, identity = _who_is_there(request, found, PLACES[place])
    form = SeatForm(request.POST or None, initial=initial_of(tenure, identity), space=body.space)
    if request.method == "POST" and form.is_valid():
        facts = actions.SeatFacts(**form.cleaned_data)
        try:
            if tenure:
                actions.change_tenure(tenure=tenure, by=request.user, facts=facts)
            else:
                actions.fill_seat(seat=found, part=PLACES[place], by=request.user, facts=facts)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "C’est noté. Seuls les animateurs de cet espace voient ce nom.")
            return redirect("panels:seats", slug)
    context = context_of(request, body, seat=found, part=PLACES[place], tenure=tenure, identity=identity, form=form)
    return render(request, "panels/place.html", context)


place.is_rescued = False  # type: ignore[attr-defined]


def _who_is_there(request: HttpRequest, seat: Seat, part: Part) -> tuple[Tenure | None, Identity | None]:
    current = Tenure.objects.filter(seat=seat, part=part, until__gte=timezone.localdate()).select_related("structure")
    tenure = current.order_by("since").first()
    if tenure is None:
        return None, None
    tenure.seat = seat
    return tenure, Identity.objects.visible_to(request.user).filter(tenure=tenure).first()


@require_POST
def end(request: HttpRequest, slug: str, tenure: UUID) -> HttpResponse:
    found = _tenure(request, slug, tenure)
    actions.end_tenure(tenure=found, by=request.user)
    messages.success(request, "Place libérée. Les présences déjà notées restent comptées.")
    return redirect("panels:seats", slug)


@never_cache
def erase(request: HttpRequest, slug: str, tenure: UUID) -> HttpResponse:
    """Asked once more: what is erased does not come back."""
    found = _tenure(request, slug, tenure)
    if request.method == "POST":
        actions.withdraw_consent(tenure=found, by=request.user)
        messages.success(request, "Nom et coordonnées effacés. Le siège et les présences restent comptés.")
        return redirect("panels:seats", slug)
    identity = get_object_or_404(Identity.objects.visible_to(request.user), tenure=found)
    context = context_of(request, found.seat.category.body, tenure=found, identity=identity)
    return render(request, "panels/erase.html", context)


def _tenure(request: HttpRequest, slug: str, uuid: UUID) -> Tenure:
    body = panel_of(request, slug, Ability.SEE_PANEL_NAMES)
    found = Tenure.objects.filter(seat__category__body=body).select_related("seat__category__body__space")
    return get_object_or_404(found, uuid=uuid)


@never_cache
def presences(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    body = panel_of(request, slug, Ability.SEE_PANEL_NAMES)
    meeting = session_of(request, body, uuid)
    day = timezone.localtime(meeting.starts_at).date()
    lines = queries.seats_with_names(request.user, body, day)
    noted = dict(SeatPresence.objects.filter(meeting=meeting).values_list("seat", "seen"))
    form = PresencesForm(request.POST or None, lines=lines, noted=noted)
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.note_presences(meeting=meeting, by=request.user, seen=form.seen())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = f"Présences notées pour {number}\u00a0siège{'s' if number > 1 else ''}."
            messages.success(request, words if number else "Aucune présence notée.")
            return redirect("panels:session", slug, uuid)
    context = context_of(request, body, meeting=meeting, form=form)
    return render(request, "panels/presences.html", context)
