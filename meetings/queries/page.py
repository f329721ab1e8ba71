"""One meeting as its page shows it: a fixed number of queries, whatever is on the agenda and whoever is invited."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.alphabet import alphabetical
from meetings import prepared
from meetings.convocations import why_closed
from meetings.enums import Answer, MeetingState, Purpose
from meetings.models import Invitee, Meeting, Minutes, Poll
from meetings.models.polls import POLLED
from meetings.queries.history import Former, histories
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

NO_NETWORK = "Autres"


@dataclass(frozen=True)
class ItemRow:
    pk: int
    uuid: UUID
    title: str
    description: str
    purpose: str
    minutes: int | None
    presenter: str
    documents: list[tuple[str, str]]
    """Title and address of those that the reader may see."""
    approves: str
    """Address of the minutes that it is to approve; else empty."""
    history: "list[Former]"
    """Earlier sittings that it comes from."""


@dataclass(frozen=True)
class InviteeRow:
    uuid: UUID
    user_id: int | None
    name: str
    email: str
    structure: str
    network: str
    answer: str
    represented_by: str
    is_told: bool
    is_gone: bool = False
    """No longer written to. Said to whoever convenes, alone."""

    @property
    def answer_in_words(self) -> str:
        if self.answer == Answer.REPRESENTED:
            return f"Représenté par {self.represented_by}" if self.represented_by else "Représenté"
        return Answer(self.answer).label


@dataclass(frozen=True)
class Coming:
    """« CIO : 1 présent, 1 excusé »."""

    network: str
    words: str
    invitees: list[InviteeRow]


@dataclass(frozen=True)
class Invited:
    rows: list[InviteeRow]
    networks: list[Coming]
    mine: InviteeRow | None
    can_answer: bool

    @property
    def unanswered(self) -> int:
        return sum(row.answer == Answer.NONE and not row.is_gone for row in self.rows)

    @property
    def untold(self) -> int:
        return sum(not row.is_told and not row.is_gone for row in self.rows)

    @property
    def is_told(self) -> bool:
        return any(row.is_told for row in self.rows)


def agenda(user: "User", meeting: Meeting) -> list[ItemRow]:
    """The items in order, with the documents that `user` may read and their history. Four queries at most; one, for an agenda
    that has neither."""
    items = prepared.items(user, meeting.pk)
    former = histories(user, meeting) if any(carried for *_, carried in items) else {}
    attached: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for item, title, uuid in prepared.attached(user, meeting.pk) if any(has for *_, has, _ in items) else ():
        attached[item].append((title, reverse("documents:document", args=[uuid])))
    return [
        ItemRow(
            pk,
            uuid,
            title,
            text,
            Purpose(purpose).label,
            minutes,
            presenter,
            attached[pk],
            _minutes_url(of),
            former.get(uuid, []),
        )
        for pk, uuid, title, text, purpose, minutes, presenter, of, *_ in items
    ]


def _minutes_url(meeting: UUID | None) -> str:
    return reverse("meetings:minutes", args=[meeting]) if meeting else ""


def minutes_to_read(user: "User", meeting: Meeting, may_convene: bool) -> Minutes | None:
    """Without asking for those that cannot be told yet: the meeting becomes circulated with its minutes. One query at most."""
    is_told = meeting.state in {MeetingState.CIRCULATED, MeetingState.APPROVED}
    return next(iter(prepared.minutes(user, meeting.pk)), None) if is_told or may_convene else None


def invited(user: "User", meeting: Meeting) -> Invited:
    """Who is invited and what they answered, by network. One query; two for whoever convenes there."""
    gone = set()
    if policy.can(user, Ability.CONVENE_MEETING, meeting.space):
        space = meeting.space
        gone = set(prepared.gone(meeting.pk, space.pk, timezone.localdate(), visibility=space.visibility))
    rows = [
        InviteeRow(
            uuid, account, name, email, structure or "", network or "", answer, by, told is not None, uuid in gone
        )
        for uuid, account, name, email, structure, network, answer, by, told in prepared.invitees(user, meeting.pk)
    ]
    mine = next((row for row in rows if row.user_id == user.pk), None)
    return Invited(rows, _by_network(rows), mine, not why_closed(meeting))


def _by_network(rows: list[InviteeRow]) -> list[Coming]:
    groups: dict[str, list[InviteeRow]] = defaultdict(list)
    for row in rows:
        groups[row.network or NO_NETWORK].append(row)
    names = sorted(groups, key=lambda name: (name == NO_NETWORK, alphabetical(name)))
    return [Coming(name, _counts(groups[name]), groups[name]) for name in names]


def _counts(rows: list[InviteeRow]) -> str:
    numbers = Counter(row.answer for row in rows)
    order = (Answer.PRESENT, Answer.REPRESENTED, Answer.EXCUSED)
    parts = [f"{numbers[a]} {a.label.lower()}{'s' if numbers[a] > 1 else ''}" for a in order if numbers[a]]
    if numbers[Answer.NONE]:
        parts.append(f"{numbers[Answer.NONE]} sans réponse")
    return ", ".join(parts)


@dataclass(frozen=True)
class Step:
    """The page's main button."""

    label: str
    url: str


