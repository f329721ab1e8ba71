"""The buttons of the organiser: announce, convene, remind, put off."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from meetings import actions, dates, queries
from meetings.forms import ConveneForm
from meetings.forms.meetings import PostponeForm
from meetings.views.objects import own_meeting_of


def convene(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    form = ConveneForm(request.POST or None, initial={"answer_by": meeting.answer_by} | request.rescued)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.convene_meeting(meeting=meeting, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Réunion convoquée. {_written_to(count)}")
            return redirect(meeting)
    context = {
        "form": form,
        "meeting": meeting,
        "space": meeting.space,
        "when": dates.span_in_words(meeting.starts_at, meeting.ends_at),
        "invited": queries.invited(request.user, meeting),
        "agenda": queries.agenda(request.user, meeting),
    }
    return render(request, "meetings/convene.html", context)


@require_POST
def announce(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = actions.announce_meeting(meeting=own_meeting_of(request, uuid), by=request.user)
    messages.success(request, "Réunion annoncée : les membres de l’espace la voient. Personne n’a reçu de courriel.")
    return redirect(meeting)


@require_POST
def resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _tried(request, uuid, actions.resend_convocation)


@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _tried(request, uuid, actions.remind_now)


def postpone(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    others = actions.others_to_come(meeting)
    form = PostponeForm(request.POST or None, initial=request.rescued, meeting=meeting, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            if contents := form.contents():
                actions.change_meeting(meeting=meeting, by=request.user, **contents)
            else:
                actions.postpone_meeting(meeting=meeting, by=request.user, to=form.cleaned_data.get("to"))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "Réunion reportée. Les personnes convoquées sont prévenues.")
        return redirect(meeting)
    when = dates.span_in_words(meeting.starts_at, meeting.ends_at)
    context = {"meeting": meeting, "space": meeting.space, "when": when, "form": form}
    return render(request, "meetings/postpone.html", context)


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    try:
        actions.restore_meeting(meeting=meeting, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request, "Réunion rétablie à sa date. Les personnes convoquées sont prévenues et répondent de nouveau."
        )
    return redirect(meeting)


@require_POST
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    try:
        actions.discard_draft(meeting=meeting, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(meeting)
    messages.success(request, "Brouillon abandonné.")
    return redirect("meetings:space", meeting.space.slug)


def _tried(request: HttpRequest, uuid: UUID, write: object) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    try:
        messages.success(request, _written_to(write(meeting=meeting, by=request.user)))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(meeting)


def _written_to(count: int) -> str:
    return (
        f"{count} courriel{'s partent' if count > 1 else ' part'}." if count else "Personne de plus n’était à prévenir."
    )
