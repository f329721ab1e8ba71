"""Who must read, who has, and what waits for somebody. Computed at the moment of reading from the mandates in force: who
left is expected no more, who came is, and what somebody did read stays counted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from accounts.alphabet import alphabetical
from accounts.models import HAS_JOINED, User
from acknowledgements import subjects
from acknowledgements.models import Acknowledgement, AcknowledgementRequest
from acknowledgements.subjects import Current
from spaces import policy
from spaces.enums import Ability, Role, Visibility
from spaces.models import Boundary, Membership, Space, french_date
from spaces.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

RECENT = 300
"""Requests in progress that are looked at for « à lire »: the latest ones."""
NO_STRUCTURE = "Sans structure"


def expected(current: Current, *, but: int | None) -> "QuerySet[Membership]":
    """The mandates in force that make somebody a reader of it: those of its spaces, or any mandate when one of them is open
    to everybody registered; without the person who asked (`but`, a user id), nor those whom an invitation still waits for: they
    cannot read yet, and a reminder would lead them to a closed door."""
    people = User.objects.active().filter(HAS_JOINED).order_by()
    mandates = Membership.objects.in_force().filter(user__in=people).exclude(user=but)
    if current.boundary_id is not None:
        circle = Boundary.members.through.objects.filter(boundary=current.boundary_id).values("user")
        return mandates.filter(Q(user__in=circle) | Q(role=Role.MANAGER), space__in=current.space_ids)
    if Space.objects.filter(pk__in=current.space_ids, visibility=Visibility.REGISTERED).exists():
        return mandates
    return mandates.filter(space__in=current.space_ids)


# --- What waits for somebody ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToRead:
    request_id: int
    kind: str
    title: str
    url: str
    deadline: date | None

    @property
    def is_late(self) -> bool:
        return self.deadline is not None and self.deadline < timezone.localdate()


def to_read(user: User) -> list[ToRead]:
    """What `user` is asked to read and has not said to have read, the most pressing first. One query when nothing is asked of
    anybody; never more than six."""
    requests = {(kind, object_id): (pk, deadline) for pk, kind, object_id, deadline in _asked_by_others(user.pk)}
    found = subjects.find(user, requests.keys()) if requests else {}
    if not found:
        return []
    mine = _expecting_space_ids(user)
    read = set(Acknowledgement.objects.filter(user=user).order_by().values_list("request_id", "version"))
    waiting = [
        ToRead(requests[subject][0], subject[0], current.title, current.url, requests[subject][1])
        for subject, current in found.items()
        if current.space_ids & mine and (requests[subject][0], current.version) not in read
    ]
    return sorted(waiting, key=lambda row: (row.deadline or date.max, alphabetical(row.title), row.request_id))


@prepared
def _asked_by_others(user: int) -> "QuerySet[Any, Any]":
    asked = AcknowledgementRequest.objects.filter(stopped_at=None).exclude(asked_by=user)
    return asked.values_list("pk", "kind", "object_id", "deadline")[:RECENT]


def is_expected(user: User, current: Current) -> bool:
    return bool(current.space_ids & _expecting_space_ids(user))


def _expecting_space_ids(user: User) -> set[int]:
    """The spaces whose requests concern `user`: those of the mandates in force (not those that the regional animation merely
    oversees), and with one of them the spaces open to everybody."""
    mine = set(Membership.objects.in_force().filter(user=user).order_by().values_list("space_id", flat=True))
    if mine:
        mine |= set(Space.objects.filter(visibility=Visibility.REGISTERED).order_by().values_list("pk", flat=True))
    return mine


# --- On the object's own page ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """What the page of an object says of its acknowledgement to one reader."""

    request: AcknowledgementRequest | None
    current: Current | None = None
    read_at: datetime | None = None
    former_at: datetime | None = None
    """When they last said so of another version."""
    is_expected: bool = False
    may_ask: bool = False
    may_follow: bool = False
    may_take_over: bool = False
    """Whoever asked publishes there no more: nobody in the space follows it."""


def receipt(user: User, kind: str, object_id: int, space: Space) -> Receipt:
    """For an object that `user` may read. Three queries at most beside the object's own."""
    request = next(iter(_asked(kind, object_id)), None)
    may_ask = policy.can(user, Ability.PUBLISH_ANNOUNCEMENT, space)
    current = subjects.find(user, [(kind, object_id)]).get((kind, object_id)) if request else None
    if request is None or current is None:
        return Receipt(request, may_ask=may_ask, may_follow=request is not None and may_follow(user, request, space.pk))
    follows = may_follow(user, request, space.pk)
    said = dict(Acknowledgement.objects.filter(request=request, user=user).order_by("at").values_list("version", "at"))
    return Receipt(
        request,
        current,
        read_at=said.pop(current.version, None),
        former_at=next(reversed(said.values()), None),
        is_expected=request.asked_by_id != user.pk and is_expected(user, current),
        may_ask=may_ask,
        may_follow=follows,
        may_take_over=may_ask and not follows and is_left(request, space),
    )


