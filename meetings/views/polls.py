"""Choosing a date together: proposed, answered on the site or by the link of the mail, kept."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from meetings import actions, polling, queries
from meetings.enums import AnsweredVia
from meetings.forms import ClosingForm, PollAnswerForm, default_closing, spans_formset
from meetings.models import Ballot, Meeting, Poll, PollDate
from meetings.models.polls import POLLED
from meetings.views.objects import own_meeting_of, poll_of
from spaces import policy
from spaces.enums import Ability


@require_http_methods(["GET", "POST"])
def poll(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One's own answers; and everybody's, for those who may see the meeting."""
    found = poll_of(request, uuid)
    mine = Ballot.objects.filter(poll=found, invitee__user=request.user).select_related("invitee").first()
    if request.method == "POST" and mine is None:
        raise Http404
    form = _form(request, found, mine) if mine else None
    if request.method == "POST" and _is_saved(form, mine, AnsweredVia.SITE, request):
        messages.success(request, "Vos réponses sont notées. Vous pouvez en changer jusqu’à la clôture.")
        return redirect(found)
    sees_answers = queries.sees_answers(request.user, found)
    context = {
        "poll": found,
        "meeting": found.meeting,
        "space": found.meeting.space,
        "may_convene": Ability.CONVENE_MEETING in policy.abilities(request.user, found.meeting.space),
        "may_propose": found.meeting.state in POLLED,
        "closed": polling.why_closed(found),
        "mine": mine,
        "form": form,
        "sees_answers": sees_answers,
        "grid": queries.poll_grid(found) if sees_answers else None,
    }
    return render(request, "meetings/poll.html", context)


def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    if meeting.state not in POLLED:
        messages.error(request, "Cette réunion a sa date. Pour en changer, reportez-la d’abord.")
        return redirect(meeting)
    found = Poll.objects.filter(meeting=meeting).first()
    present = _present(meeting, found)
    rows = spans_formset(request.POST or None, present)
    closes_on = found.closes_on if found and not found.chosen_id else default_closing([start for start, _ in present])
    form = ClosingForm(request.POST or None, initial={"closes_on": closes_on} | request.rescued)
    if request.method == "POST" and form.is_valid() & rows.is_valid():
        try:
            made = actions.propose_dates(meeting=meeting, spans=rows.spans(), by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, "Les dates sont proposées : chaque invité reçoit un courriel, et son lien pour répondre."
            )
            return redirect(made)
    context = {"form": form, "rows": rows, "meeting": meeting, "space": meeting.space, "poll": found}
    return render(request, "meetings/poll_propose.html", context)


@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    own_meeting_of(request, uuid)
    found = poll_of(request, uuid)
    try:
        count = actions.remind_poll(poll=found, by=request.user)
        messages.success(request, f"Relances envoyées : {count}." if count else "Tous ont répondu.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


@require_POST
def choose(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    date = get_object_or_404(
        PollDate.objects.filter(poll__meeting=meeting).select_related("poll__meeting__space"), pk=pk
    )
    try:
        actions.choose_date(date=date, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(date.poll)
    messages.success(request, "Date retenue : la réunion est convoquée, chaque invité en reçoit l’invitation.")
    return redirect(meeting)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def respond(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail. Looking at it answers nothing, and shows no other answer than one's own."""
    uuid = polling.read_token(token)
    if uuid is None:
        raise Http404
    found = Ballot.objects.select_related("poll__meeting__space", "invitee")
    ballot = found.filter(uuid=uuid).first()
    ballot = ballot if ballot and polling.is_still_called(ballot) else None
    closed = polling.why_closed(ballot.poll) if ballot else polling.WITHDRAWN
    form = _form(request, ballot.poll, ballot) if ballot and not closed else None
    saved = request.method == "POST" and form is not None and _is_saved(form, ballot, AnsweredVia.LINK, None)
    context = {"ballot": ballot, "form": form, "closed": closed, "saved": saved}
    response = render(request, "meetings/poll_respond.html", context, status=410 if closed else 200)
    response["Referrer-Policy"] = "same-origin"
    return response


def _form(request: HttpRequest, poll: Poll, ballot: Ballot) -> PollAnswerForm:
    dates = list(PollDate.objects.filter(poll=poll))
    return PollAnswerForm(request.POST or None, proposed=dates, given=queries.answers_of(ballot))


def _is_saved(form: PollAnswerForm, ballot: Ballot, via: AnsweredVia, request: HttpRequest | None) -> bool:
    """Whether the answers were right and are written; otherwise the form says why."""
    if not form.is_valid():
        return False
    try:
        actions.answer_poll(ballot=ballot, choices=form.choices(), via=via, by=request.user if request else None)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _present(meeting: Meeting, poll: Poll | None) -> list[tuple[object, object]]:
    """The dates already proposed; else a draft's own, as the first."""
    if poll and not poll.chosen_id:
        return list(PollDate.objects.filter(poll=poll).values_list("starts_at", "ends_at"))
    return [(meeting.starts_at, meeting.ends_at)] if meeting.state == POLLED[0] else []
