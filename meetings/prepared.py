"""The room's queries that a meeting's page and the homes ask each time, written once (see `spaces.prepared`)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from documents.models import Document
from meetings.enums import MeetingState
from meetings.models import AgendaItem, DepositedMinutes, Escalation, Invitee, Meeting, Minutes
from spaces.enums import Ability
from spaces.models import Space
from spaces.policy import reader_of
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User

HAS_FILE = Exists(DepositedMinutes.objects.readable().filter(meeting=OuterRef("pk")))
"""A file of the space stands for the meeting's minutes."""


@prepared
def meeting(user: "User", uuid: UUID) -> "QuerySet[Meeting]":
    return Meeting.objects.visible_to(user).select_related("space", "body", "poll").filter(uuid=uuid)


@prepared
def upcoming(
    user: "User", now: datetime, space: int | None, *, columns: tuple[str, ...], limit: int
) -> "QuerySet[Any, Any]":
    """Not over at `now`, soonest first; of one space, or of all."""
    found = Meeting.objects.visible_to(user).filter(ends_at__gte=now).order_by("starts_at", "pk")
    found = found if space is None else found.filter(space=space)
    return found.annotate(has_file=HAS_FILE).values_list(*columns, "has_file")[:limit]


@prepared
def last_told(
    user: "User", now: datetime, space: int, *, columns: tuple[str, ...], states: tuple[str, ...]
) -> "QuerySet[Any, Any]":
    """The latest meeting over at `now` of which there are minutes, on the site (`states`) or as a file."""
    past = Meeting.objects.visible_to(user).past(now).filter(space=space).annotate(has_file=HAS_FILE)
    return past.filter(Q(has_file=True) | Q(state__in=states)).values_list(*columns, "has_file")[:1]


@prepared
def minutes(user: "User", meeting: int) -> "QuerySet[Minutes]":
    return Minutes.objects.visible_to(user).filter(meeting=meeting).select_related("meeting")[:1]


@prepared
def items(user: "User", meeting: int) -> "QuerySet[Any, Any]":
    """The last two say whether it is worth asking for its documents, and for its history."""
    columns = ("pk", "uuid", "title", "description", "purpose", "minutes", "presenter", "approves__meeting__uuid")
    found = AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position", "pk")
    has_documents = Exists(AgendaItem.documents.through.objects.filter(agendaitem=OuterRef("pk")))
    return found.annotate(has_documents=has_documents).values_list(*columns, "has_documents", "carried_from")


@prepared
def attached(user: "User", meeting: int) -> "QuerySet[Any, Any]":
    """The documents of the agenda that `user` may read."""
    found = Document.objects.visible_to(user).filter(agenda_items__meeting=meeting).order_by("title", "pk")
    return found.values_list("agenda_items__pk", "title", "uuid")


@prepared
def invitees(user: "User", meeting: int) -> "QuerySet[Any, Any]":
    columns = ("uuid", "user_id", "name", "email", "structure__name", "network__name", "answer", "represented_by")
    found = Invitee.objects.visible_to(user).filter(meeting=meeting).order_by("name", "pk")
    return found.values_list(*columns, "told_sequence")


@prepared
def unanswered(user: "User") -> "QuerySet[Invitee]":
    """The convocations that `user` has received and not answered."""
    called = Invitee.objects.visible_to(user).unanswered().filter(user=user, told_sequence__isnull=False)
    convened = called.filter(meeting__state=MeetingState.CONVENED).select_related("meeting")
    return convened.order_by("meeting__starts_at", "pk")


@prepared
def unfinished(user: "User") -> "QuerySet[Minutes]":
    mine = reader_of(user).space_ids_with(Ability.CONVENE_MEETING)
    found = Minutes.objects.unfinished().filter(meeting__space__in=mine)
    return found.select_related("meeting").defer("content").order_by("amend_until", "pk")


@prepared
def gone(meeting: int, space: int, today: date, *, visibility: str) -> "QuerySet[Any, Any]":
    """Those who are called no more."""
    invitees = Invitee.objects.filter(meeting=meeting)
    called = invitees.still_called(Space(pk=space, visibility=visibility), today)
    return invitees.exclude(pk__in=called.values("pk")).order_by().values_list("uuid", flat=True)


@prepared
def raised(user: "User", meeting: int, *, columns: tuple[str, ...], limit: int) -> "QuerySet[Any, Any]":
    """What left from the meeting for an upper body, and what was put on its agenda."""
    here = Q(meeting=meeting) | Q(item__meeting=meeting)
    return Escalation.objects.visible_to(user).with_step().filter(here).values_list(*columns)[:limit]
