"""The minutes as they are read, what is done with them, and their files."""

from collections.abc import Callable
from typing import Literal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from documents.enums import NOT_LOOKED_AT
from documents.queries import document_to_hand_over
from documents.views.screens import hand_over
from meetings.actions import left_out, papers
from meetings.actions import minutes as actions
from meetings.actions.guests import days_of
from meetings.enums import AmendmentState, Attendance, PaperState
from meetings.models import AgendaItem, Amendment, Minutes, Paper
from meetings.papers import MinutesContent
from meetings.queries import changes
from meetings.queries import minutes as queries
from meetings.queries.escalations import of_meeting
from spaces import policy
from spaces.enums import Ability

Kind = Literal["pdf", "odt", "docx"]
NOT_YET = "Ce fichier n’est pas encore prêt : il se prépare, ou n’a pas pu être mis en page. La page dit où il en est."
_TYPES = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _minutes(request: HttpRequest, uuid: UUID) -> Minutes:
    found = Minutes.objects.visible_to(request.user).select_related(
        "meeting__space", "meeting__body", "document", "approval_item__meeting"
    )
    return get_object_or_404(found, meeting__uuid=uuid)


def minutes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _minutes(request, uuid)
    if request.method == "POST":
        do = _DO.get(request.POST.get("do", ""))
        if do is None:
            raise Http404
        try:
            messages.success(request, do(request, found))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            return redirect(found)
    return render(request, "meetings/minutes.html", _context(request, found))


def _context(request: HttpRequest, found: Minutes) -> dict[str, object]:
    content, amendments = queries.read_content(found), queries.amendments_of(found)
    abilities = policy.abilities(request.user, found.meeting.space)
    return {
        "minutes": found,
        "meeting": found.meeting,
        "space": found.meeting.space,
        "abilities": abilities,
        "content": content,
        "items": queries.shown_items(content),
        "state": queries.state_in_words(found),
        "paper": queries.last_paper(found),
        **(
            _for_organiser(found, content)
            if Ability.CONVENE_MEETING in abilities
            else {"guests": [], "links": [], "unseen": 0}
        ),
        "errata": queries.errata_of(found),
        "amendments": amendments,
        "why_not_yet": queries.why_not_yet(found),
        "pending": sum(one.state == AmendmentState.PROPOSED for one in amendments),
        "to_write": [one for one in amendments if one.is_to_write(found)],
        "raised": of_meeting(request.user, found.meeting),
        "may_amend": found.is_open_to_amendments and actions.may_amend(request.user, found.meeting),
        "typed": request.POST if request.method == "POST" else request.rescued,
    }


def _for_organiser(found: Minutes, content: MinutesContent) -> dict[str, object]:
    """Who receives a link with the next circulation, and who has one; what nobody else reads yet."""
    guests = queries.guests_who_came(found.meeting)
    links = {"guests": guests, "links": queries.links_of(guests), "link_days": days_of(found)}
    lines = [queries.line_in_words(one) for one in queries.left_out(found)]
    items, people = changes.items_now(found), changes.people_now(found, content)
    unseen = sum(one.attendance == Attendance.UNKNOWN for one in people)
    since = {
        "typed_since": changes.notes_since(found, items),
        "changed_since": changes.changes_since(found, content, items, people),
    }
    return {**links, "unseen": unseen, "left_out": lines, **since, "has_changed": any([lines, *since.values()])}


def _circulate(request: HttpRequest, found: Minutes) -> str:
    _, told = actions.circulate_minutes(meeting=found.meeting, by=request.user)
    who = {0: "Personne d’autre n’avait à être prévenu", 1: "1 personne sera prévenue par courriel"}
    guests = len(queries.guests_who_came(found.meeting))
    sent = {0: "", 1: " 1 autre personne présente, sans accès à l’espace, recevra un lien vers le PDF."}
    many = f" {guests} autres personnes présentes, sans accès à l’espace, recevront un lien vers le PDF."
    return f"Compte rendu diffusé. {who.get(told, f'{told} personnes seront prévenues par courriel')}.{sent.get(guests, many)}"


