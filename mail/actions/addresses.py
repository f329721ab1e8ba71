"""Addresses that refuse: paused by what their server says, resumed by a person."""

import re
import smtplib
from email.message import EmailMessage

from mail.models import OutgoingMail, PausedAddress

_OUR_MESSAGE = re.compile(r"<mail-(\d+)-(\d{14})@")


_ENHANCED = re.compile(rb"5\.\d{1,3}\.\d{1,3}\b")
_NO_MAILBOX = {550, 551, 553}
"""Answers to RCPT that speak of the mailbox; 554 speaks of the transaction, often of all that we send (RFC 5321, 4.2.3)."""


def says_address_is_dead(error: Exception) -> bool:
    """Whether the server refused this recipient for good: in answer to RCPT, unless for what we are or say (5.7.x); in answer to
    the message itself, only when it says that there is no such address (5.1.x)."""
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code in _NO_MAILBOX and _bytes(error.smtp_error).startswith(b"5.1.")
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return bool(error.recipients) and all(_is_dead(code, text) for code, text in error.recipients.values())


def _is_dead(code: int, text: bytes) -> bool:
    if _ENHANCED.match(text):
        return 500 <= code < 600 and not text.startswith(b"5.7.")
    return code in _NO_MAILBOX


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


def pause_address(*, address: str, reason: str) -> None:
    """Nothing that can be refused is written to `address` from now. Pausing twice keeps the first reason."""
    PausedAddress.objects.get_or_create(address=address.lower(), defaults={"reason": " ".join(reason.split())[:300]})


def resume_address(*, address: str) -> bool:
    """Write to `address` again; returns whether it was paused. Asks no right: the calling room does."""
    return PausedAddress.objects.filter(address=address.lower()).delete()[0] > 0


def read_bounce(message: EmailMessage) -> str:
    """The address that a delivery report (RFC 3464) says dead, now paused; empty when it says nothing of the kind.

    Anybody can send us such a report: it is believed only when it quotes a message that we did send, to that address."""
    recipient, status, ours = "", "", None
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.iter_parts():
                recipient = recipient or str(block.get("Final-Recipient", "")).rpartition(";")[2].strip()
                status = status or str(block.get("Status", "")).strip()
        elif part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            ours = ours or _OUR_MESSAGE.search(part.as_string())
    if ours is None or not status.startswith("5.") or status.startswith("5.7."):
        return ""
    mail = OutgoingMail.objects.filter(pk=int(ours[1]), to__iexact=recipient, sent_at__isnull=False).first()
    if mail is None or f"{mail.created_at:%Y%m%d%H%M%S}" != ours[2]:
        return ""
    pause_address(address=mail.to, reason=f"Rapport de non-remise : {status}")
    return mail.to.lower()
