"""Who is invited, and what they answer on the site or by the link of their mail."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from meetings import actions, convocations, dates, queries
from meetings.enums import Answer, AnsweredVia
from meetings.forms import AnswerForm, InviteesForm
from meetings.models import Invitee
from meetings.views.objects import meeting_of, own_meeting_of


def invitees(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list, and the box in which others are pasted."""
    meeting = own_meeting_of(request, uuid)
    form = InviteesForm(request.POST or None, initial=request.rescued, space=meeting.space)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_invitees(meeting=meeting, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("people", error)
        else:
            _say_added(request, len(added))
            return redirect("meetings:invitees", uuid)
    context = {
        "form": form,
        "meeting": meeting,
        "space": meeting.space,
        "invited": queries.invited(request.user, meeting),
        "has_members": meeting.body is not None and queries.sitting(meeting.body).exists(),
    }
    return render(request, "meetings/invitees.html", context)


@require_POST
def invite_members(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    if meeting.body and not queries.sitting(meeting.body).exists():
        messages.info(request, "Personne ne siège encore dans cette instance\u00a0: choisissez d’abord ses membres.")
        return redirect("meetings:body_members", meeting.space.slug, meeting.body.slug)
    try:
        _say_added(request, len(actions.invite_body_members(meeting=meeting, by=request.user)))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("meetings:invitees", uuid)


@require_POST
def remove_invitee(request: HttpRequest, uuid: UUID, invitee: UUID) -> HttpResponse:
    found = _invitee(request, uuid, invitee)
    try:
        actions.remove_invitee(invitee=found, by=request.user)
        messages.success(request, f"{found.name} n’est plus sur la liste.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("meetings:invitees", uuid)


@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One's own answer, from the page of the meeting or from the personal home."""
    meeting = meeting_of(request, uuid)
    mine = get_object_or_404(Invitee.objects.visible_to(request.user), meeting=meeting, user=request.user)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.answer_invitation(invitee=mine, via=AnsweredVia.SITE, by=request.user, **form.cleaned_data)
            messages.success(request, f"Votre réponse est notée : {mine.get_answer_display().lower()}.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
    return redirect(meeting)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def respond(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail. Looking at it answers nothing (mail scanners do): the button does."""
    invitee = convocations.invitee_of(token)
    if invitee is None:
        return render(request, "meetings/respond.html", {"closed": convocations.UNKNOWN}, status=404)
    form = AnswerForm(request.POST or None, initial=_proposed(request, invitee))
    closed, saved = convocations.why_closed(invitee.meeting), False
    if request.method == "POST" and form.is_valid() and not closed:
        try:
            actions.answer_invitation(invitee=invitee, via=AnsweredVia.LINK, **form.cleaned_data)
            saved = True
        except ValidationError as error:
            form.add_error(None, error)
            invitee.meeting.refresh_from_db()
    when = dates.span_in_words(invitee.meeting.starts_at, invitee.meeting.ends_at)
    context = {
        "invitee": invitee,
        "meeting": invitee.meeting,
        "form": form,
        "closed": closed,
        "saved": saved,
        "when": when,
    }
    response = render(request, "meetings/respond.html", context, status=410 if closed else 200)
    response["Referrer-Policy"] = "same-origin"
    return response


def _proposed(request: HttpRequest, invitee: Invitee) -> dict[str, str]:
    wanted = request.GET.get("reponse", "")
    known = {Answer.PRESENT.value, Answer.EXCUSED.value, Answer.REPRESENTED.value}
    answer = wanted if wanted in known else invitee.answer
    return {"answer": answer if answer in known else Answer.PRESENT.value, "represented_by": invitee.represented_by}


def _invitee(request: HttpRequest, uuid: UUID, invitee: UUID) -> Invitee:
    meeting = own_meeting_of(request, uuid)
    found = Invitee.objects.visible_to(request.user).filter(meeting=meeting)
    return get_object_or_404(found.select_related("meeting__space", "user"), uuid=invitee)


def _say_added(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, "Tous étaient déjà invités.")
    else:
        messages.success(request, f"{count} personne{'s' if count > 1 else ''} de plus sur la liste des invités.")
