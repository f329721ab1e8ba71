"""Sending what is written: claimed by batches, over one connection, each message's fate written down as soon as it is known."""

import smtplib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from mail import gates
from mail.actions.addresses import pause_address, says_address_is_dead
from mail.messages import message_of
from mail.models import FORGOTTEN, OutgoingMail

MAX_ATTEMPTS = 8
BROKEN_IN_A_ROW = 2
"""After that many connections lost one after the other the relay is away: the rest of the batch waits."""
ASK_AGAIN_SECONDS = 2
"""A batch may take minutes to leave: the rooms are asked again whether what remains of it may, at most that often."""


def deliver(mail_id: int) -> bool:
    """Send one queued message if it still waits. Returns whether it left."""
    return deliver_batch([mail_id]) == 1


def deliver_batch(mail_ids: Sequence[int]) -> int:
    """Send those of these messages that still wait, over one connection; returns how many left.

    They are claimed for `MAIL_CLAIM_SECONDS`, so that two workers send each once; a worker that is killed gives back what it
    had not sent when the claim ends. A refusal is written down and tried again later, a little longer each time (2, 4, 8…
    minutes, `MAX_ATTEMPTS` times); a relay that is away says nothing of the message, which waits for it until it is
    `MAIL_GIVE_UP_DAYS` old. An address that its server says dead is paused, and its message given up. What is taken back
    meanwhile stays: asked of each just before it goes."""
    mails, leave = _claim(mail_ids), _Leave()
    until = time.monotonic() + settings.MAIL_CLAIM_SECONDS / 2  # one slow message more must not outlive the claim
    left = broken = 0
    with _relay() as relay:
        for number, mail in enumerate(mails):
            if broken >= BROKEN_IN_A_ROW or time.monotonic() > until:
                _give_back(mails[number:], after=timedelta(minutes=2 if broken else 0))
                break
            if not leave.holds(mails[number:]):
                continue
            try:
                message_of(mail, relay).send()
            except Exception as error:
                _write_failure(mail, error)
                if _is_broken(error):
                    broken += 1
                    relay.close()
            else:
                _write_sent(mail)
                left, broken = left + 1, 0
    return left


@contextmanager
def _relay() -> Iterator[BaseEmailBackend]:
    """The connection is opened by the first message, kept between messages, and closed even by a relay that is away."""
    opened = _KeptOpen(get_connection())
    try:
        yield opened
    finally:
        opened.close()


class _KeptOpen(BaseEmailBackend):
    """Django's backends close after each message the connection that they have opened for it: this one opens it before."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        super().__init__()
        self.backend = backend

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.backend.open()
        return self.backend.send_messages(email_messages) or 0

    def close(self) -> None:
        try:
            self.backend.close()
        except (smtplib.SMTPException, OSError):  # what was sent is sent: a relay that hangs up rudely changes nothing
            self.backend.connection = None  # type: ignore[attr-defined]


def _claim(mail_ids: Sequence[int]) -> list[OutgoingMail]:
    now = timezone.now()
    with transaction.atomic():
        due = OutgoingMail.objects.due().filter(pk__in=mail_ids)
        mails = list(due.select_for_update(skip_locked=True).order_by("pk"))
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            attempts=F("attempts") + 1, next_attempt_at=now + timedelta(seconds=settings.MAIL_CLAIM_SECONDS)
        )
    for mail in mails:
        mail.attempts += 1
    return mails


class _Leave:
    """Whether a claimed message may still go: not taken back, not sent by another, and let out by its room, which has
    recalled itself what it refuses."""

    def __init__(self) -> None:
        self.refused: set[int] = set()
        self.asked_at: float | None = None

    def holds(self, rest: Sequence[OutgoingMail]) -> bool:
        """Asked of the first of those that remain."""
        if self.asked_at is None or time.monotonic() - self.asked_at > ASK_AGAIN_SECONDS:
            for name in {mail.gate for mail in rest if mail.gate}:
                self.refused |= gates.refused(name, [mail.pk for mail in rest if mail.gate == name])
            self.asked_at = time.monotonic()
        return rest[0].pk not in self.refused and _is_in_hand(rest[0].pk)


_SENT = 'UPDATE "mail_outgoingmail" SET "sent_at" = %s, "next_attempt_at" = NULL, "last_error" = \'\'{fields} WHERE "id" = %s'
_UNHURRIED = " RETURNING set_config('synchronous_commit', 'off', true)"
"""PostgreSQL does not wait for its disk to note that (ADR 027): a worker that is killed loses nothing by it."""


@cache
def _in_hand_sql(vendor: str) -> str:
    return OutgoingMail.objects.in_hand().filter(pk=0).order_by().values("pk").query.sql_with_params()[0]


def _is_in_hand(mail_id: int) -> bool:
    """Asked of every message: the query is written once."""
    with connection.cursor() as cursor:
        cursor.execute(_in_hand_sql(connection.vendor), [mail_id])
        return cursor.fetchone() is not None


def _give_back(mails: Sequence[OutgoingMail], *, after: timedelta) -> None:
    """Claimed and not tried: they wait as if they had not been."""
    OutgoingMail.objects.in_hand().filter(pk__in=[mail.pk for mail in mails]).update(
        attempts=F("attempts") - 1, next_attempt_at=timezone.now() + after
    )


def _is_broken(error: Exception) -> bool:
    """The connection is lost or was never made, rather than this message refused."""
    if isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return True
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return True
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)


def _write_sent(mail: OutgoingMail) -> None:
    """Of every message, as above."""
    forgotten = _without_secret(mail)
    fields = "".join(f', "{field}" = %s' for field in forgotten)
    values = [connection.ops.adapt_datetimefield_value(timezone.now()), *forgotten.values(), mail.pk]
    sql = _SENT.format(fields=fields) + (_UNHURRIED if connection.vendor == "postgresql" else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _write_failure(mail: OutgoingMail, error: Exception) -> None:
    is_dead, is_broken = says_address_is_dead(error), _is_broken(error)
    age = timezone.now() - mail.created_at
    if is_broken:
        given_up = age > timedelta(days=settings.MAIL_GIVE_UP_DAYS)
        wait = min(max(timedelta(minutes=2), age / 4), timedelta(hours=1))
    else:
        given_up = is_dead or mail.attempts >= MAX_ATTEMPTS
        wait = timedelta(minutes=2**mail.attempts)
    OutgoingMail.objects.in_hand().filter(pk=mail.pk).update(
        last_error=str(error)[:300],
        attempts=mail.attempts - is_broken,
        next_attempt_at=None if given_up else timezone.now() + wait,
        **(_without_secret(mail) if given_up else {}),
    )
    if is_dead:
        pause_address(address=mail.to, reason=str(error))


def _without_secret(mail: OutgoingMail) -> dict[str, str]:
    return {"text": FORGOTTEN, "html": "", "calendar": ""} if mail.holds_secret else {}
