"""A poll of dates as its page shows it: who said what, and who is missing. A fixed number of queries, whoever is asked."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.alphabet import alphabetical
from meetings.dates import clock, span_in_words
from meetings.enums import Choice
from meetings.models import Ballot, Invitee, Meeting, Poll, PollAnswer, PollDate
from meetings.models.polls import POLLED
from meetings.planning import day_off
from meetings.queries.page import NO_NETWORK
from spaces import policy
from spaces.enums import Ability
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class DateColumn:
    pk: int
    starts_at: datetime
    ends_at: datetime
    counts: Counter[str]
    is_best: bool
    """As many can come as on any other day: « oui », then « peut-être »."""
    is_chosen: bool

    @property
    def words(self) -> str:
        return span_in_words(self.starts_at, self.ends_at)

    @property
    def day_off(self) -> str:
        return day_off(timezone.localdate(self.starts_at))

    @property
    def hours(self) -> str:
        """« 14 h – 16 h »."""
        return f"{clock(timezone.localtime(self.starts_at))} – {clock(timezone.localtime(self.ends_at))}"

    @property
    def totals(self) -> list[tuple[str, str, int]]:
        """(choice, word, number), in the order of the answers."""
        return [(choice.value, choice.label.lower(), self.counts[choice]) for choice in Choice]

    @property
    def is_past(self) -> bool:
        return self.starts_at <= timezone.now()


@dataclass(frozen=True)
class Voter:
    name: str
    structure: str
    has_answered: bool
    answers: list[tuple[str, str]]
    """(choice, word) of each date in order; empty strings where nothing was said."""


@dataclass(frozen=True)
class NetworkVoters:
    network: str
    voters: list[Voter]

    @property
    def missing(self) -> list[Voter]:
        return [one for one in self.voters if not one.has_answered]


@dataclass(frozen=True)
class Grid:
    dates: list[DateColumn]
    networks: list[NetworkVoters]

    @property
    def missing(self) -> int:
        return sum(len(network.missing) for network in self.networks)

    @property
    def voters(self) -> int:
        return sum(len(network.voters) for network in self.networks)


def poll_grid(poll: Poll) -> Grid:
    """Three queries. The caller has made sure that the reader may see the meeting. Nobody waits for the answer of whoever is
    no longer called."""
    answers: dict[int, dict[int, str]] = defaultdict(dict)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for ballot, day, choice in PollAnswer.objects.filter(ballot__poll=poll).values_list("ballot", "date", "choice"):
        answers[ballot][day] = choice
        counts[day][choice] += 1
    dates = _columns(poll, counts)
    columns = ("pk", "answered_at", "invitee__name", "invitee__structure__name", "invitee__network__name")
    networks: dict[str, list[Voter]] = defaultdict(list)
    called = Invitee.objects.filter(meeting=poll.meeting_id).still_called(poll.meeting.space).values("pk")
    awaited = Q(answered_at__isnull=False) | Q(invitee__in=called)
    ballots = Ballot.objects.filter(awaited, poll=poll).order_by("invitee__name", "pk")
    for pk, answered_at, name, structure, network in ballots.values_list(*columns):
        said = [answers[pk].get(date.pk, "") for date in dates]
        words = [(choice, Choice(choice).label if choice else "") for choice in said]
        networks[network or NO_NETWORK].append(Voter(name, structure or "", answered_at is not None, words))
    names = sorted(networks, key=lambda name: (name == NO_NETWORK, alphabetical(name)))
    return Grid(dates, [NetworkVoters(name, networks[name]) for name in names])


def _columns(poll: Poll, counts: dict[int, Counter[str]]) -> list[DateColumn]:
    """One query."""

    def score(pk: int) -> tuple[int, int]:
        return counts[pk][Choice.YES], counts[pk][Choice.MAYBE]

    found = list(PollDate.objects.filter(poll=poll).values_list("pk", "starts_at", "ends_at"))
    best = max((score(pk) for pk, *_ in found), default=(0, 0))
    return [
        DateColumn(pk, start, end, counts[pk], score(pk) == best and any(best), pk == poll.chosen_id)
        for pk, start, end in found
    ]


def answers_of(ballot: Ballot) -> dict[int, str]:
    """What was said, by date. One query."""
    return dict(PollAnswer.objects.filter(ballot=ballot).values_list("date", "choice"))


def sees_answers(user: "User", poll: Poll) -> bool:
    """The others' answers are for those who may see the meeting: those who were asked about a draft see their own."""
    return Meeting.objects.visible_to(user).filter(pk=poll.meeting_id).exists()


def waiting_polls(user: "User") -> list[Poll]:
    """Those that `user` has been asked to answer and has not, and those that they opened and whose last day is over: a date
    is to be kept. Soonest closed first. One query."""
    return _waiting_polls(user, timezone.localdate())


@prepared
def _waiting_polls(user: "User", today: date) -> "QuerySet[Poll]":
    silent = Ballot.objects.filter(invitee__user=user, answered_at=None).values("poll")
    convened = policy.reader_of(user).space_ids_with(Ability.CONVENE_MEETING)
    expected = Q(closes_on__gte=today, pk__in=silent)
    expected |= Q(closes_on__lt=today, opened_by=user, meeting__space_id__in=convened)
    found = Poll.objects.visible_to(user).filter(expected, chosen=None, meeting__state__in=POLLED)
    return found.select_related("meeting").order_by("closes_on", "pk")


def poll_answers_of(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: what the person said of the dates proposed to them."""
    found = PollAnswer.objects.filter(ballot__invitee__user=user).order_by("date__starts_at", "pk")
    columns = ("ballot__poll__meeting__space__name", "date__starts_at", "choice", "ballot__answered_at")
    names = ("espace", "date proposée", "réponse", "répondu le")
    return [dict(zip(names, row, strict=True)) for row in found.values_list(*columns)]
