"""What an announcement costs its author, and how fast it reaches everybody (`make bench` runs it after the pages; alone:
`python -m bench.fanout`).

The author's call is measured in a space of 15 people and in one of 1,500, in turn: nothing in it may follow the number of
readers, whom a worker tells later. Then the worker's part is measured against the least that writing to so many people can
cost, a bare loop over Django's `send_mail`: the same words, to the same relay (aiosmtpd, in a process of its own), in turn
too, so that both meet the same noise: done by this process alone, then by Celery's worker as production runs it. Ratios are
taken within a round; medians are kept.

BENCH_PEOPLE (1500), BENCH_CALLS (30) and BENCH_SENDINGS (5) change the size and the patience.
"""

import contextlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import redis

from bench import report, servers

if TYPE_CHECKING:
    from accounts.models import User
    from pages.models import AnnouncementPage
    from spaces.models import Space

FEW, MANY = 15, int(os.environ.get("BENCH_PEOPLE", "1500"))
CALLS = int(os.environ.get("BENCH_CALLS", "30"))
SENDINGS = int(os.environ.get("BENCH_SENDINGS", "5"))
WARMING = 3
"""Calls before the first that counts."""
PATIENCE = 300
"""Seconds for one announcement."""
GOAL_CALL, GOAL_RATE = 3, 1.5
FOLDER = servers.ROOT / "var" / "bench" / "fanout"
BODY = "<p>Les fiches sont à rendre <strong>avant vendredi</strong> à l’équipe de coordination.</p>" * 8


@dataclass(frozen=True)
class Spent:
    seconds: float
    """Of the clock."""
    ms: float
    """Of processor: this process and PostgreSQL's for it; the relay's is not ours."""


Clock = Callable[[Callable[[], object]], Spent]


def main() -> int:
    database_url, redis_url = os.environ.pop("DATABASE_URL", ""), os.environ.pop("REDIS_URL", "")
    lacks = servers.missing(database_url, redis_url, with_nginx=False)
    if lacks:
        print("Missing:\n  " + "\n  ".join(lacks))
        print("Measuring the embedded mode (SQLite) instead: the goals are stated for the services.")
    servers.empty(FOLDER)
    with contextlib.ExitStack() as stack:
        url = ""
        if not lacks:
            url = servers.database(stack, database_url, "extranet_bench_fanout", is_built=False, keeps=False)
            stack.callback(_forget_tasks, redis_url)
        port = stack.enter_context(servers.sink())
        os.environ |= servers.environment(FOLDER, url, redis_url) | {"BENCH_SINK_PORT": str(port)}
        few, many, author = stack.enter_context(_populated())
        clock = _clock(servers.backends(url) if url else [])
        calls = [(_call(clock, few, author), _call(clock, many, author)) for _ in range(WARMING + CALLS)][WARMING:]
        sendings = [_send(clock, few, many, author, has_services=bool(url)) for _ in range(SENDINGS)]
    text = _report(calls, sendings, lacks)
    report.write("notifications", text)
    print(text)
    return 0


def _forget_tasks(redis_url: str) -> None:
    """The tasks that nobody took, and the caches."""
    with redis.Redis.from_url(redis_url) as client:
        for key in client.scan_iter(f"bench-{FOLDER.name}-*", count=1000):
            client.delete(key)


@contextlib.contextmanager
def _populated() -> Iterator[tuple["Space", "Space", "User"]]:
    """A region in an empty database: a space of few people, one of many, and somebody who publishes in both."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield _people()
    finally:
        connections.close_all()


def _people() -> tuple["Space", "Space", "User"]:
    from django.conf import settings
    from django.db import connection

    from accounts.models import User
    from region.actions import build_region
    from region.plan import load
    from spaces.enums import Role
    from spaces.models import Membership, Space

    build_region(load(settings.REGION_FILE))
    few, many = Space.objects.get(slug="douai"), Space.objects.get(slug="lille")
    author = User.objects.create_user("autrice@bench.example", first_name="Alix", last_name="Mesure")
    people = User.objects.bulk_create(
        User(email=_address(number), first_name="Personne", last_name=str(number)) for number in range(FEW + MANY)
    )
    places = [(few, people[:FEW]), (many, people[FEW:])]
    Membership.objects.bulk_create(
        Membership(user=user, space=space, role=Role.READER) for space, readers in places for user in readers
    )
    for space, _ in places:
        Membership.objects.create(user=author, space=space, role=Role.MANAGER)
    with connection.cursor() as cursor:  # as the engine does by itself in time
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return few, many, author


def _clock(backends: list[int]) -> Clock:
    watched = [os.getpid(), *backends]

    def spent(work: Callable[[], object]) -> Spent:
        cpu, began = servers.cpu(watched), time.perf_counter()
        work()
        return Spent(time.perf_counter() - began, servers.cpu(watched) - cpu)

    return spent


def _publish(space: "Space", author: "User") -> "AnnouncementPage":
    from pages.actions import publish_announcement

    return publish_announcement(space=space, by=author, title="Les fiches de la rentrée", body_html=BODY)


def _call(clock: Clock, space: "Space", author: "User") -> Spent:
    """The author's: as a request of theirs would make it, rights asked anew."""
    from spaces import policy

    policy.forget(author)
    return clock(lambda: _publish(space, author))


