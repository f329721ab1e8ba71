"""Writing messages down, taking them back, forgetting them. Called by the other rooms' actions, inside their transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from mail.models import FORGOTTEN, OutgoingMail

RETRY_DAYS = 14
"""How long a message given up that carries a personal link can be sent again, since it was written."""


@dataclass(frozen=True)
class Words:
    """What a message says, in both its forms."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letter:
    """One message to one person. See `queue_mail` and `OutgoingMail` for the rest."""

    to: str
    words: Words
    reply_to: str = ""
    holds_secret: bool = False
    calendar: str = ""
    calendar_method: str = ""
    unsubscribe_url: str = ""
    gate: str = ""


def render(template: str, context: Mapping[str, object]) -> Words:
    """The words of a template such as "accounts/email/invitation": `<template>.txt` is required (its first line is the
    subject, after « Objet : »), `<template>.html` is the same content in HTML; both receive the same footer, whose
    sentence on why the person gets this is the context's `why`. Raises `TemplateDoesNotExist`."""
    context = {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_TAGLINE": settings.SITE_TAGLINE,
        "SITE_URL": settings.WAGTAILADMIN_BASE_URL,
        "why": "",
        "manage_url": "",
        "stop_url": "",
        **context,
    }
    first_line, _, text = render_to_string(f"{template}.txt", context).partition("\n")
    # Whatever a name brought in, a subject is one line.
    subject = " ".join(first_line.removeprefix("Objet :").split())[:200]
    html = render_to_string(f"{template}.html", {**context, "mail_subject": subject})
    text = f"{text.strip()}\n\n{render_to_string('mail/footer.txt', context).strip()}\n"
    return Words(subject, text, html)


def queue_mail(
    *,
    to: str,
    template: str,
    context: dict[str, object],
    reply_to: str = "",
    holds_secret: bool = False,
    calendar: str = "",
    calendar_method: str = "",
    gate: str = "",
) -> OutgoingMail:
    """Write one message to `to` as a row, to be sent after the transaction, whatever the state of the address.

    `template` and `context`: see `render`. `reply_to` is the person an answer should reach (by default `MAIL_REPLY_TO`,
    then the sender). `holds_secret`: the message carries a link that opens something; its words are forgotten as
    soon as it has left or, without a lasting `gate`, is given up. `calendar`: an iCalendar file whose METHOD is
    `calendar_method`, that the recipient's calendar takes in. `gate`: see `gates.py`. Raises `TemplateDoesNotExist`."""
    letter = Letter(
        to=to,
        words=render(template, context),
        reply_to=reply_to,
        holds_secret=holds_secret,
        calendar=calendar,
        calendar_method=calendar_method,
        gate=gate,
    )
    return queue_letters([letter])[0]


def queue_letters(letters: Iterable[Letter]) -> list[OutgoingMail]:
    """Write many messages at once, to be sent after the transaction, in batches; the rows come in the order given."""
    now = timezone.now()
    mails = OutgoingMail.objects.bulk_create(
        [
            OutgoingMail(
                to=letter.to,
                reply_to=letter.reply_to or settings.MAIL_REPLY_TO,
                subject=letter.words.subject,
                text=letter.words.text,
                html=letter.words.html,
                holds_secret=letter.holds_secret,
                calendar=letter.calendar,
                calendar_method=letter.calendar_method,
                unsubscribe_url=letter.unsubscribe_url,
                gate=letter.gate,
                next_attempt_at=now,
            )
            for letter in letters
        ],
        batch_size=200,
    )
    from mail.tasks import deliver_soon  # the task calls `sending.deliver_batch`

    transaction.on_commit(lambda: deliver_soon([mail.pk for mail in mails]))
    return mails


def recall(mail_ids: Iterable[int]) -> set[int]:
    """Those of these messages that have not left never will, and their words are forgotten. Returns their ids. One that
    is leaving at this very moment may have left."""
    waiting = OutgoingMail.objects.in_hand().filter(pk__in=list(mail_ids))
    ids = set(waiting.values_list("pk", flat=True))
    now = timezone.now()
    OutgoingMail.objects.filter(pk__in=ids, sent_at=None).update(
        recalled_at=now, next_attempt_at=None, subject="", text="", html="", calendar=""
    )
    return ids


def retry_mail(mail_id: int) -> bool:
    """Send again, as if for the first time, a message that was given up and still holds its words; returns whether it was
    one. Asks no right: the calling room does."""
    found = OutgoingMail.objects.retriable().filter(pk=mail_id).update(attempts=0, next_attempt_at=timezone.now())
    if found:
        from mail.tasks import deliver_soon  # the task calls `sending.deliver_batch`

        transaction.on_commit(lambda: deliver_soon([mail_id]))
    return bool(found)


def purge_mail() -> int:
    """Delete what left, or was given up, more than `MAIL_KEEP_DAYS` days ago; the links of what nobody has sent again go before
    (`RETRY_DAYS`). Returns how many rows went."""
    stale = OutgoingMail.objects.retriable().filter(holds_secret=True)
    stale = stale.filter(created_at__lt=timezone.now() - timedelta(days=RETRY_DAYS))
    stale.update(text=FORGOTTEN, html="", calendar="")
    limit = timezone.now() - timedelta(days=settings.MAIL_KEEP_DAYS)
    return OutgoingMail.objects.filter(next_attempt_at=None, created_at__lt=limit).delete()[0]
