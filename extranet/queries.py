"""What the personal home shows: what waits for somebody, what is new, their spaces. Each function costs a fixed number of
queries, whatever there is to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Case, CharField, Count, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from acknowledgements.queries import to_read
from documents.reviews import own_reviews
from extranet.templatetags.french import counted, long_date, near_date, near_moment
from meetings.queries import waiting_answers, waiting_polls
from meetings.queries.minutes import unfinished_minutes
from meetings.queries.register import ActionRow
from notifications.queries import SpaceNews, news_by_space
from spaces import policy
from spaces.enums import Ability, Role, SpaceKind
from spaces.models import Membership, Space
from spaces.prepared import prepared
from spaces.queries import pending_requests

if TYPE_CHECKING:
    from accounts.models import User

INVITATION_SILENCE_DAYS = 7
"""After that, an invitation not accepted is worth a word or another sending."""
READINGS_SHOWN = 3
"""Readings asked that are named in « À faire »."""
REVIEWS_SHOWN = 3
"""Documents to look at again that are named there."""
ACTIONS_SHOWN = 6
"""Of « Mes actions »; the register has the others."""
FIRST_VISIT_DAYS = 30
"""Somebody who comes for the first time is shown this much of the past."""


@dataclass(frozen=True)
class Task:
    """One line of « À faire »."""

    summary: str
    """Counted, for the line under the greeting: « 2 demandes d’accès à traiter »."""
    detail: str
    url: str
    action: str
    """What the link does: « Traiter les demandes »."""
    answers_to: UUID | None = None
    """A meeting whose convocation is answered right there, for the date shown."""
    starts_at: datetime | None = None


@dataclass(frozen=True)
class MySpace:
    name: str
    slug: str
    kind: str
    role: str
    is_territory: bool
    has_resources: bool
    """Its maps, kit and guide are one tap away from the personal home."""


def what_waits(user: "User") -> list[Task]:
    """What `user` is expected to do, most pressing first. At most seven queries, and six for what is to be read."""
    mandates, reviews = _my_days(user)
    return [
        *_convocations(user),
        *_dates_to_choose(user),
        *_minutes_to_finish(user),
        *_second_factor(user),
        *_to_read(user),
        *_to_review(reviews),
        *_access_requests(user),
        *_my_mandates(mandates),
        *_people_of_my_spaces(user),
    ]


def _minutes_to_finish(user: "User") -> Iterable[Task]:
    waiting = unfinished_minutes(user)
    for minutes in waiting:
        yield Task(
            summary=counted(len(waiting), "compte rendu à terminer,comptes rendus à terminer"),
            detail=f"{minutes.meeting.title}, {near_date(minutes.meeting.starts_at)}\u00a0: {minutes.what_waits}",
            url=minutes.where_it_waits,
            action="Voir ce qui attend",
        )


def _second_factor(user: "User") -> Iterable[Task]:
    if not settings.MFA_REQUIRED_FOR_MANAGERS or not policy.reader_of(user).is_manager:
        return
    if not Authenticator.objects.filter(user=user).exists():
        yield Task(
            summary=counted(1, "réglage de sécurité à faire"),
            detail="Votre rôle demande une double authentification pour vous connecter.",
            url=reverse("mfa_index"),
            action="Choisir mon second facteur",
        )


def _to_read(user: "User") -> Iterable[Task]:
    """The three most pressing by name, the others together."""
    rows = to_read(user)
    summary_words = counted(len(rows), "lecture demandée,lectures demandées")
    for row in rows[:READINGS_SHOWN]:
        when = f" jusqu’au {long_date(row.deadline)} inclus" if row.deadline else ""
        late = ", en retard" if row.is_late else ""
        yield Task(
            summary=summary_words,
            detail=f"À lire{when}{late}\u00a0: «\u00a0{row.title}\u00a0».",
            url=row.url,
            action="Lire, puis confirmer",
        )
    if len(rows) > READINGS_SHOWN:
        yield Task(
            summary=summary_words,
            detail=f"Et {counted(len(rows) - READINGS_SHOWN, 'autre lecture demandée,autres lectures demandées')}.",
            url=reverse("acknowledgements:to_read"),
            action="Voir tout ce qui est à lire",
        )


def _to_review(due: list["_Day"]) -> Iterable[Task]:
    """What they deposited, and have said that they would look at again."""
    summary_words = counted(len(due), "document à revoir,documents à revoir")
    for rank, one in enumerate(due[: REVIEWS_SHOWN + 1]):
        rest = len(due) - rank
        what = f"À revoir depuis le {long_date(one.day)}\u00a0: «\u00a0{one.title}\u00a0», {one.space_name}."
        others = f"Et {counted(rest, 'autre document à revoir,autres documents à revoir')}."
        is_last = rank == REVIEWS_SHOWN
        yield Task(
            summary=summary_words,
            detail=others if is_last else what,
            url=reverse("documents:document", args=[UUID(one.word)]),
            action="Voir le suivant" if is_last else "Revoir le document",
        )


def _convocations(user: "User") -> Iterable[Task]:
    waiting = waiting_answers(user)
    for meeting in waiting:
        yield Task(
            summary=counted(len(waiting), "convocation sans réponse,convocations sans réponse"),
            detail=f"{meeting.title}, {near_moment(meeting.starts_at)}\u00a0: viendrez-vous\u00a0?",
            url=meeting.get_absolute_url(),
            action="Voir la réunion",
            answers_to=meeting.uuid,
            starts_at=meeting.starts_at,
        )


def _dates_to_choose(user: "User") -> Iterable[Task]:
    polls = waiting_polls(user)
    waiting, over = [one for one in polls if not one.is_over], [one for one in polls if one.is_over]
    for poll in waiting:
        yield Task(
            summary=counted(len(waiting), "réunion dont la date est à choisir,réunions dont la date est à choisir"),
            detail=f"{poll.meeting.title} : quelles dates vous conviennent ? Réponse jusqu’au {long_date(poll.closes_on)}.",
            url=poll.get_absolute_url(),
            action="Dire quelles dates me conviennent",
        )
    for poll in over:
        yield Task(
            summary=counted(len(over), "date à retenir,dates à retenir"),
            detail=f"{poll.meeting.title} : les réponses sont closes, une date est à retenir.",
            url=poll.get_absolute_url(),
            action="Retenir une date",
        )


def _access_requests(user: "User") -> Iterable[Task]:
    if number := len(_requests(user)):
        yield Task(
            summary=counted(number, "demande d’accès à traiter,demandes d’accès à traiter"),
            detail="Des professionnels demandent à rejoindre l’extranet."
            if number > 1
            else "Une personne demande à rejoindre l’extranet.",
            url=reverse("spaces:access_requests"),
            action="Traiter les demandes" if number > 1 else "Traiter la demande",
        )


@prepared
def _requests(user: "User") -> QuerySet:
    return pending_requests(user).order_by().values_list("pk")


def _my_mandates(ending: list["_Day"]) -> Iterable[Task]:
    for one in ending:
        yield Task(
            summary=counted(1, "accès qui se termine"),
            detail=f"Dernier jour de votre accès à l’espace {one.space_name}\u00a0: {near_date(one.day)}.",
            url=reverse("spaces:members", args=[one.word]),
            action="Voir qui peut le prolonger",
        )


class _Day(NamedTuple):
    """Of a mandate that ends, or of a document to look at again: `word` is the space's slug, or the document’s uuid."""

    day: date
    space_name: str
    title: str
    word: str
    space: int
    """0 for a mandate."""


