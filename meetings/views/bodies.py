"""A body: its meetings, what waits for its next agenda, its year."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from meetings import actions, planning, queries
from meetings.forms import ItemForm
from meetings.models import Body, Meeting
from spaces import policy
from spaces.enums import Ability

PAST_SHOWN = 10


def _body(request: HttpRequest, slug: str, body: str) -> Body:
    return get_object_or_404(Body.objects.visible_to(request.user).select_related("space"), space__slug=slug, slug=body)


@require_safe
def body(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    found = _body(request, slug, body_slug)
    meetings = Meeting.objects.visible_to(request.user).filter(body=found)
    abilities = policy.abilities(request.user, found.space)
    context = {
        "body": found,
        "space": found.space,
        "abilities": abilities,
        "upcoming": queries.rows(meetings.upcoming()[: planning.MAX_DATES]),
        "past": queries.rows(meetings.past()[:PAST_SHOWN]),
        "backlog": queries.backlog(request.user, found),
        "members": queries.members_of(found),
        "empty_seats": queries.empty_seats(found) if Ability.CONVENE_MEETING in abilities else [],
    }
    return render(request, "meetings/body.html", context)


def propose(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    found = _body(request, slug, body_slug)
    policy.require(request.user, Ability.PROPOSE_ITEM, found.space)
    form = ItemForm(request.POST or None, initial=request.rescued, user=request.user, space=found.space)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_item(body=found, by=request.user, **form.contents())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, "Point proposé. Qui convoque la prochaine réunion le verra en préparant l’ordre du jour."
            )
            return redirect(found)
    return render(request, "meetings/propose.html", {"form": form, "body": found, "space": found.space})


def plan(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    """Each proposed date may be shifted, or emptied; what remains becomes drafts."""
    found = _body(request, slug, body_slug)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    error = ""
    if request.method == "POST":
        try:
            made = actions.plan_meetings(body=found, days=_days(request.POST.getlist("jour")), by=request.user)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            messages.success(
                request, f"Brouillons créés : {len(made)}. Personne n’est prévenu tant que vous ne convoquez pas."
            )
            return redirect(found)
    first = planning.first_day(found)
    context = {"body": found, "space": found.space, "proposals": planning.propose_dates(found, first), "error": error}
    return render(request, "meetings/plan.html", context, status=400 if error else 200)


def _days(values: list[str]) -> list[date]:
    """Raises `ValidationError` for what is no day; an emptied line is a date that was removed."""
    try:
        return [date.fromisoformat(value) for value in values[:200] if value.strip()]
    except ValueError:
        raise ValidationError("Une des dates n’est pas comprise : écrivez-la ainsi, 2027-03-12.") from None
