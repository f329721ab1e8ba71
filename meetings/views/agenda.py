"""Writing the agenda of a meeting."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from meetings import actions
from meetings.forms import ItemForm
from meetings.models import AgendaItem
from meetings.views.objects import own_meeting_of


def item_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    form = ItemForm(request.POST or None, initial=request.rescued, user=request.user, space=meeting.space)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_item(meeting=meeting, by=request.user, **form.contents())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Point ajouté à la fin de l’ordre du jour.")
            return redirect(_agenda_of(uuid))
    return render(request, "meetings/item.html", {"form": form, "meeting": meeting, "space": meeting.space})


def item_change(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    found = _item(request, meeting, item)
    form = ItemForm(
        request.POST or None, initial=_initial_of(found) | request.rescued, user=request.user, space=meeting.space
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_item(item=found, by=request.user, **form.contents())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Point modifié.")
            return redirect(_agenda_of(uuid))
    context = {"form": form, "meeting": meeting, "space": meeting.space, "item": found}
    return render(request, "meetings/item.html", context)


@require_POST
def item_move(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    rows = -1 if request.POST.get("sens") == "haut" else 1
    return _done(
        request, uuid, lambda: actions.move_item(item=_item(request, meeting, item), by=request.user, by_rows=rows)
    )


@require_POST
def item_remove(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    found = _item(request, meeting, item)
    return _done(
        request, uuid, lambda: actions.remove_item(item=found, by=request.user), f"« {found.title} » est retiré."
    )


@require_POST
def choose_items(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring what was ticked in the body's backlog onto the agenda."""
    meeting = own_meeting_of(request, uuid)
    ticked = [value for value in request.POST.getlist("point")[:300] if value.isdigit()]
    waiting = AgendaItem.objects.visible_to(request.user).waiting().filter(body=meeting.body_id or 0, pk__in=ticked)
    return _done(
        request,
        uuid,
        lambda: actions.choose_items(meeting=meeting, items=waiting, by=request.user),
        "Ordre du jour complété.",
    )


def _done(request: HttpRequest, uuid: UUID, write: object, words: str = "") -> HttpResponse:
    try:
        write()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if words:
            messages.success(request, words)
    return redirect(_agenda_of(uuid))


def _agenda_of(uuid: UUID) -> str:
    return reverse("meetings:meeting", args=[uuid]) + "#ordre-du-jour"


def _item(request: HttpRequest, meeting: object, uuid: UUID) -> AgendaItem:
    items = AgendaItem.objects.visible_to(request.user).filter(meeting=meeting)
    return get_object_or_404(items.select_related("meeting__space", "body__space"), uuid=uuid)


def _initial_of(item: AgendaItem) -> dict[str, object]:
    names = ("title", "purpose", "minutes", "presenter", "description")
    return {name: getattr(item, name) for name in names} | {
        "documents": list(item.documents.values_list("pk", flat=True))
    }
