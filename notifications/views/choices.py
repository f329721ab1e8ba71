"""What reaches somebody, and when: the preferences page, the button « Suivre », the link at the foot of a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications import actions, queries, tokens
from notifications.enums import Category, Timing
from notifications.forms import ChoicesForm, ExceptionForm, RhythmForm, StopForm
from notifications.models import Preference
from spaces import policy
from spaces.models import Space, french_date


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = ChoicesForm(request.POST or None, initial=queries.my_choices(request.user) | request.rescued)
    if request.method == "POST" and form.is_valid():
        for category, timing in form.choices.items():
            actions.choose(by=request.user, category=category, timing=timing)
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("notifications:preferences")
    return _page(request, form=form)


@require_POST
def rhythm(request: HttpRequest) -> HttpResponse:
    form = RhythmForm(request.POST)
    if not form.is_valid():
        return _page(request, rhythm_form=form)
    kept = actions.set_rhythm(by=request.user, **form.cleaned_data)
    away = f" Rien ne part jusqu’au {french_date(kept.away_until)} inclus." if kept.away_until else ""
    messages.success(request, f"Le rythme de vos récapitulatifs est enregistré.{away}")
    return redirect("notifications:preferences")


@require_POST
def add_exception(request: HttpRequest) -> HttpResponse:
    form = ExceptionForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, exception_form=form)
    chosen = form.cleaned_data
    actions.choose(
        by=request.user, category=Category(chosen["category"]), timing=Timing(chosen["timing"]), space=chosen["space"]
    )
    messages.success(request, f"Exception enregistrée pour l’espace {chosen['space'].name}.")
    return redirect("notifications:preferences")


@require_POST
def remove_exception(request: HttpRequest, pk: int) -> HttpResponse:
    spaces = policy.reader_of(request.user).space_ids
    exception = get_object_or_404(
        Preference.objects.select_related("space"), pk=pk, user=request.user, space__in=spaces
    )
    actions.choose(by=request.user, category=Category(exception.category), timing=None, space=exception.space)
    messages.success(request, f"L’espace {exception.space.name} suit de nouveau vos choix généraux.")
    return redirect("notifications:preferences")


@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """From the thing's own page, or from the list of what one follows (`retour`)."""
    subject = request.POST.get("subject", "")[:80]
    if "stop" in request.POST:
        actions.unfollow(by=request.user, subject=subject)
        messages.success(request, "Vous ne suivez plus ce sujet.")
        thing = queries.followable(request.user, subject)
        return redirect(thing.url if thing and "retour" not in request.POST else "notifications:preferences")
    thing = actions.follow(by=request.user, subject=subject)
    messages.success(request, f"Vous suivez «\u00a0{thing.title}\u00a0»\u00a0: vous serez prévenu de ce qui s’y passe.")
    return redirect(thing.url)


@csrf_exempt  # mail readers post without a cookie; the address is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: mail scanners follow links."""
    power = tokens.power_of(token)
    if power is None:
        raise Http404
    form = StopForm(request.POST or None, initial={"timing": Timing.SITE})
    is_done = request.method == "POST" and form.is_valid()
    timing = Timing(form.cleaned_data["timing"] or Timing.SITE) if is_done else None
    if timing:
        actions.choose_from_mail(power=power, timing=timing)
    space = Space.objects.visible_to(power.user).filter(pk=power.space_id).first() if power.space_id else None
    context = {"form": form, "power": power, "space": space, "timing": timing}
    response = render(request, "notifications/unsubscribe.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(request: HttpRequest, **forms: object) -> HttpResponse:
    kept = queries.rhythm_of(request.user)
    away_until = kept.away_until if kept.is_away(timezone.localdate()) else None
    context = {
        "away_until": away_until,
        "form": ChoicesForm(initial=queries.my_choices(request.user)),
        "exception_form": ExceptionForm(user=request.user),
        "rhythm_form": RhythmForm(initial={"hour": kept.hour, "weekday": kept.weekday, "away_until": away_until}),
        "exceptions": queries.my_exceptions(request.user),
        "follows": queries.my_follows(request.user),
        **forms,
    }
    return render(request, "notifications/preferences.html", context)
