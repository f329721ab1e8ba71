"""« Décisions et actions »."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings.actions import register as actions
from meetings.enums import ActionStatus
from meetings.minutes_forms import ActionUpdateForm
from meetings.models import Action
from meetings.queries import minutes as minutes_queries
from meetings.queries import register as queries
from meetings.queries.escalations import of_decisions
from spaces import policy
from spaces.enums import Ability

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _wanted(request: HttpRequest) -> queries.Filter:
    def number(name: str) -> int | None:
        text = request.GET.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None

    return queries.Filter(
        body=number("instance"),
        structure=number("structure"),
        network=number("reseau"),
        person=_words(request, "personne"),
        status=request.GET.get("etat", ""),
        late=request.GET.get("retard") == "1",
        mine=request.GET.get("miennes") == "1",
        words=_words(request, "mots"),
    )


def _words(request: HttpRequest, name: str) -> str:
    return " ".join(request.GET.get(name, "").replace("\x00", "").split()[:6])[:120]


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    decisions = queries.decisions(request.user, wanted)
    raised = of_decisions(request.user, [row.pk for row in decisions]) if decisions else {}
    context = {
        "wanted": wanted,
        "actions": queries.actions(request.user, wanted),
        "decisions": [(row, raised.get(row.pk)) for row in decisions],
        "no_decisions": queries.NO_DECISIONS if wanted.is_of_actions else "",
        "choices": queries.choices(request.user),
        "statuses": ActionStatus.choices,
        "limit": queries.SHOWN,
        "is_filtered": wanted != queries.Filter(),
        "query": request.GET.urlencode(),
    }
    return render(request, "meetings/register.html", context)


@require_safe
def register_export(request: HttpRequest) -> HttpResponse:
    name = f"decisions-actions-{timezone.localdate():%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(queries.as_spreadsheet(request.user, _wanted(request)), content_type=_XLSX, headers=headers)


def action(request: HttpRequest, uuid: UUID) -> HttpResponse:
    related = ("meeting__space", "person", "structure", "item")
    found = get_object_or_404(Action.objects.visible_to(request.user).select_related(*related), uuid=uuid)
    space = found.meeting.space
    initial = {"status": found.status} | request.rescued
    form = ActionUpdateForm(request.POST or None, initial=initial, user=request.user, space=space)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_action(action=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Suite enregistrée. Elle se lit dans le registre et sur le compte rendu.")
            return redirect(found)
    context = {
        "action": found,
        "meeting": found.meeting,
        "space": space,
        "who": minutes_queries.who_does(found),
        "updates": queries.updates_of(request.user, found),
        "may_deposit": policy.can(request.user, Ability.ADD_DOCUMENT, space),
        "may_escalate": policy.can(request.user, Ability.CONVENE_MEETING, space),
        "form": form if actions.may_update(request.user, found) else None,
    }
    return render(request, "meetings/action.html", context)
