"""« Secrétariat de séance »: one page, one address. Each form says what it does in `do`; the script sends the same forms."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings import dates, rich_text
from meetings.actions import desk as actions
from meetings.enums import Attendance
from meetings.minutes_forms import ActionLineForm
from meetings.models import AgendaItem, Meeting, Minutes
from meetings.queries import minutes as queries
from meetings.queries.history import histories
from meetings.queries.quorum import quorum_in_words
from spaces import policy
from spaces.enums import Ability

_SEEN = (Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT)
"""One tap each; « represented » asks by whom."""


def _meeting(request: HttpRequest, uuid: UUID) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("space", "body")
    found = get_object_or_404(meetings, uuid=uuid)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    return found


def desk(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = _meeting(request, uuid)
    if request.method != "POST":
        return _page(request, meeting)
    do = _DO.get(request.POST.get("do") or request.POST.get("change", "").partition(":")[0])
    if do is None:
        raise Http404
    try:
        answer = do(request, meeting)
    except actions.ConflictError as conflict:
        return _conflict(request, meeting, conflict)
    except ValidationError as error:
        return _refused(request, meeting, " ".join(error.messages))
    if _by_script(request):
        now = dates.clock(timezone.localtime())
        return JsonResponse({"saved": now, **answer})
    return redirect(f"{request.path}#{request.POST.get('anchor', '')[:60]}")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _page(request: HttpRequest, meeting: Meeting, conflict: dict[str, object] | None = None) -> HttpResponse:
    minutes, invitees = Minutes.objects.filter(meeting=meeting).first(), queries.invitees_of(meeting)
    context = {
        "meeting": meeting,
        "space": meeting.space,
        "minutes": minutes,
        "is_closed": actions.why_closed(meeting),
        "when": dates.span_in_words(meeting.starts_at, meeting.ends_at),
        "items": _items(request, meeting),
        "invitees": invitees,
        "quorum": quorum_in_words(meeting, invitees),
        "attendances": [(one.value, one.label) for one in _SEEN],
        "carried": queries.open_actions_of_body(meeting, request.user),
        "doers": queries.doers(meeting.space),
        "conflict": conflict,
        # Refused, or sent after the session had ended: what was typed is still there.
        "typed": request.POST if request.method == "POST" else request.rescued,
    }
    status = 409 if conflict else 200
    return render(request, "meetings/desk.html", context, status=status)


def _items(request: HttpRequest, meeting: Meeting) -> list[AgendaItem]:
    former, items = histories(request.user, meeting), queries.agenda_of(meeting)
    for item in items:
        item.history = former.get(item.uuid, [])  # type: ignore[attr-defined]  # for the template
    return items


def _conflict(request: HttpRequest, meeting: Meeting, conflict: actions.ConflictError) -> HttpResponse:
    """Both texts, so that nothing is lost: the one that is there, and the one just sent."""
    by = str(conflict.by) if conflict.by else ""
    if _by_script(request):
        theirs = {"html": rich_text.clean(conflict.html), "revision": conflict.revision, "by": by}
        return JsonResponse(theirs, status=409)
    mine = rich_text.to_marks(_html(request))
    theirs = {"item": request.POST["item"], "html": rich_text.clean(conflict.html), "revision": conflict.revision}
    return _page(request, meeting, {**theirs, "by": by, "mine": mine})


def _refused(request: HttpRequest, meeting: Meeting, why: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"error": why}, status=422)
    messages.error(request, why)
    return _page(request, meeting)


def _html(request: HttpRequest) -> str:
    """What the script sends, an emptied field included; else what was typed with marks."""
    html = request.POST.get("html")
    return rich_text.from_marks(request.POST.get("text", "")) if html is None else html


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _item(request: HttpRequest) -> UUID | None:
    text = request.POST.get("item", "")
    return _uuid(text) if text else None


def _key(request: HttpRequest) -> UUID | None:
    """The name that the script gives to a line: sent twice after a cut, it is noted once."""
    text = request.POST.get("uuid", "")
    return _uuid(text) if text else None


def _open(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    actions.hold_meeting(meeting=meeting, by=request.user)
    return {}


def _save_notes(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    revision = _number(request.POST.get("revision", ""))
    notes = actions.save_notes(
        meeting=meeting,
        item=_uuid(request.POST.get("item", "")),
        by=request.user,
        html=_html(request),
        revision=revision,
    )
    return {"revision": notes.revision}


def _attendance(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    found = actions.mark_attendance(
        meeting=meeting,
        invitee=_uuid(request.POST.get("invitee", "")),
        by=request.user,
        attendance=request.POST.get("attendance", ""),
        represented_by=request.POST.get("represented_by"),
    )
    return {"attendance": found.attendance}


def _decide(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    text, key = request.POST.get("decision", ""), _key(request)
    taken = actions.take_decision(meeting=meeting, item=_item(request), by=request.user, text=text, key=key)
    return {"number": taken.number}


def _note_action(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    form = ActionLineForm(request.POST, space=meeting.space)
    if not form.is_valid():
        raise ValidationError([message for errors in form.errors.values() for message in errors])
    actions.note_action(meeting=meeting, item=_item(request), by=request.user, key=_key(request), **form.contents())
    return {}


def _remove(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    chosen = {name: _uuid(request.POST[name]) for name in ("decision", "action") if request.POST.get(name)}
    actions.remove_line(meeting=meeting, by=request.user, **chosen)
    return {}


def _add_item(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    title = request.POST.get("title", "")
    return {"item": str(actions.add_item(meeting=meeting, by=request.user, title=title, key=_key(request)).uuid)}


def _move(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    step = -1 if request.POST.get("change") == "move:up" else 1
    actions.move_item(meeting=meeting, item=_uuid(request.POST.get("item", "")), by=request.user, step=step)
    return {}


def _item_state(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    item, state = _uuid(request.POST.get("item", "")), request.POST.get("change", "").partition(":")[2]
    actions.set_item_state(meeting=meeting, item=item, by=request.user, state=state)
    return {}


_DO: dict[str, Callable[[HttpRequest, Meeting], dict[str, object]]] = {
    "open": _open,
    "notes": _save_notes,
    "attendance": _attendance,
    "decision": _decide,
    "action": _note_action,
    "remove": _remove,
    "item": _add_item,
    "move": _move,
    "state": _item_state,
}


@require_safe
def attendance_sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = _meeting(request, uuid)
    headers = {"Content-Disposition": 'attachment; filename="feuille-emargement.pdf"'}
    try:
        made = queries.attendance_sheet(meeting)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(meeting)
    return HttpResponse(made, content_type="application/pdf", headers=headers)
