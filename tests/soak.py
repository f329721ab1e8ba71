"""`make soak`: what a bad day does to the mails of two announcements to 1,500 people, with real processes.

PostgreSQL at DATABASE_URL (a database is made beside it, and dropped), a redis-server of its own, a Celery worker and two
beats as production runs them, and a mail relay that refuses one recipient in ten for a while and falls silent on a few.

1. An announcement; the worker is killed with -9 in the middle of it, and started again a little later.
2. Redis is stopped; another announcement is published meanwhile; Redis comes back, empty, after `SOAK_REDIS_AWAY` seconds (90).

Then every person must have each message exactly once. Takes ten minutes, or fifteen on a busy machine; a wait that nothing ends is given up. What is counted is what the relay accepted;
a message that it accepted just as its sender was killed may be offered again, with the same Message-ID: those are told
apart."""

import asyncio
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PEOPLE = int(os.environ.get("SOAK_PEOPLE", "1500"))
REDIS_AWAY = int(os.environ.get("SOAK_REDIS_AWAY", "90"))
"""Seconds. What is published meanwhile waits in rows, and the sweep of each minute takes it up."""
CLAIM_SECONDS = 60
"""MAIL_CLAIM_SECONDS: after how long the mails of the killed worker are taken up; 600 by default."""
SILENCE = 25
"""Seconds; EMAIL_TIMEOUT is 20."""
PATIENCE = 15 * 60
TITLES = ("Annonce du soak, un", "Annonce du soak, deux")
FOLDER = Path(__file__).resolve().parents[1]


class Relay:
    """Refuses the first offer to one recipient in ten, falls silent at the first offer to three others."""

    def __init__(self) -> None:
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.message_ids: set[tuple[str, str, str]] = set()
        self.refused: Counter[str] = Counter()
        self.silences = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        number = int(address.partition("@")[0].removeprefix("personne"))
        if number in {101, 701, 1301} and self.refused[address] == 0:
            self.refused[address] += 1
            self.silences += 1
            await asyncio.sleep(SILENCE)
        elif number % 10 == 0 and self.refused[address] == 0:
            self.refused[address] += 1
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content)
        subject = str(make_header(decode_header(message["Subject"])))
        title = next((one for one in TITLES if one in subject), subject)
        for address in envelope.rcpt_tos:
            self.accepted[title, address] += 1
            self.message_ids.add((title, address, message["Message-ID"]))
        return "250 OK"

    def received(self, title: str) -> int:
        return sum(1 for subject, _ in list(self.accepted) if subject == title)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Processes:
    """What runs beside this one, each in a group of its own so that a kill leaves no child."""

    def __init__(self, folder: Path, redis_port: int) -> None:
        self.folder, self.redis_port = folder, redis_port
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, cwd=FOLDER, start_new_session=True)  # noqa: S603

    def kill(self, name: str, how: int = signal.SIGKILL) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, how)
        process.wait()

    def start_redis(self) -> None:
        self.start("redis", "redis-server", "--port", str(self.redis_port), "--save", "", "--appendonly", "no")
        wait_for(lambda: socket.create_connection(("127.0.0.1", self.redis_port), 1).close() or True, 20)

    def start_worker(self) -> None:
        """Started again when it ends, as docker-compose.yml does: Celery's may when the broker leaves with tasks in its hands."""
        again = 'while :; do "$@"; sleep 1; done'
        celery = [sys.executable, "-m", "celery", "-A", "extranet", "worker", "--concurrency", "2"]
        self.start("worker", "sh", "-c", again, "sh", *celery)

    def start_beat(self, name: str) -> None:
        schedule = str(self.folder / name)
        self.start(
            name, sys.executable, "-m", "celery", "-A", "extranet", "beat", "--schedule", schedule, "--pidfile", ""
        )