def _print(request: HttpRequest, found: Minutes) -> str:
    papers.print_again(minutes=found, by=request.user)
    return "Le PDF se prépare de nouveau."


def _approve(request: HttpRequest, found: Minutes) -> str:
    actions.approve_minutes(minutes=found, by=request.user)
    return "Compte rendu approuvé. Il est figé : une correction passera par un erratum."


def _amend(request: HttpRequest, found: Minutes) -> str:
    item = AgendaItem.objects.filter(meeting=found.meeting, uuid__in=_uuids(request.POST.get("item", ""))).first()
    actions.propose_amendment(minutes=found, by=request.user, text=request.POST.get("text", ""), item=item)
    return "Amendement proposé. L’animateur de l’espace y répondra ici."


def _settle(request: HttpRequest, found: Minutes) -> str:
    wanted = _uuids(request.POST.get("amendment", ""))
    amendment = get_object_or_404(
        Amendment.objects.select_related("minutes__meeting__space"), minutes=found, uuid__in=wanted
    )
    accepted = request.POST.get("answer_is") == "accepted"
    actions.settle_amendment(
        amendment=amendment, by=request.user, accepted=accepted, answer=request.POST.get("answer", "")
    )
    return "Amendement accepté : reportez-le dans les notes." if accepted else "Amendement refusé, avec votre réponse."


def _correct(request: HttpRequest, found: Minutes) -> str:
    erratum = actions.add_erratum(minutes=found, by=request.user, text=request.POST.get("text", ""))
    return f"Erratum nº {erratum.number} publié. Le texte approuvé reste tel quel."


def _publish(request: HttpRequest, found: Minutes) -> str:
    erratum = left_out.publish_left_out(minutes=found, by=request.user)
    return f"Erratum nº {erratum.number} publié\u00a0: ces lignes sont au registre, lues par les membres."


def _put_off(request: HttpRequest, found: Minutes) -> str:
    item = left_out.put_off_left_out(minutes=found, by=request.user)
    if item.meeting is None:
        return "Reporté\u00a0: ces lignes attendent la prochaine réunion de l’instance."
    return f"Reporté à l’ordre du jour de la réunion du {queries.day_of(item.meeting)}."


def _uuids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


_DO: dict[str, Callable[[HttpRequest, Minutes], str]] = {
    "circulate": _circulate,
    "approve": _approve,
    "amend": _amend,
    "settle": _settle,
    "correct": _correct,
    "publish": _publish,
    "put_off": _put_off,
    "print": _print,
}


def _circulated_file(request: HttpRequest, found: Minutes) -> HttpResponseBase | None:
    """The very file that was circulated: it is not made again for each reader. None before that, while the antivirus has not
    looked at it, and for whoever may not read it where it is kept."""
    kept = document_to_hand_over(request.user, found.document.uuid) if found.document else None
    return hand_over(request, kept, kept.file_size) if kept and kept.scan_state not in NOT_LOOKED_AT else None


def _made(found: Minutes, kind: Kind, last: Paper | None) -> bytes:
    """What was kept; before any circulation, what the desk holds. Raises `ValidationError` when there is too much to print."""
    if last is not None and kind != "pdf":
        return bytes(getattr(last, kind))
    now = queries.paper_of(found)
    return queries.pdf_of(now) if kind == "pdf" else queries.word_of(now, kind)


@require_safe
def minutes_file(request: HttpRequest, uuid: UUID, kind: Kind) -> HttpResponseBase:
    found = _minutes(request, uuid)
    if kind not in _TYPES:
        raise Http404
    last = queries.last_paper(found)
    if last is not None and last.state != PaperState.DONE:
        messages.warning(request, NOT_YET)
        return redirect(found)
    if kind == "pdf" and (circulated := _circulated_file(request, found)):
        return circulated
    try:
        made = _made(found, kind, last)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(found)
    name = f"compte-rendu-{timezone.localdate(found.meeting.starts_at):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type=_TYPES[kind], headers=headers)