def _my_days(user: "User") -> tuple[list[_Day], list[_Day]]:
    """The mandates, then the documents of the spaces where `user` may change them; the next day first. One query."""
    today = timezone.localdate()
    found = sorted(_Day(*row) for row in _days(user, today, _soon(today)))
    written = policy.reader_of(user).space_ids_with(Ability.ADD_DOCUMENT)
    return [one for one in found if not one.space], [one for one in found if one.space in written]


@prepared
def _days(user: "User", today: date, until: date) -> QuerySet:
    ending = Membership.objects.in_force(today).filter(user=user.pk, ends_on__lte=until).order_by()
    reviews = own_reviews(user, today).annotate(word=Cast("uuid", CharField()))
    return ending.values_list("ends_on", "space__name", Value(""), "space__slug", Value(0)).union(
        reviews.values_list("review_on", "space__name", "title", "word", "space"), all=True
    )


def _soon(today: date) -> date:
    return today + timedelta(days=settings.MANDATE_WARNING_DAYS)


def _people_of_my_spaces(user: "User") -> Iterable[Task]:
    """Mandates that end soon, and invitations that nobody answered; one query for both."""
    today, silent_since = timezone.localdate(), timezone.now() - timedelta(days=INVITATION_SILENCE_DAYS)
    for what, _, name, slug, number in sorted(_people_waiting(user, today, _soon(today), silent_since)):
        is_ending = what == _ENDING
        ends = f"{counted(number, 'mandat se termine,mandats se terminent')} dans les deux semaines."
        waits = f"{counted(number, 'invitation envoyée,invitations envoyées')} il y a plus d’une semaine."
        yield Task(
            summary=counted(number, "mandat à renouveler,mandats à renouveler")
            if is_ending
            else counted(number, "invitation sans réponse,invitations sans réponse"),
            detail=f"{name}\u00a0: {ends if is_ending else waits}",
            url=reverse("spaces:members", args=[slug]),
            action="Voir les membres" if is_ending else "Relancer depuis la page des membres",
        )


