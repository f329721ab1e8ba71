"""The agenda of a meeting, and the backlog of a body."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.shortcuts import get_object_or_404

from accounts.journal import log
from documents.models import Document
from meetings.actions.room import MAX_ITEMS, require_room_for_items
from meetings.enums import ItemState, MeetingState, Purpose
from meetings.models import AgendaItem, Body, Meeting, Notes
from meetings.protected import refuse_names
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

_CLOSED = {
    MeetingState.CIRCULATED: "Le compte rendu de cette réunion est diffusé : son ordre du jour se corrige au secrétariat.",
    MeetingState.APPROVED: "Le compte rendu de cette réunion est approuvé : son ordre du jour ne change plus.",
    MeetingState.CANCELLED: "Cette réunion est annulée : son ordre du jour ne change plus.",
}


class Contents(TypedDict, total=False):
    """What whoever writes it says of an item; `minutes` is how long it should last."""

    title: Required[str]
    description: str
    purpose: Purpose
    minutes: int | None
    presenter: str
    documents: Iterable[Document]


@transaction.atomic
def add_item(*, meeting: Meeting, by: "User", **contents: Unpack[Contents]) -> AgendaItem:
    """Put an item at the end of the agenda. Raises `PermissionDenied`/`Http404`
    when `by` may not convene there, `ValidationError` when a field is wrong, a document is not of the meeting's space,
    the agenda is full or its minutes are out."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    _check_open(meeting)
    item = AgendaItem(body_id=meeting.body_id, meeting=meeting, position=_last_position(meeting) + 1, proposed_by=by)
    _fill(item, meeting.space, by, **contents)
    log(meeting, "meetings.agenda.added", user=by, data={"item": str(item.uuid)})
    return item


@transaction.atomic
def propose_item(*, body: Body, by: "User", **contents: Unpack[Contents]) -> AgendaItem:
    """Put an item in the body's backlog, for a coming agenda. Any contributor of the space may. Raises as `add_item`."""
    policy.require(by, Ability.PROPOSE_ITEM, body.space)
    if AgendaItem.objects.filter(body=body).waiting().count() >= MAX_ITEMS:
        raise ValidationError("Trop de points attendent déjà dans cette instance.")
    item = AgendaItem(body=body, proposed_by=by, is_from_backlog=True)
    _fill(item, body.space, by, **contents)
    log(body, "meetings.agenda.proposed", user=by, data={"item": str(item.uuid)})
    return item


@transaction.atomic
def change_item(*, item: AgendaItem, by: "User", **contents: Unpack[Contents]) -> AgendaItem:
    """Raises as `add_item`."""
    meeting, space = _require(item, by)
    _fill(item, space, by, **contents)
    log(meeting or item.body, "meetings.agenda.changed", user=by, data={"item": str(item.uuid)})
    return item


@transaction.atomic
def move_item(*, item: AgendaItem, by: "User", by_rows: int) -> None:
    """One row up (-1) or down (+1), or more; beyond the ends it stays at the end. Raises as `add_item`."""
    meeting, _ = _require(item, by)
    rows = list(AgendaItem.objects.filter(meeting=meeting).select_for_update(of=("self",)).order_by("position", "pk"))
    place = next(rank for rank, row in enumerate(rows) if row.pk == item.pk)
    rows.insert(max(0, min(len(rows) - 1, place + by_rows)), rows.pop(place))
    for position, row in enumerate(rows, 1):
        row.position = position
    AgendaItem.objects.bulk_update(rows, ["position"])
    log(meeting or item.body, "meetings.agenda.moved", user=by, data={"item": str(item.uuid)})


@transaction.atomic
def remove_item(*, item: AgendaItem, by: "User") -> None:
    """Take it off the agenda. One that came from the backlog waits there again, whoever proposed it; one that an earlier meeting or
    an upper body left stays withdrawn, so that it does not come back by itself.
    Raises as `add_item`, `ValidationError` too when something was noted on it."""
    meeting, _ = _require(item, by)
    if Notes.objects.filter(item=item).exclude(html="").exists() or item.decisions.exists() or item.actions.exists():
        raise ValidationError("Des notes ont été prises sur ce point : il se retire au secrétariat, sans les perdre.")
    log(meeting or item.body, "meetings.agenda.removed", user=by, data={"title": item.title})
    is_left = item.carried_from_id or item.approves.exists() or item.returns.exists()
    if meeting and item.body_id and (is_left or item.is_from_backlog):
        item.meeting, item.position, item.given_back_by = None, 0, None
        item.state = ItemState.WITHDRAWN if is_left else item.state
        item.save()
    else:
        item.delete()


