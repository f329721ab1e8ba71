"""One session: what was observed, what is done about it, and what is given back."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from documents.models import Document
from meetings.models import Action, Body
from meetings.queries import state_of
from panels import actions, queries
from panels.forms import CorrectiveActionForm, ObservationChangeForm, ObservationForm
from panels.models import Observation, ReturnSheet
from panels.papers import return_pdf
from panels.queries.returns import content_of
from panels.queries.sessions import presences
from panels.views.objects import context_of, panel_of, session_of
from spaces.enums import Ability


@require_safe
def session(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    body = panel_of(request, slug)
    meeting = session_of(request, body, uuid)
    came, expected = presences([meeting.pk])
    sheet = ReturnSheet.objects.filter(meeting=meeting).first()
    readable = Document.objects.visible_to(request.user).filter(pk=sheet.document_id) if sheet else None
    context = context_of(
        request,
        body,
        meeting=meeting,
        state=state_of(meeting),
        has_begun=queries.has_begun(meeting),
        came=came[meeting.pk],
        expected=expected[meeting.pk],
        observations=queries.observations(request.user, body).filter(meeting=meeting),
        actions=Action.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .select_related("structure", "person", "meeting"),
        sheet=sheet,
        document=readable.first() if readable else None,
    )
    return render(request, "panels/session.html", context)


def observation_new(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    body = panel_of(request, slug, Ability.CONVENE_MEETING)
    meeting = session_of(request, body, uuid)
    form = ObservationForm(request.POST or None, initial=request.rescued, body=body)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_observation(meeting=meeting, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Observation notée. Les membres de l’espace la lisent.")
            again = "panels:observation_new" if "draft" in request.POST else "panels:session"
            return redirect(again, slug, uuid)
    return render(request, "panels/observation.html", context_of(request, body, meeting=meeting, form=form))


def observation_change(request: HttpRequest, slug: str, observation: UUID) -> HttpResponse:
    body = panel_of(request, slug, Ability.CONVENE_MEETING)
    found = _observation(request, body, observation)
    form = ObservationChangeForm(
        request.POST or None,
        initial=_initial_of(found) | request.rescued,
        body=body,
        actions=Action.objects.visible_to(request.user).filter(meeting__body=body),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_observation(observation=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Observation mise à jour.")
            return redirect("panels:session", slug, found.meeting.uuid)
    context = context_of(request, body, meeting=found.meeting, observation=found, form=form)
    return render(request, "panels/observation.html", context)


@require_POST
def observation_remove(request: HttpRequest, slug: str, observation: UUID) -> HttpResponse:
    body = panel_of(request, slug, Ability.CONVENE_MEETING)
    found = _observation(request, body, observation)
    actions.remove_observation(observation=found, by=request.user)
    messages.success(request, "Observation retirée.")
    return redirect("panels:session", slug, found.meeting.uuid)


def _observation(request: HttpRequest, body: Body, uuid: UUID) -> Observation:
    found = queries.observations(request.user, body).select_related("meeting__space")
    return get_object_or_404(found, uuid=uuid)


def _initial_of(found: Observation) -> dict[str, object]:
    names = ("theme", "category", "text", "state", "answer")
    return {name: getattr(found, name) for name in names} | {"actions": list(found.actions.all())}


def action_new(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    body = panel_of(request, slug, Ability.CONVENE_MEETING)
    meeting = session_of(request, body, uuid)
    observed = Observation.objects.filter(meeting=meeting)
    initial = {"observations": request.GET.getlist("observation")[:1]} | request.rescued
    form = CorrectiveActionForm(request.POST or None, initial=initial, space=body.space, observations=observed)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_action(meeting=meeting, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Action notée. Elle figure au registre des décisions et actions.")
            return redirect("panels:session", slug, uuid)
    return render(request, "panels/action.html", context_of(request, body, meeting=meeting, form=form))


@require_safe
def return_preview(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """The sheet as it would be published now."""
    meeting = session_of(request, panel_of(request, slug, Ability.CONVENE_MEETING), uuid)
    name = f"restitution-usagers-{timezone.localtime(meeting.starts_at):%Y-%m-%d}.pdf"
    try:
        made = return_pdf(content_of(meeting), day=timezone.localdate())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("panels:session", slug, uuid)
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
def return_publish(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    meeting = session_of(request, panel_of(request, slug, Ability.CONVENE_MEETING), uuid)
    try:
        actions.publish_return(meeting=meeting, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Restitution publiée dans le dossier du groupe. Les membres de l’espace la lisent.")
    return redirect("panels:session", slug, uuid)