_ENDING, _SILENT = 0, 1


@prepared
def _people_waiting(user: "User", today: date, until: date, silent_since: datetime) -> QuerySet:
    managed = Membership.objects.in_force(today).filter(
        space__in=policy.reader_of(user).managed_ids, user__is_active=True
    )
    ending = managed.filter(ends_on__lte=until).exclude(user=user)
    silent = managed.filter(
        user__invitation__sent_at__lt=silent_since,
        user__invitation__accepted_at=None,
        user__invitation__withdrawn_at=None,
    )
    return _by_space(ending, _ENDING).union(_by_space(silent, _SILENT), all=True)


def _by_space(mandates: QuerySet, what: int) -> QuerySet:
    """(what, position, name, slug, how many)."""
    counted_by_space = mandates.order_by().values("space").annotate(number=Count("pk"), what=Value(what))
    return counted_by_space.values_list("what", "space__position", "space__name", "space__slug", "number")


def summary(tasks: Iterable[Task], actions: Iterable[ActionRow] = ()) -> list[tuple[str, str]]:
    """(words, address of the first) for the line under the greeting, the same words said once."""
    lines: dict[str, str] = {}
    if late := sum(action.is_late for action in actions):
        lines[counted(late, "action en retard,actions en retard")] = "#titre-actions"
    for task in tasks:
        lines.setdefault(task.summary, task.url)
    return list(lines.items())


def my_spaces(user: "User") -> list[MySpace]:
    """Every space that `user` reads, the common one first, with the role in words. One query beside the policy's."""
    reader = policy.reader_of(user)
    return [
        MySpace(
            name=name,
            slug=slug,
            kind=SpaceKind(kind).label,
            role="Animation régionale" if reader.is_animation else Role(reader.roles[pk]).label,
            is_territory=kind == SpaceKind.TERRITORY,
            has_resources=kind == SpaceKind.COMMON,
        )
        for pk, name, slug, kind in _spaces(user)
    ]


@prepared
def _spaces(user: "User") -> QuerySet:
    common_first = Case(When(kind=SpaceKind.COMMON, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Space.objects.visible_to(user).order_by(common_first, "position", "name")
    return rows.values_list("pk", "name", "slug", "kind")


@dataclass(frozen=True)
class News:
    since: datetime
    is_first_visit: bool
    spaces: list[SpaceNews]


def news_since_last_visit(user: "User") -> News:
    """What others did in the spaces of `user` since their previous visit, by space. One query beside the policy's."""
    since = user.previous_visit_at or timezone.now() - timedelta(days=FIRST_VISIT_DAYS)
    return News(since, user.previous_visit_at is None, news_by_space(user, since=since))