@prepared
def _asked(kind: str, object_id: int) -> "QuerySet[AcknowledgementRequest]":
    return AcknowledgementRequest.objects.filter(kind=kind, object_id=object_id, stopped_at=None).order_by("pk")[:1]


def within_reach(user: User | None, current: Current) -> Current:
    """The part of it that `user` may follow or have reminded: what is addressed to the spaces that they manage today. Somebody
    who published in a space and manages it no more learns nothing of who is there."""
    reader = policy.reader_of(user)
    return current if reader.is_animation else replace(current, space_ids=current.space_ids & reader.managed_ids)


def beyond(user: User, current: Current) -> str:
    """The names of the spaces to which it is addressed and where `user` does not publish; empty when there is none."""
    mine = policy.reader_of(user).space_ids_with(Ability.PUBLISH_ANNOUNCEMENT)
    if current.space_ids <= set(mine):
        return ""
    names = Space.objects.filter(pk__in=current.space_ids).exclude(pk__in=mine).values_list("name", flat=True)
    return ", ".join(f"«\u00a0{name}\u00a0»" for name in names)


def may_follow(user: User, request: AcknowledgementRequest, home_id: int) -> bool:
    """The names of those who have not read are for the regional animation, and for the author as long as they publish there."""
    reader = policy.reader_of(user)
    return reader.is_animation or (request.asked_by_id == user.pk and home_id in reader.managed_ids)


def is_left(request: AcknowledgementRequest, space: Space) -> bool:
    """Whether whoever asked publishes in `space` no more."""
    return not policy.can(request.asked_by, Ability.PUBLISH_ANNOUNCEMENT, space)


