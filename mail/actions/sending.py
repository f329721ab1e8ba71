"""Sending what is written: claimed by batches, over one connection, each message's fate written down as soon as it is known."""

import smtplib
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from mail import gates
from mail.actions.addresses import pause_address, says_address_is_dead
from mail.messages import address, as_sent, message_of
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
    with closing(_Relay()) as relay:
        for number, mail in enumerate(mails):
            if broken >= BROKEN_IN_A_ROW or time.monotonic() > until:
                _give_back(mails[number:], after=timedelta(minutes=2 if broken else 0))
                break
            if not leave.holds(mails[number:]):
                continue
            try:
                relay.send(mail)
            except Exception as error:
                _write_failure(mail, error)
                if _is_broken(error):
                    broken += 1
                    relay.close()
            else:
                leave.in_hand = _write_sent(mail, next_one=mails[number + 1].pk if number + 1 < len(mails) else None)
                left, broken = left + 1, 0
    return left


class _Relay:
    """The connection is opened by the first message and kept between messages, where Django's backends close after each the one
    that they have opened for it."""

    def __init__(self) -> None:
        self.backend = get_connection()

    def send(self, mail: OutgoingMail) -> None:
        message = message_of(mail, self.backend)
        self.backend.open()
        if isinstance(self.backend, smtp.EmailBackend) and self.backend.connection:
            recipients = [address(one) for one in message.to]
            self.backend.connection.sendmail(address(message.from_email), recipients, as_sent(message))
        else:
            message.send()

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
        self.in_hand: int | None = None
        """The message that the database has just said to be still ours to send."""

    def holds(self, rest: Sequence[OutgoingMail]) -> bool:
        """Asked of the first of those that remain."""
        if self.asked_at is None or time.monotonic() - self.asked_at > ASK_AGAIN_SECONDS:
            for name in {mail.gate for mail in rest if mail.gate}:
                self.refused |= gates.refused(name, [mail.pk for mail in rest if mail.gate == name])
            self.asked_at, self.in_hand = time.monotonic(), None
        first = rest[0].pk
        return first not in self.refused and (
            self.in_hand == first or OutgoingMail.objects.in_hand().filter(pk=first).exists()
        )


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


_SENT = """
    UPDATE "mail_outgoingmail" SET "sent_at" = %s, "next_attempt_at" = NULL, "last_error" = ''{fields} WHERE "id" = %s RETURNING (
        SELECT "id" FROM "mail_outgoingmail" AS "next" WHERE "id" = %s AND "sent_at" IS NULL AND "recalled_at" IS NULL
    )
"""
"""Of every message: written once, and it asks in passing whether the next one is still in hand."""
_UNHURRIED = ", set_config('synchronous_commit', 'off', true)"
"""PostgreSQL does not wait for its disk to note that (ADR 027): a worker that is killed loses nothing by it."""


def _write_sent(mail: OutgoingMail, next_one: int | None) -> int | None:
    """Returns `next_one` if it is still to be sent."""
    forgotten = _without_secret(mail)
    fields = "".join(f', "{field}" = %s' for field in forgotten)
    values = [connection.ops.adapt_datetimefield_value(timezone.now()), *forgotten.values(), mail.pk, next_one]
    sql = _SENT.format(fields=fields) + (_UNHURRIED if connection.vendor == "postgresql" else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


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
        # Under a lasting gate it may be sent again by hand (`retry_mail`), and keeps its words until `purge_mail`.
        **(_without_secret(mail) if given_up and not gates.is_lasting(mail.gate) else {}),
    )
    if is_dead:
        pause_address(address=mail.to, reason=str(error))


def _without_secret(mail: OutgoingMail) -> dict[str, str]:
    return {"text": FORGOTTEN, "html": "", "calendar": ""} if mail.holds_secret else {}
