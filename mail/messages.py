"""A row as a message, and as the bytes that a relay takes (RFC 5322). Django puts a tree together and walks it, each time: that
was half of what sending costs. Text and HTML are written here in one go; a header folded for one of 1,500 is remembered."""

import re
from email.policy import Compat32
from email.utils import formatdate, parseaddr
from functools import lru_cache
from secrets import token_hex

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import RFC5322_EMAIL_LINE_LENGTH_LIMIT, sanitize_address

from mail.models import OutgoingMail

_SHORT, _LONGEST = 72, 900
"""Characters of a header on one line: folded beyond, unless it is one long address, which would leave its first line empty."""
_ORDINARY = re.compile(r"[\w+-]+(\.[\w+-]+)*@([\w-]{1,63}\.)+[\w-]{1,63}", re.ASCII)
"""What Django's parser gives back as it was."""
_POLICY = Compat32(linesep="\r\n")


def message_of(mail: OutgoingMail, connection: BaseEmailBackend) -> EmailMultiAlternatives:
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
    return f"<mail-{mail.pk}-{mail.created_at:%Y%m%d%H%M%S}@{_domain(settings.DEFAULT_FROM_EMAIL)}>"


def as_sent(message: EmailMultiAlternatives) -> bytes:
    """Text and HTML: written here. With anything else (a calendar, a line too long for SMTP): by Django."""
    parts = {"plain": message.body, **{one.mimetype.removeprefix("text/"): one.content for one in message.alternatives}}
    bodies = {subtype: _body(text) for subtype, text in parts.items()}
    if message.attachments or list(parts) != ["plain", "html"] or any(map(_is_long, bodies.values())):
        return message.message().as_bytes(linesep="\r\n")
    boundary = f"=={token_hex(16)}=="
    headers = {
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        "MIME-Version": "1.0",
        "Subject": message.subject,
        "From": address(message.from_email),
        "To": ", ".join(map(address, message.to)),
        "Reply-To": ", ".join(map(address, message.reply_to)),
        "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
        **message.extra_headers,
    }
    written = [_header(name, value) for name, value in headers.items()]
    for subtype, body in bodies.items():
        kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit'
        written.append(f"\r\n--{boundary}\r\n{kind}\r\n\r\n".encode() + body)
    return b"".join([*written, f"\r\n--{boundary}--\r\n".encode()])


def address(one: str) -> str:
    return one if _ORDINARY.fullmatch(one) else _odd_address(one)


@lru_cache(maxsize=1024)
def _odd_address(one: str) -> str:
    return sanitize_address(one, "utf-8")


@lru_cache(maxsize=4)
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def _header(name: str, value: str) -> bytes:
    if "\n" in value or "\r" in value:
        raise BadHeaderError(f"Header values can't contain newlines (got {value!r} for header {name!r})")
    if value.isascii() and len(name) + len(value) < (_SHORT if " " in value else _LONGEST):
        return f"{name}: {value}\r\n".encode()
    return _folded(name, value)


@lru_cache(maxsize=1024)
def _folded(name: str, value: str) -> bytes:
    return _POLICY.fold_binary(name, value)


def _body(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def _is_long(body: bytes) -> bool:
    return max(map(len, body.split(b"\r\n"))) > RFC5322_EMAIL_LINE_LENGTH_LIMIT