@transaction.atomic
def choose_items(*, meeting: Meeting, items: Iterable[AgendaItem], by: "User") -> int:
    """Bring items of the body's backlog onto the meeting's agenda, in the order given; returns how many. Raises as
    `add_item`, `ValidationError` too for a meeting put off, `Http404` for an item that does not wait in that body."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    items = list(items)
    _check_open(meeting, adding=len(items))
    if meeting.state == MeetingState.POSTPONED:
        raise ValidationError(
            "Cette réunion est reportée\u00a0: donnez-lui d’abord une date. Les points qu’elle avait lui reviendront d’eux-mêmes."
        )
    position = _last_position(meeting)
    chosen = 0
    for item in items:
        waiting = get_object_or_404(AgendaItem.objects.waiting().filter(body_id=meeting.body_id or 0), pk=item.pk)
        chosen += 1
        waiting.meeting, waiting.position, waiting.is_from_backlog = meeting, position + chosen, True
        waiting.given_back_by = None
        waiting.save()
    if chosen:
        log(meeting, "meetings.agenda.chosen", user=by, data={"count": chosen})
    return chosen


def hand_over(*, meeting: Meeting, to: Meeting, by: "User") -> None:
    """What a meeting put off was to speak of is on the agenda of the one that stands for it, after what is there, until the first
    is dated anew. Not its usual items, each agenda has its own; nor what earlier meetings left, which `carry_over` brings. Asks
    no right: called by `postpone_meeting`. Raises `ValidationError` when that agenda is full."""
    usual = meeting.body.agenda_lines if meeting.body else []
    own = AgendaItem.objects.filter(meeting=meeting, body=meeting.body_id, state=ItemState.OPEN, carried_from=None)
    own = own.filter(approves=None, returns=None).exclude(title__in=usual)
    if count := own.count():
        _check_open(to, adding=count)
        own.update(
            meeting=to,
            position=F("position") + _last_position(to),
            is_from_backlog=True,  # given up in its turn, that meeting leaves them in the body
            given_back_by=meeting,
        )
        log(to, "meetings.agenda.chosen", user=by, data={"count": count})


def _last_position(meeting: Meeting) -> int:
    return AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"] or 0


def _require(item: AgendaItem, by: "User") -> tuple[Meeting | None, Space]:
    meeting = item.meeting
    space = meeting.space if meeting else item.body.space  # type: ignore[union-attr]  # one of the two, says the database
    policy.require(by, Ability.CONVENE_MEETING, space)
    if meeting:
        _check_open(meeting, adding=0)
    return meeting, space


def why_closed(meeting: Meeting) -> str:
    """Why the agenda changes no more, in a sentence; empty while it does."""
    return _CLOSED.get(MeetingState(meeting.state), "")


def _check_open(meeting: Meeting, *, adding: int = 1) -> None:
    if reason := why_closed(meeting):
        raise ValidationError(reason)
    if adding:
        require_room_for_items(meeting, adding=adding)


def _fill(
    item: AgendaItem,
    space: Space,
    by: "User",
    *,
    title: str,
    description: str = "",
    purpose: Purpose = Purpose.DISCUSSION,
    minutes: int | None = None,
    presenter: str = "",
    documents: Iterable[Document] = (),
) -> None:
    attached = list(documents)
    readable = Document.objects.visible_to(by).filter(space=space, pk__in=[one.pk for one in attached])
    if readable.count() != len({one.pk for one in attached}):
        raise ValidationError({"documents": "Choisissez des documents de cet espace."})
    # Documents that `by` may not see were attached by somebody who may: they stay.
    hidden = item.documents.exclude(pk__in=Document.objects.visible_to(by)) if item.pk else []
    kept = [*attached, *hidden]
    item.title, item.presenter = " ".join(title.split()), " ".join(presenter.split())
    item.description = description.replace("\r\n", "\n").strip()
    item.purpose, item.minutes = purpose, minutes
    body = item.body or (item.meeting.body if item.meeting else None)
    refuse_names(body, by, item.title, item.presenter, item.description)
    item.full_clean()
    item.save()
    item.documents.set(kept)
