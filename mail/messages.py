"""A row as a message (RFC 5322). Django puts one together afresh each time, and half of the time it takes is folding headers
that are the same for 1,500 people: what was folded once is remembered."""

from email.charset import QP, Charset
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32
from email.utils import formatdate, parseaddr
from functools import lru_cache
from secrets import token_hex

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import RFC5322_EMAIL_LINE_LENGTH_LIMIT, MIMEMixin, sanitize_address

from mail.models import OutgoingMail

_SHORT, _LONGEST = 72, 900
"""Characters of a header on one line: folded beyond, unless it is one long address, which would leave its first line empty."""
_PLAIN, _QUOTED = Charset("utf-8"), Charset("utf-8")
_PLAIN.body_encoding = None  # as it is
_QUOTED.body_encoding = QP
_address = lru_cache(maxsize=4096)(sanitize_address)


@lru_cache(maxsize=4096)
def _fold(name: str, value: str, linesep: str) -> bytes:
    return Compat32(linesep=linesep).fold_binary(name, value)


class _Remembering(Compat32):
    def fold_binary(self, name: str, value: str) -> bytes:
        if not isinstance(value, str):
            return super().fold_binary(name, value)
        if value.isascii() and len(name) + len(value) < (_SHORT if " " in value else _LONGEST):
            return f"{name}: {value}{self.linesep}".encode()
        return _fold(name, value, self.linesep)


_POLICY = _Remembering()


class _Multipart(MIMEMixin, MIMEMultipart):
    """`as_bytes` as Django's backends ask for it."""


class Letter(EmailMultiAlternatives):
    """Text and HTML: put together here. With anything else (a calendar), by Django."""

    def message(self) -> Message:
        if self.attachments or len(self.alternatives) != 1:
            return super().message()
        message = _Multipart("alternative", boundary=f"=={token_hex(16)}==", policy=_POLICY)
        headers = {
            "Subject": self.subject,
            "From": _address(self.from_email, "utf-8"),
            "To": ", ".join(_address(one, "utf-8") for one in self.to),
            "Reply-To": ", ".join(_address(one, "utf-8") for one in self.reply_to),
            "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
            **self.extra_headers,
        }
        for name, value in headers.items():
            if "\n" in value or "\r" in value:
                raise BadHeaderError(f"Header values can't contain newlines (got {value!r} for header {name!r})")
            message[name] = value
        message.attach(_part("plain", self.body))
        message.attach(_part("html", self.alternatives[0].content))
        return message


def _part(subtype: str, text: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=_POLICY)
    is_long = any(len(line.encode()) > RFC5322_EMAIL_LINE_LENGTH_LIMIT for line in text.splitlines())
    part.set_payload(text, _QUOTED if is_long else _PLAIN)
    return part


def message_of(mail: OutgoingMail, connection: BaseEmailBackend) -> Letter:
    headers = {
        # The same at each attempt: a relay that took the message without saying so does not make two of it.
        "Message-ID": message_id(mail),
        "Auto-Submitted": "auto-generated",
    }
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = Letter(
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