def _send(clock: Clock, few: "Space", many: "Space", author: "User", has_services: bool) -> list[Spent]:
    """One round: the bare loop, this process alone, then production's worker where there is a broker."""
    spent = [_bare_loop(clock, few, author), _alone(clock, many, author)]
    if has_services:
        _forget_tasks(os.environ["REDIS_URL"])  # those of the calls, and those that this process has just done
        with servers.worker():
            _published_and_sent(few, FEW, author)  # each process of the worker has read its code
            spent.append(_published_and_sent(many, MANY, author))
    return spent


def _bare_loop(clock: Clock, space: "Space", author: "User") -> Spent:
    """The same words to as many people, as one would write it without a queue: nothing is kept, nothing is tried again."""
    from django.core.mail import send_mail

    from mail.models import OutgoingMail

    _tell(_publish(space, author))
    written = OutgoingMail.objects.filter(sent_at=None)
    letter = written[0]
    written.delete()

    def work() -> None:
        for number in range(MANY):
            send_mail(letter.subject, letter.text, None, [_address(number)], html_message=letter.html)

    return clock(work)


def _alone(clock: Clock, space: "Space", author: "User") -> Spent:
    """What a worker does of an announcement, from the event to the last message accepted, in one process."""
    from mail.tasks import sweep_mail

    before, page = _sent(), _publish(space, author)

    def work() -> None:
        _tell(page)
        sweep_mail()

    spent = clock(work)
    return spent if _sent() - before == MANY else sys.exit(f"{_sent() - before} messages left instead of {MANY}")


def _published_and_sent(space: "Space", people: int, author: "User") -> Spent:
    """The same, by the worker; of the clock alone, until the hour written on the last message: looking more often would take
    from the worker what is measured. Ends everything when it is not done in time."""
    from django.db.models import Max
    from django.utils import timezone

    from mail.models import OutgoingMail

    before = _sent()
    _publish(space, author)
    began = timezone.now()
    while _sent() - before < people:
        if (timezone.now() - began).total_seconds() > PATIENCE:
            sys.exit(f"{_sent() - before} messages left instead of {people}")
        time.sleep(0.25)
    last = OutgoingMail.objects.aggregate(last=Max("sent_at"))["last"]
    return Spent((last - began).total_seconds(), 0)


def _tell(page: "AnnouncementPage") -> None:
    from notifications.actions import tell
    from notifications.models import Event
    from notifications.subjects import subject_for

    tell(Event.objects.get(subject=subject_for(page)).pk)


def _sent() -> int:
    from mail.models import OutgoingMail

    return OutgoingMail.objects.filter(sent_at__isnull=False).count()


def _address(number: int) -> str:
    return f"personne{number}@bench.example"


def _report(calls: list[tuple[Spent, Spent]], sendings: list[list[Spent]], lacks: list[str]) -> str:
    engines = (
        "mode embarqué : SQLite (PostgreSQL ou Redis manquait ; les objectifs valent pour eux)"
        if lacks
        else "PostgreSQL, Redis"
    )
    few, many = ([one.seconds * 1000 for one in column] for column in zip(*calls, strict=True))
    few_ms, many_ms = ([one.ms for one in column] for column in zip(*calls, strict=True))
    lines = [
        "## Notifications",
        "",
        "Ce qu’une annonce coûte à qui la publie : les lecteurs sont prévenus ensuite, en arrière-plan, donc l’appel ne doit pas",
        f"suivre leur nombre. Puis l’envoi lui-même, de l’événement au dernier message accepté pour {MANY} personnes, à côté",
        "d’une boucle nue sur le `send_mail` de Django : mêmes textes, même relais (aiosmtpd, dans un autre processus). L’ouvrier est",
        "celui de production (Celery, 2 processus). Le temps de processeur compte l’application et PostgreSQL. Tout est mesuré tour",
        "à tour ; médianes, et rapports pris dans chaque série.",
        "",
        f"- {report.machine()}",
        f"- {engines} ; {CALLS} publications dans chaque espace, {len(sendings)} envois de chaque sorte",
        "",
        f"| publier une annonce | {FEW} personnes | {MANY} personnes | rapport | objectif |",
        "| --- | ---: | ---: | ---: | ---: |",
        _row("durée (ms)", few, many, GOAL_CALL),
        _row("processeur (ms)", few_ms, many_ms),
        "",
        "| envoyer | messages par seconde | processeur par message (ms) | × la boucle | objectif |",
        "| --- | ---: | ---: | ---: | ---: |",
        *_rates(sendings),
    ]
    return "\n".join(lines) + "\n"


def _rates(sendings: list[list[Spent]]) -> list[str]:
    names = ["boucle nue sur `send_mail`", "extranet, dans un processus", "extranet, avec l’ouvrier de production"]
    columns = list(zip(*sendings, strict=True))
    lines = []
    for name, column in zip(names, columns, strict=False):
        rate = MANY / statistics.median(one.seconds for one in column)
        ratio = statistics.median(bare.seconds / one.seconds for bare, one in zip(columns[0], column, strict=True))
        ms = statistics.median(one.ms for one in column) / MANY
        goal = f"≥ {GOAL_RATE}" if name == names[-1] else ""
        lines.append(f"| {name} | {rate:.0f} | {f'{ms:.2f}' if ms else ''} | {ratio:.2f} | {goal} |".replace(".", ","))
    return lines


def _row(name: str, first: list[float], second: list[float], goal: float = 0) -> str:
    ratio = statistics.median(two / one for one, two in zip(first, second, strict=True))
    told = f"≤ {goal:g}" if goal else ""
    cells = f"{statistics.median(first):.1f} | {statistics.median(second):.1f} | {ratio:.2f} | {told}"
    return f"| {name} | {cells} |".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
