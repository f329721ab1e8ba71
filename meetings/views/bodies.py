"""A body: its meetings, what waits for its next agenda, its year."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from meetings import actions, planning, queries
from meetings.forms import BodyForm, GuestForm, ItemForm, MembersForm
from meetings.models import Body, Meeting
from meetings.rhythm import Rhythm
from notifications.queries import follow_of
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
        "rhythm": Rhythm.of(found.rrule),
        "members": queries.members_of(found),
        "follow": follow_of(request.user, found),
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


def settings(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    """« Régler l’instance »: the habits of its meetings."""
    found = _body(request, slug, body_slug)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    form = BodyForm(request.POST or None, initial=request.rescued, body=found)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_body(body=found, by=request.user, **form.contents())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, "Réglages enregistrés. Ils valent pour les prochaines réunions que vous préparez."
            )
            return redirect(changed)
    return render(request, "meetings/body_settings.html", {"form": form, "body": found, "space": found.space})


def members(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    """Who sits: two forms, told apart by their fields. An empty body offers everybody, already ticked."""
    found = _body(request, slug, body_slug)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    seats, mandates = queries.members_of(found), queries.may_sit(found)
    about_guest = "guest-name" in request.POST
    several = MembersForm(
        None if about_guest else request.POST or None,
        mandates=mandates,
        initial={"mandates": [] if seats else list(mandates.values_list("pk", flat=True))},
    )
    guest = GuestForm(request.POST if about_guest else None, prefix="guest", space=found.space)
    form = guest if about_guest else several
    if request.method == "POST" and form.is_valid():
        try:
            _seat(request, found, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("meetings:body_members", slug, body_slug)
    context = {"body": found, "space": found.space, "members": seats, "empty_seats": queries.empty_seats(found)}
    return render(request, "meetings/body_members.html", context | {"several": several, "guest": guest})


def _seat(request: HttpRequest, body: Body, form: MembersForm | GuestForm) -> None:
    if isinstance(form, GuestForm):
        added = actions.add_body_guest(body=body, by=request.user, **form.cleaned_data)
        messages.success(request, f"{added.full_name} siège dans l’instance, sans accès à l’espace.")
        return
    seated = actions.seat_mandates(body=body, by=request.user, mandates=form.cleaned_data["mandates"])
    words = f"{len(seated)}\u00a0membre{'s' if len(seated) > 1 else ''} de plus"
    messages.success(request, f"{words}. Personne n’est prévenu avant une convocation.")


@require_POST
def remove_member(request: HttpRequest, slug: str, body_slug: str, pk: int) -> HttpResponse:
    found = _body(request, slug, body_slug)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    member = get_object_or_404(found.members.select_related("user", "body__space"), pk=pk)
    actions.remove_body_member(member=member, by=request.user)
    messages.success(
        request, f"{member.full_name} ne siège plus. Les réunions où cette personne est déjà invitée ne changent pas."
    )
    return redirect("meetings:body_members", slug, body_slug)


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
            if off := list(filter(None, map(planning.to_check, made))):
                messages.warning(request, f"À vérifier\u00a0: {' – '.join(off)}.")
            return redirect(found)
    first = planning.first_day(found)
    context = {"body": found, "space": found.space, "proposals": planning.propose_dates(found, first), "error": error}
    context["typed"] = request.POST.getlist("jour") if error else []
    return render(request, "meetings/plan.html", context, status=400 if error else 200)


def _days(values: list[str]) -> list[date]:
    """Raises `ValidationError` for what is no day; an emptied line is a date that was removed."""
    try:
        return [date.fromisoformat(value) for value in values[:200] if value.strip()]
    except ValueError:
        raise ValidationError("Une des dates n’est pas comprise : écrivez-la ainsi, 2027-03-12.") from None
