"""« Vue d’ensemble »: the year of each body, who comes, and the reminder to send. Whoever manages a space sees it of their own;
the regional animation, of all."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings import dates
from meetings.actions import reminders as actions
from meetings.charts import bar_chart
from meetings.enums import BodyKind
from meetings.models import Body
from meetings.queries import attendance as attendance_queries
from meetings.queries import overview as queries
from meetings.spreadsheets import workbook
from spaces import policy
from spaces.enums import Ability
from spaces.queries import managers_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BARS = 20
"""Structures drawn; the table holds all."""


def _require_some_space(request: HttpRequest) -> None:
    if not policy.reader_of(request.user).is_manager:
        raise PermissionDenied


def _year(request: HttpRequest) -> int:
    """The one asked for; this year when that is none."""
    text = request.GET.get("annee", "")
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return year if dates.FIRST_YEAR <= year <= dates.LAST_YEAR else timezone.localdate().year


def _period(request: HttpRequest) -> tuple[date, date]:
    """From `du` to `au`, both included; the year when nothing is said. Raises `ValidationError`."""
    year = _year(request)
    try:
        first = date.fromisoformat(request.GET.get("du") or f"{year}-01-01")
        last = date.fromisoformat(request.GET.get("au") or f"{year}-12-31")
    except ValueError:
        raise ValidationError("Une de ces dates n’est pas comprise\u00a0: écrivez-la ainsi, 2027-03-12.") from None
    if not dates.FIRST_YEAR <= first.year <= last.year <= dates.LAST_YEAR or last < first:
        raise ValidationError("La fin de la période doit suivre son début.")
    return first, last


def _wanted(request: HttpRequest) -> list[queries.BodyYear]:
    kind, only_late = request.GET.get("nature", ""), request.GET.get("attendu") == "1"
    return queries.overview(request.user, _year(request), kind, only_late)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    _require_some_space(request)
    year, rows = _year(request), _wanted(request)
    context = {
        "year": year,
        "years": [one for one in (year - 1, year + 1) if dates.FIRST_YEAR <= one <= dates.LAST_YEAR],
        "rows": rows,
        "awaited": sum(bool(row.reasons) for row in rows),
        "kinds": BodyKind.choices,
        "kind": request.GET.get("nature", ""),
        "only_late": request.GET.get("attendu") == "1",
        "query": request.GET.urlencode(),
        "may_remind": policy.can(request.user, Ability.MANAGE_REGION),
    }
    return render(request, "meetings/overview.html", context)


@require_safe
def overview_body(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    """What is behind the figures of one row."""
    body = get_object_or_404(
        Body.objects.visible_to(request.user).select_related("space"), space__slug=slug, slug=body_slug
    )
    policy.require(request.user, Ability.CONVENE_MEETING, body.space)
    [row] = queries.years_of([body], _year(request), request.user)
    context = {
        "body": body,
        "space": body.space,
        "row": row,
        "reminders": body.reminders.select_related("sent_by"),
        "may_remind": policy.can(request.user, Ability.MANAGE_REGION),
    }
    return render(request, "meetings/overview_body.html", context)


def remind_body(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    body = get_object_or_404(
        Body.objects.visible_to(request.user).select_related("space"), space__slug=slug, slug=body_slug
    )
    [row] = queries.years_of([body], _year(request), request.user)
    error = ""
    if request.method == "POST":
        try:
            sent = actions.remind_body(body=body, year=row.year, by=request.user)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            who = (
                "1 personne sera prévenue" if sent.recipients == 1 else f"{sent.recipients} personnes seront prévenues"
            )
            messages.success(request, f"Relance envoyée. {who} par courriel.")
            return redirect(row.url)
    managers = managers_of(body.space).exclude(pk=request.user.pk).order_by("last_name", "first_name", "pk")
    context = {"body": body, "space": body.space, "row": row, "error": error, "managers": managers}
    context |= {"again": actions.next_reminder(body), "again_days": actions.REMIND_AGAIN_AFTER_DAYS}
    return render(request, "meetings/remind_body.html", context, status=400 if error else 200)


@require_safe
def attendance(request: HttpRequest) -> HttpResponse:
    _require_some_space(request)
    error, found = "", None
    typed = {"du": request.GET.get("du", ""), "au": request.GET.get("au", "")}
    try:
        first, last = _period(request)
    except ValidationError as refused:
        error = " ".join(refused.messages)
    else:
        typed = {"du": first.isoformat(), "au": last.isoformat()}
        found = attendance_queries.attended(request.user, first, last)
    context = {"typed": typed, "error": error, "found": found, "shown": BARS}
    if found:
        context["networks"] = bar_chart((rate.name, rate.percent) for rate in found.networks)
        context["structures"] = bar_chart((rate.name, rate.percent) for rate in found.structures[:BARS])
    return render(request, "meetings/attendance.html", context, status=400 if error else 200)


@require_safe
def overview_export(request: HttpRequest) -> HttpResponse:
    """The rows that are on screen, and who came in that year, or in the period asked for."""
    _require_some_space(request)
    try:
        first, last = _period(request)
    except ValidationError:  # the page says what is wrong with it
        return redirect(f"{reverse('meetings:attendance')}?{request.GET.urlencode()}")
    found = attendance_queries.attended(request.user, first, last)
    made = workbook(queries.as_sheet(_wanted(request)), *attendance_queries.as_sheets(found))
    headers = {"Content-Disposition": f'attachment; filename="vue-d-ensemble-{first:%Y-%m-%d}-{last:%Y-%m-%d}.xlsx"'}
    return HttpResponse(made, content_type=_XLSX, headers=headers)