def next_step(meeting: Meeting, invited: Invited, minutes: Minutes | None, may_convene: bool) -> Step | None:
    """What comes next in the life of the meeting: for its organiser, from the invitations to the approval; for others, to read."""
    if not may_convene:
        return Step("Lire le compte rendu", minutes.get_absolute_url()) if minutes else None
    now, state = timezone.now(), MeetingState(meeting.state)
    if state in POLLED and (poll := _unsettled_poll(meeting)):
        return Step("Choisir la date", poll.get_absolute_url())
    if (
        state in {MeetingState.DRAFT, MeetingState.CONVENED}
        and meeting.starts_at > now
        and (invited.untold or not invited.rows)
    ):
        return _to("Convoquer", "convene", meeting) if invited.rows else _to("Choisir les invités", "invitees", meeting)
    if state == MeetingState.POSTPONED or (state == MeetingState.DRAFT and meeting.starts_at <= now):
        return _to("Donner une autre date", "change", meeting)
    if minutes:
        label = {
            MeetingState.CIRCULATED: "Relire et approuver le compte rendu",
            MeetingState.APPROVED: "Lire le compte rendu",
        }.get(state, "Relire et diffuser le compte rendu" if meeting.ends_at < now else "")
        return Step(label, minutes.get_absolute_url()) if label else _to("Ouvrir le secrétariat", "desk", meeting)
    is_near = timezone.localdate(meeting.starts_at) <= timezone.localdate()
    if state in {MeetingState.CONVENED, MeetingState.HELD} and is_near:
        return _to("Ouvrir le secrétariat", "desk", meeting)
    return None


def _unsettled_poll(meeting: Meeting) -> Poll | None:
    poll = getattr(meeting, "poll", None)
    return poll if poll and not poll.chosen_id else None


def _to(label: str, name: str, meeting: Meeting) -> Step:
    return Step(label, reverse(f"meetings:{name}", args=[meeting.uuid]))


@dataclass(frozen=True)
class Gestures:
    """What the organiser is offered beside the next step."""

    desk: bool
    change: bool
    put_off: bool
    cancel_held: bool
    agenda: bool
    invitees: bool
    propose_dates: bool
    restore: bool


def gestures(meeting: Meeting, minutes: Minutes | None, may_convene: bool) -> Gestures:
    state = MeetingState(meeting.state)
    is_expected = state == MeetingState.CONVENED and meeting.ends_at >= timezone.now()
    was_held = state in {MeetingState.HELD, MeetingState.CIRCULATED} or (
        state == MeetingState.CONVENED and not is_expected
    )
    is_open = state not in {MeetingState.CANCELLED, MeetingState.CIRCULATED, MeetingState.APPROVED}
    return Gestures(
        desk=may_convene and (was_held or is_expected),
        change=may_convene and is_open and state != MeetingState.POSTPONED,
        put_off=may_convene and is_expected,
        cancel_held=may_convene and was_held and minutes is None,
        agenda=may_convene and is_open,
        invitees=may_convene and is_open,
        restore=may_convene
        and state in {MeetingState.CANCELLED, MeetingState.POSTPONED}
        and meeting.ends_at >= timezone.now(),
        propose_dates=may_convene and state in POLLED and not _unsettled_poll(meeting),
    )


def waiting_answers(user: "User") -> list[Meeting]:
    """The meetings to come that `user` was called to and has not answered, soonest first. One query."""
    return [one.meeting for one in prepared.unanswered(user) if not why_closed(one.meeting)]


def invitations_of(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: the meetings that the person was invited to, and their answers."""
    found = Invitee.objects.filter(user=user).order_by("pk")
    columns = ("meeting__space__name", "meeting__starts_at", "answer", "represented_by", "answered_at", "attendance")
    names = ("espace", "début", "réponse", "représenté par", "répondu le", "présence")
    return [dict(zip(names, row, strict=True)) for row in found.values_list(*columns)]
