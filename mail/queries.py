"""What waits, what was sent to whom, and which addresses refuse."""

from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from mail.enums import State
from mail.models import FORGOTTEN, OutgoingMail, PausedAddress


def due_ids(limit: int = 2000) -> list[int]:
    """Messages whose time has come, oldest first; at most `limit`, so that a sweep ends."""
    return list(OutgoingMail.objects.due().order_by("pk").values_list("pk", flat=True)[:limit])


def sent_to(address: str) -> list[dict[str, object]]:
    """What the site wrote to an address, as far as it is kept (`MAIL_KEEP_DAYS`): subjects and dates, newest first."""
    rows = OutgoingMail.objects.filter(to__iexact=address).order_by("-pk")
    return [dict(row) for row in rows.values("subject", "created_at", "sent_at")]


def paused_among(addresses: Iterable[str]) -> dict[str, PausedAddress]:
    """Those of `addresses` that are paused, by address in lower case. One query."""
    wanted = {address.lower() for address in addresses}
    return {paused.address: paused for paused in PausedAddress.objects.filter(address__in=wanted)}


def paused() -> list[PausedAddress]:
    return list(PausedAddress.objects.all())


_STATES: dict[str, Q] = {
    State.SENT: Q(sent_at__isnull=False),
    State.RECALLED: Q(sent_at=None, recalled_at__isnull=False),
    State.WAITING: Q(sent_at=None, recalled_at=None, next_attempt_at__isnull=False),
    State.GIVEN_UP: Q(sent_at=None, recalled_at=None, next_attempt_at=None),
}


def archive(text: str = "", state: str = "") -> QuerySet[OutgoingMail]:
    """Every message kept, without its words, newest first: those whose address or subject holds `text`, in that state;
    `may_retry` on each. Asks no right: the screen does."""
    has_words = _STATES[State.GIVEN_UP] & ~Q(text__in=["", FORGOTTEN])
    may_retry = ExpressionWrapper(has_words, output_field=BooleanField())
    mails = OutgoingMail.objects.defer("text", "html", "calendar").annotate(may_retry=may_retry).order_by("-pk")
    if text := text.strip():
        mails = mails.filter(Q(to__icontains=text) | Q(subject__icontains=text))
    return mails.filter(_STATES[State(state)]) if state in State.values else mails