def wait_for(is_true: Callable[[], object], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if is_true():
                return True
        except OSError:
            pass
        time.sleep(0.2)
    return False


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def populate() -> None:
    from django.core.management import call_command

    from accounts.models import User
    from spaces.enums import Role
    from spaces.models import Membership, Space

    call_command("migrate", verbosity=0)
    call_command("setup_region", verbosity=0)
    space = Space.objects.get(slug="lille")
    people = User.objects.bulk_create(
        User(email=f"personne{n}@soak.example", first_name="Personne", last_name=str(n)) for n in range(1, PEOPLE + 1)
    )
    author = User.objects.create_user("auteur0@soak.example", first_name="Autrice", last_name="Zéro")
    Membership.objects.bulk_create(Membership(user=user, space=space, role=Role.READER) for user in people)
    Membership.objects.create(user=author, space=space, role=Role.MANAGER)
    call_command("check_rights", "--repair", verbosity=0, stdout=StringIO())


def publish(title: str) -> float:
    """Seconds that the author waited."""
    from accounts.models import User
    from pages.actions import publish_announcement
    from spaces.models import Space

    began = time.monotonic()
    publish_announcement(
        space=Space.objects.get(slug="lille"),
        by=User.objects.get(email="auteur0@soak.example"),
        title=title,
        body_html="<p>À lire avant vendredi.</p>",
    )
    return time.monotonic() - began


def live_a_bad_day(relay: Relay, processes: Processes) -> None:
    processes.start_worker()
    for name in ("beat-one", "beat-two"):
        processes.start_beat(name)

    print(f"1. Published in {publish(TITLES[0]):.2f} s.", flush=True)
    wait_for(lambda: relay.received(TITLES[0]) >= PEOPLE / 5, PATIENCE)
    processes.kill("worker")
    print(f"   Worker killed with -9 after {relay.received(TITLES[0])} messages.", flush=True)
    time.sleep(10)
    processes.start_worker()
    wait_for(lambda: relay.received(TITLES[0]) >= PEOPLE, PATIENCE)
    print(f"   {relay.received(TITLES[0])} of {PEOPLE} people have it.", flush=True)

    processes.kill("redis")
    print(f"2. Redis stopped. Published in {publish(TITLES[1]):.2f} s.", flush=True)
    time.sleep(REDIS_AWAY)
    processes.start_redis()
    print(f"   Redis back, empty, after {REDIS_AWAY} s.", flush=True)
    wait_for(lambda: relay.received(TITLES[1]) >= PEOPLE, PATIENCE)
    time.sleep(70)  # one more turn of each beat: what would be sent twice, is
    print(f"   {relay.received(TITLES[1])} of {PEOPLE} people have it.", flush=True)


def judge(relay: Relay) -> int:
    expected = {(title, f"personne{n}@soak.example") for title in TITLES for n in range(1, PEOPLE + 1)}
    missing = expected - set(relay.accepted)
    unexpected = set(relay.accepted) - expected
    again = {key: times for key, times in relay.accepted.items() if times > 1}
    messages = Counter((title, address) for title, address, _ in relay.message_ids)
    doubled = {key for key, times in messages.items() if times > 1}
    print(
        f"{len(expected)} expected, {len(missing)} missing, {len(unexpected)} unexpected, {len(doubled)} doubled;"
        f" {len(again)} offered again under the same Message-ID;"
        f" {sum(relay.refused.values()) - relay.silences} refusals and {relay.silences} silences on the way."
    )
    failed = bool(missing or unexpected or doubled or len(again) > 2)
    print("FAILED: see above." if failed else "PASSED: every person has each message exactly once.")
    return int(failed)


def main() -> int:
    url = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    if shutil.which("redis-server") is None:
        print("No redis-server on this machine: the soak needs one that it can stop.")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped, however this ends
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    relay, redis_port = Relay(), free_port()
    sink = Controller(relay, hostname="127.0.0.1", port=free_port())
    processes = Processes(folder, redis_port)
    sink.start()
    try:
        with database(url, "soak_extranet") as database_url:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "extranet.settings.production",
                "SECRET_KEY": "soak-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
                "ALLOWED_HOSTS": "extranet.example",
                "SITE_URL": "https://extranet.example",
                "MAIL_REPLY_TO": "animation@extranet.example",
                "DATABASE_URL": database_url,
                "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(sink.port),
                "MAIL_CLAIM_SECONDS": str(CLAIM_SECONDS),
                "DOCUMENT_ROOT": str(folder / "documents"),
                "MEDIA_ROOT": str(folder / "media"),
            }
            import django

            django.setup()
            logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's, a line for each command
            print(f"A region, and {PEOPLE} people in one space…", flush=True)
            try:
                processes.start_redis()
                populate()
                live_a_bad_day(relay, processes)
            finally:
                for name in list(processes.running):
                    processes.kill(name)
                from django.db import connections

                connections.close_all()
    finally:
        sink.stop()
    status = judge(relay)
    if status:
        print(f"What the processes said: {folder}")
    else:
        shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
