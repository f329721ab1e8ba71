"""The calendar, the meetings of a space, and one meeting: announced, changed, cancelled."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings import actions, calendars, dates, planning, queries
from meetings.enums import MeetingState
from meetings.forms import MeetingForm, initial_of
from meetings.models import Meeting
from meetings.queries.deposited import deposited
from meetings.queries.escalations import of_meeting
from meetings.queries.history import open_actions
from meetings.views.objects import meeting_of, space_of
from spaces import policy
from spaces.enums import Ability

PAST_PAGE = 20
UPCOMING_SHOWN = 100
_DRAFTED = "Brouillon enregistré : personne n’est prévenu. Complétez l’ordre du jour et les invités, puis convoquez."
_ANNOUNCED = (
    "Réunion annoncée pour le {}. Les membres de l’espace la voient sur leur page, dans le calendrier et dans l’activité de "
    "l’espace."
)


@require_safe
def space_meetings(request: HttpRequest, slug: str) -> HttpResponse:
    space = space_of(request, slug)
    past = Meeting.objects.visible_to(request.user).filter(space=space).past()
    page = Paginator(past, PAST_PAGE).get_page(request.GET.get("page"))
    context = {
        "space": space,
        "abilities": policy.abilities(request.user, space),
        "bodies": queries.bodies_of(request.user, space).values_list("name", "slug", "kind"),
        "upcoming": queries.upcoming_meetings(request.user, space, UPCOMING_SHOWN) if page.number == 1 else [],
        "page": page,
        "past": queries.rows(page.object_list),
    }
    return render(request, "meetings/space.html", context)


@require_safe
def meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = meeting_of(request, uuid)
    invited = queries.invited(request.user, found)
    agenda = queries.agenda(request.user, found)
    abilities = policy.abilities(request.user, found.space)
    may_convene = Ability.CONVENE_MEETING in abilities
    minutes = queries.minutes_to_read(request.user, found, may_convene)
    takes_items = may_convene and found.body and found.state != MeetingState.POSTPONED
    context = {
        **{"meeting": found, "space": found.space, "abilities": abilities, "state": queries.state_of(found)},
        "day_off": planning.to_check(found) if may_convene else "",
        "minutes": minutes,
        "when": dates.span_in_words(found.starts_at, found.ends_at),
        "day_word": dates.day_word(timezone.localtime(found.starts_at).date()),
        "agenda": agenda,
        "open_actions": open_actions(request.user, found),
        "minutes_planned": sum(item.minutes or 0 for item in agenda),
        "invited": invited,
        "raised": of_meeting(request.user, found),
        "step": queries.next_step(found, invited, minutes, may_convene),
        "may": queries.gestures(found, minutes, may_convene),
        "poll": getattr(found, "poll", None),
        "deposited": deposited(request.user, found, minutes, may_convene),
        "backlog": queries.backlog(request.user, found.body) if takes_items else [],
    }
    return render(request, "meetings/meeting.html", context)


def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepared first, and convened when it is ready; or announced at once, without a mail to anybody."""
    space = space_of(request, slug)
    policy.require(request.user, Ability.CONVENE_MEETING, space)
    form = MeetingForm(request.POST or None, initial=request.rescued, bodies=queries.bodies_of(request.user, space))
    if request.method == "POST" and form.is_valid():
        is_polled = "sonder" in request.POST
        is_draft = is_polled or "preparer" in request.POST
        write = actions.prepare_meeting if is_draft else actions.schedule_meeting
        made = write(space=space, by=request.user, body=form.cleaned_data.get("body"), **form.contents())
        if is_polled:
            return redirect("meetings:poll_propose", made.uuid)
        messages.success(request, _DRAFTED if is_draft else _ANNOUNCED.format(dates.moment_in_words(made.starts_at)))
        return redirect(made)
    context = {"form": form, "space": space, "abilities": policy.abilities(request.user, space)}
    return render(request, "meetings/new.html", context)


def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = meeting_of(request, uuid)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    form = MeetingForm(request.POST or None, initial=initial_of(found) | request.rescued)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            changed = actions.change_meeting(meeting=found, by=request.user, seen=seen, **form.contents())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            is_new = changed.updated_at != found.updated_at
            messages.success(request, "Réunion modifiée." if is_new else "Rien n’a été changé.")
            return redirect(found)
    context = {"form": form, "meeting": found, "space": found.space, "fresh": initial_of(found)["seen"]}
    return render(request, "meetings/change.html", context)


def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = meeting_of(request, uuid)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    if request.method == "POST":
        try:
            actions.cancel_meeting(meeting=found, by=request.user)
            messages.success(request, "Réunion annulée. Elle reste affichée avec la mention « Annulée ».")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(found)
    when = dates.span_in_words(found.starts_at, found.ends_at)
    return render(request, "meetings/cancel.html", {"meeting": found, "space": found.space, "when": when})


@require_safe
def ics(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = meeting_of(request, uuid)
    name = f"reunion-{timezone.localtime(found.starts_at):%Y-%m-%d}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(calendars.ics(found), content_type="text/calendar; charset=utf-8", headers=headers)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    month = queries.month(request.user, dates.month_of(request.GET.get("mois", "")))
    if month is None:
        raise Http404
    return render(request, "meetings/calendar.html", {"month": month, "weekdays": dates.WEEKDAYS.values()})