# --- Coverage -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """One line of the coverage: of `total` people, `read` have read."""

    name: str
    read: int
    total: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 is said only when everybody has read."""
        return 100 * self.read // self.total if self.total else 0


@dataclass(frozen=True)
class Person:
    user_id: int
    name: str
    email: str
    structures: tuple[str, ...]
    spaces: tuple[str, ...]
    read_at: datetime | None


@dataclass(frozen=True)
class Coverage:
    people: list[Person]
    """Everybody expected today, by name."""
    by_space: list[Share]
    by_structure: list[Share]
    left: int
    """How many had read this version and are no longer expected; said to whoever follows all of it."""
    corrected: int
    """How many of them had read it before it was merely corrected."""
    former: int
    """How many had acknowledged a former version; of the people above alone, for whoever does not follow all of it."""

    @property
    def whole(self) -> Share:
        return Share("Ensemble", sum(person.read_at is not None for person in self.people), len(self.people))

    @property
    def outstanding(self) -> list[Person]:
        return [person for person in self.people if person.read_at is None]


def coverage(request: AcknowledgementRequest, current: Current, *, by: User | None = None) -> Coverage:
    """What `by` may follow of it (None, for what shows it to nobody: all of it), with the names of the spaces that they read.
    Three queries, whatever the number of people. `may_follow` is asked by the screen. Somebody with two mandates is one
    person, counted in each of their spaces and structures."""
    reach = current if by is None else within_reach(by, current)
    readable = None if by is None else policy.reader_of(by).space_ids
    said = {
        (user_id, version): at
        for user_id, version, at in request.acknowledgements.order_by().values_list("user_id", "version", "at")
    }
    rows = (
        expected(reach, but=request.asked_by_id)
        .order_by("user__last_name", "user__first_name", "user_id", "space__position", "space__name")
        .values_list(
            "user_id", "user__first_name", "user__last_name", "user__email", "structure__name", "space_id", "space__name"
        )
    )  # fmt: skip
    names: dict[int, tuple[str, str]] = {}
    structures: dict[int, dict[str, None]] = defaultdict(dict)
    spaces: dict[int, dict[str, None]] = defaultdict(dict)
    for user_id, first, last, email, structure, space_id, space in rows:
        names[user_id] = (f"{first} {last}".strip() or email, email)
        structures[user_id][structure or NO_STRUCTURE] = None
        if readable is None or space_id in readable:
            spaces[user_id][space] = None
    people = [
        Person(pk, name, email, tuple(structures[pk]), tuple(spaces[pk]), said.get((pk, current.version)))
        for pk, (name, email) in names.items()
    ]
    of_this_version = {user_id for user_id, version in said if version == current.version}
    of_another = {user_id for user_id, version in said if version != current.version}
    is_whole = reach == current
    return Coverage(
        people=people,
        by_space=_shares((space, person) for person in people for space in person.spaces),
        by_structure=_shares((structure, person) for person in people for structure in person.structures),
        left=len(of_this_version - names.keys()) if is_whole else 0,
        corrected=sum(
            bool(one.read_at and current.corrected_at and one.read_at < current.corrected_at) for one in people
        ),
        former=len(of_another if is_whole else of_another & names.keys()),
    )


def _shares(pairs: Iterable[tuple[str, Person]]) -> list[Share]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, person in pairs:
        counts[name][0] += person.read_at is not None
        counts[name][1] += 1
    return sorted(
        (Share(name, *count) for name, count in counts.items()),
        key=lambda share: (share.percent, alphabetical(share.name)),
    )


def outstanding(request: AcknowledgementRequest, current: Current) -> "QuerySet[User]":
    """The active accounts expected to read that have not: whom a reminder is for."""
    done = request.acknowledgements.filter(version=current.version).order_by()
    mandates = expected(current, but=request.asked_by_id).order_by()
    return User.objects.active().filter(pk__in=mandates.values("user")).exclude(pk__in=done.values("user"))


def in_progress() -> "QuerySet[AcknowledgementRequest]":
    return AcknowledgementRequest.objects.filter(Q(asked_by__is_active=True), stopped_at=None).select_related(
        "asked_by"
    )


def reading_facts(kind: str, object_ids: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """For the mails about these objects: that they are to be read, and until which day. One query."""
    asked = AcknowledgementRequest.objects.filter(kind=kind, object_id__in=object_ids, stopped_at=None).order_by()
    return {request.object_id: facts_of(request) for request in asked}


def facts_of(request: AcknowledgementRequest) -> tuple[tuple[str, str], ...]:
    until = f" jusqu’au {french_date(request.deadline)} inclus" if request.deadline else ""
    return (("Lecture demandée", f"«\u00a0J’ai lu\u00a0» attendu{until}"),)


def asked_since(kind: str, object_id: int, version: str) -> tuple[datetime, set[int]] | None:
    """Since when this version is asked to be read, and who has said already to have read it; None when it is not. Two queries."""
    request = AcknowledgementRequest.objects.filter(kind=kind, object_id=object_id, stopped_at=None).first()
    if request is None:
        return None
    return request.asked_at, set(request.acknowledgements.filter(version=version).values_list("user", flat=True))


def request_ids(user: User, kind: str, object_ids: Iterable[int], home: Space) -> dict[int, int]:
    """By object of the space `home`, the request whose coverage `user` may read. One query."""
    asked = AcknowledgementRequest.objects.filter(kind=kind, object_id__in=object_ids, stopped_at=None).order_by()
    return {request.object_id: request.pk for request in asked if may_follow(user, request, home.pk)}


def personal_data(user: User) -> list[dict[str, object]]:
    """What `user` said to have read, and when."""
    rows = Acknowledgement.objects.filter(user=user).order_by("pk")
    return [
        {"nature": kind, "objet": object_id, "lu le": at}
        for kind, object_id, at in rows.values_list("request__kind", "request__object_id", "at")
    ]
