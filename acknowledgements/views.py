"""« À lire », « J’ai lu », and the coverage for whoever asked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from acknowledgements import actions, exports, queries, subjects
from acknowledgements.forms import DeadlineForm
from acknowledgements.models import AcknowledgementRequest, Reminder
from acknowledgements.subjects import Current
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def to_read(request: HttpRequest) -> HttpResponse:
    return render(request, "acknowledgements/to_read.html", {"rows": queries.to_read(request.user)})


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    asked, _ = _asked(request, pk)
    current = actions.acknowledge(request=asked, by=request.user)
    messages.success(request, f"C’est noté\u00a0: vous avez lu «\u00a0{current.title}\u00a0».")
    return redirect("acknowledgements:to_read" if request.POST.get("retour") == "liste" else current.url)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Ask that an object be read, or change the deadline."""
    current = subjects.find(request.user, [(kind, object_id)]).get((kind, object_id))
    if current is None:
        raise Http404
    space = get_object_or_404(Space, pk=current.home_id)
    policy.require(request.user, Ability.PUBLISH_ANNOUNCEMENT, space)
    asked = AcknowledgementRequest.objects.filter(kind=kind, object_id=object_id, stopped_at=None).first()
    initial = {"deadline": asked.deadline if asked else None} | request.rescued
    form = DeadlineForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_acknowledgement(
                kind=kind, object_id=object_id, space=space, by=request.user, **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Accusé de lecture demandé. Chaque personne concernée le voit sur sa page.")
            return redirect("acknowledgements:coverage", asked.pk)
    context = {"current": current, "space": space, "form": form, "asked": asked}
    context["is_left"] = asked is not None and queries.is_left(asked, space)
    return render(request, "acknowledgements/ask.html", context)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    asked, current = _followed(request, pk)
    space = get_object_or_404(Space, pk=current.home_id)
    actions.stop_acknowledgement(kind=asked.kind, object_id=asked.object_id, space=space, by=request.user)
    messages.success(
        request,
        "Plus aucun accusé de lecture n’est demandé. Ceux qui ont été donnés sont conservés, et reviennent si la lecture est redemandée.",
    )
    return redirect(current.url)


@require_safe
def coverage(request: HttpRequest, pk: int) -> HttpResponse:
    asked, current = _followed(request, pk, with_past=True)
    reminders = list(Reminder.objects.filter(request=asked, version=current.version)[:6])
    today = timezone.localdate().isoformat()
    context = {
        "asked": asked,
        "current": current,
        "coverage": queries.coverage(asked, current, by=request.user),
        "reminders": [one for one in reminders if one.sent_at],
        "is_reminded": any(one.occasion == today for one in reminders),
    }
    return render(request, "acknowledgements/coverage.html", context)


@require_safe
@never_cache
def export(request: HttpRequest, pk: int) -> HttpResponse:
    asked, current = _followed(request, pk, with_past=True)
    response = HttpResponse(
        exports.workbook(queries.coverage(asked, current, by=request.user), current.title), content_type=XLSX
    )
    name = f"accuses-{slugify(current.title)[:60] or asked.pk}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    asked, current = _followed(request, pk)
    try:
        actions.remind_by_hand(request=asked, current=current, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Le rappel part aux personnes qui n’ont pas encore lu.")
    return redirect("acknowledgements:coverage", pk)


def _asked(request: HttpRequest, pk: int, *, with_past: bool = False) -> tuple[AcknowledgementRequest, Current]:
    """404 for whoever may not read the object."""
    found = subjects.find_asked(request.user, pk, with_past=with_past)
    if found is None:
        raise Http404
    return found


def _followed(request: HttpRequest, pk: int, *, with_past: bool = False) -> tuple[AcknowledgementRequest, Current]:
    """404 for whoever may not read the object, 403 for whoever reads it and may not follow who has: what has expired is
    followed still (`with_past`), and does not exist for anybody else."""
    asked, current = _asked(request, pk, with_past=with_past)
    if not queries.may_follow(request.user, asked, current.home_id):
        raise Http404 if current.is_past else PermissionDenied
    return asked, current
