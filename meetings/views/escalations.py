"""« Remontées »: what the territories put to the upper bodies, and what comes back."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from meetings.actions import escalations as actions
from meetings.enums import EscalationState, Purpose
from meetings.forms.escalations import AnswerForm, EscalationForm
from meetings.models import Escalation, Meeting
from meetings.queries import escalations as queries
from meetings.views.objects import own_meeting_of
from spaces import policy
from spaces.enums import Ability


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
def escalations(request: HttpRequest) -> HttpResponse:
    side = request.GET.get("cote", "")
    if side not in {queries.SENT, queries.RECEIVED}:
        side = queries.RECEIVED if policy.reader_of(request.user).is_animation else queries.SENT
    get = request.GET.get
    wanted = queries.Filter(side, get("etat", ""), _number(get("instance", "")), _number(get("espace", "")))
    context = {
        "wanted": wanted,
        "rows": queries.escalations(request.user, wanted),
        "choices": queries.choices(request.user),
        "states": EscalationState.choices,
        "limit": queries.SHOWN,
    }
    return render(request, "meetings/escalations.html", context)


def escalate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    get = request.GET.get
    source = queries.source(
        request.user,
        meeting,
        item=_uuid(get("point", "")),
        decision=get("decision", ""),
        action=_uuid(get("action", "")),
    )
    initial = {"title": source.title, "text": source.text} if source else {}
    bodies = queries.upper_bodies(meeting.body)
    form = EscalationForm(request.POST or None, initial=initial | request.rescued, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"purpose": Purpose(form.cleaned_data["purpose"])}
        origin = {"space": meeting.space, "body": meeting.body, "meeting": meeting, "about": source and source.about}
        try:
            sent = actions.escalate(by=request.user, **origin, **data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Transmis. {sent.to_body.name} l’examinera\u00a0; sa réponse reviendra ici.")
            return redirect(sent)
    context = {"form": form, "meeting": meeting, "space": meeting.space}
    return render(request, "meetings/escalate.html", context)


def escalation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    related = ("from_space", "to_body__space", "meeting", "item__meeting")
    visible = Escalation.objects.visible_to(request.user).with_step().select_related(*related)
    found = get_object_or_404(visible, uuid=uuid)
    form = AnswerForm(
        request.POST if request.POST.get("do") == "answer" else None,
        initial={"answer": queries.decided_on(request.user, found)} | request.rescued,
    )
    if request.method == "POST":
        try:
            messages.success(request, _write(request, found, form))
        except _InvalidError:
            pass
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            return redirect(found)
    return render(request, "meetings/escalation.html", _context(request, found, form))


class _InvalidError(Exception):
    """The form says what is wrong."""


def _write(request: HttpRequest, found: Escalation, form: AnswerForm) -> str:
    do = request.POST.get("do", "")
    if do == "withdraw":
        actions.withdraw_escalation(escalation=found, by=request.user)
        return "Remontée retirée\u00a0: l’instance saisie ne la lit plus."
    if do != "answer":
        raise Http404
    policy.require(request.user, Ability.CONVENE_MEETING, found.to_body.space)
    if not form.is_valid():
        raise _InvalidError
    data = form.cleaned_data | {"state": EscalationState(form.cleaned_data["state"])}
    actions.answer_escalation(escalation=found, by=request.user, **data)
    return "Réponse envoyée. Elle se lit dans l’espace d’origine et viendra à son prochain ordre du jour."


def _context(request: HttpRequest, found: Escalation, form: AnswerForm) -> dict[str, object]:
    """Each side is led to its own meeting, and only where it may read it."""
    meetings = {one.pk for one in (found.meeting, found.item and found.item.meeting) if one}
    readable = set(Meeting.objects.visible_to(request.user).filter(pk__in=meetings).values_list("pk", flat=True))
    waits = found.state == EscalationState.SENT
    return {
        "escalation": found,
        "state": EscalationState(found.step),
        "came_from": found.meeting if found.meeting_id in readable else None,
        "entered": found.item.meeting if found.item and found.item.meeting_id in readable else None,
        "form": form if waits and policy.can(request.user, Ability.CONVENE_MEETING, found.to_body.space) else None,
        "may_withdraw": waits and policy.can(request.user, Ability.CONVENE_MEETING, found.from_space),
    }
