"""Sending what is written: claimed by batches, over one connection, each message's fate written down as soon as it is known."""

import smtplib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mail import gates
from mail.actions.addresses import pause_address, says_address_is_dead
from mail.models import OutgoingMail

MAX_ATTEMPTS = 8
FORGOTTEN = "Le contenu de ce message a été effacé après l’envoi : il portait un lien personnel."
BROKEN_IN_A_ROW = 2
"""After that many connections lost one after the other the relay is away: the rest of the batch waits."""


def deliver(mail_id: int) -> bool:
    """Send one queued message if it still waits. Returns whether it left."""
    return deliver_batch([mail_id]) == 1


def deliver_batch(mail_ids: Sequence[int]) -> int:
    """Send those of these messages that still wait, over one connection; returns how many left.

    They are claimed for `MAIL_CLAIM_SECONDS`, so that two workers send each once; a worker that is killed gives back what it
    had not sent when the claim ends. A failure is written down and tried again later, a little longer each time
    (2, 4, 8… minutes, `MAX_ATTEMPTS` times). An address that its server says dead is paused, and its message given up."""
    mails = _with_leave(_claim(mail_ids))
    until = time.monotonic() + settings.MAIL_CLAIM_SECONDS / 2  # one slow message more must not outlive the claim
    left = broken = 0
    with _relay() as connection:
        for number, mail in enumerate(mails):
            if broken >= BROKEN_IN_A_ROW or time.monotonic() > until:
                _give_back(mails[number:], after=timedelta(minutes=2 if broken else 0))
                break
            try:
                _message(mail, connection).send()
            except Exception as error:
                _write_failure(mail, error)
                if _is_broken(error):
                    broken += 1
                    connection.close()
            else:
                _write_sent(mail)
                left, broken = left + 1, 0
    return left


@contextmanager
def _relay() -> Iterator[BaseEmailBackend]:
    """The connection is opened by the first message, kept between messages, and closed even by a relay that is away."""
    connection = get_connection()
    opened = _KeptOpen(connection)
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
        due = OutgoingMail.objects.filter(pk__in=mail_ids, sent_at=None, next_attempt_at__lte=now)
        mails = list(due.select_for_update(skip_locked=True).order_by("pk"))
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            attempts=F("attempts") + 1, next_attempt_at=now + timedelta(seconds=settings.MAIL_CLAIM_SECONDS)
        )
    for mail in mails:
        mail.attempts += 1
    return mails


def _with_leave(mails: list[OutgoingMail]) -> list[OutgoingMail]:
    """Without those whose room says that they must not leave any more: it has recalled them itself."""
    stopped: set[int] = set()
    for name in {mail.gate for mail in mails if mail.gate}:
        stopped |= gates.refused(name, [mail.pk for mail in mails if mail.gate == name])
    return [mail for mail in mails if mail.pk not in stopped]


def _give_back(mails: Iterable[OutgoingMail], *, after: timedelta) -> None:
    """Claimed and not tried: they wait as if they had not been."""
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
        attempts=F("attempts") - 1, next_attempt_at=timezone.now() + after
    )


def _is_broken(error: Exception) -> bool:
    """The connection is lost, rather than this message refused."""
    if isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return True
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)


def _write_sent(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(
        sent_at=timezone.now(), next_attempt_at=None, last_error="", **_without_secret(mail)
    )


def _write_failure(mail: OutgoingMail, error: Exception) -> None:
    is_dead = says_address_is_dead(error)
    given_up = is_dead or mail.attempts >= MAX_ATTEMPTS
    OutgoingMail.objects.filter(pk=mail.pk).update(
        last_error=str(error)[:300],
        next_attempt_at=None if given_up else timezone.now() + timedelta(minutes=2**mail.attempts),
        **(_without_secret(mail) if given_up else {}),
    )
    if is_dead:
        pause_address(address=mail.to, reason=str(error))


def _message(mail: OutgoingMail, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    headers = {
        # The same at each attempt: a relay that took the message without saying so does not make two of it.
        "Message-ID": message_id(mail),
        "Auto-Submitted": "auto-generated",
    }
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else [settings.DEFAULT_FROM_EMAIL],
        headers=headers,
        connection=connection,
    )
    message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        # Once beside the text, which is where calendars look; once as a file, for those that do not.
        message.attach_alternative(mail.calendar, f"text/calendar; method={mail.calendar_method}")
        message.attach("reunion.ics", mail.calendar.encode(), "application/ics")
    return message


def message_id(mail: OutgoingMail) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<mail-{mail.pk}-{mail.created_at:%Y%m%d%H%M%S}@{domain}>"


def _without_secret(mail: OutgoingMail) -> dict[str, str]:
    return {"text": FORGOTTEN, "html": "", "calendar": ""} if mail.holds_secret else {}
