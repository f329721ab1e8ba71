"""Digests: what has waited, in one message, rights asked again."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from mail.actions import Letter, queue_letters, render
from notifications.actions.leaving import GATE, tell_elsewhere
from notifications.actions.telling import manage_url, stop_url
from notifications.enums import Timing
from notifications.models import Delivery, Event, Told
from notifications.queries.waiting import DIGEST_DAYS, Digest, waiting_digest

MOST = 20_000
"""Items taken at once; beyond, they wait for the next digest."""


@transaction.atomic
def send_digest(*, user_id: int, timings: Collection[Timing]) -> bool:
    """Write the digest of all that waits for this person in these rhythms; returns whether there was anything to say. The
    items are held until the end of the transaction: of two beats at once the second finds nothing."""
    now = timezone.now()
    waiting = Delivery.objects.pending().filter(user=user_id, timing__in=timings).select_for_update().order_by("pk")
    held = dict(waiting.values_list("pk", "event_id")[:MOST])
    if not held:
        return False
    user = get_user_model().objects.get(pk=user_id)
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    digest = waiting_digest(user, held.values(), site=site, now=now)
    mail = None
    if digest.total:
        url = stop_url(user, "", None)
        words = render("notifications/email/digest", _context(digest, site, url, timings))
        letter = Letter(to=user.email, words=words, holds_secret=True, unsubscribe_url=url, gate=GATE)
        mail = queue_letters([letter])[0]
    # Only what the mail names can stop it: the others are handled, and not tied to it.
    shown = [item.event.pk for section in digest.sections for item in section.items]
    Delivery.objects.filter(pk__in=held, event__in=shown).update(mail=mail)
    Delivery.objects.filter(pk__in=held).update(handled_at=now)
    readable = Event.objects.visible_to(user).order_by().values("pk")
    lost = Event.objects.filter(pk__in=held.values()).exclude(news="").exclude(pk__in=readable).order_by()
    tell_elsewhere({(event, user_id) for event in lost.values_list("pk", flat=True)})
    return mail is not None


def _context(digest: Digest, site: str, url: str, timings: Collection[Timing]) -> dict[str, object]:
    rhythm = "chaque semaine" if set(timings) == {Timing.WEEKLY} else "chaque jour"
    return {
        "digest": digest,
        "site": site,
        "rhythm": rhythm,
        "why": f"Vous recevez ce récapitulatif {rhythm} où il y a du nouveau, parce que c’est le rythme choisi pour vos espaces.",
        "manage_url": manage_url(),
        "stop_url": url,
    }


def forget_old_deliveries() -> int:
    """Delete what was sent more than `MAIL_KEEP_DAYS` days ago, and what has waited for more than `DIGEST_DAYS`. Returns how
    many rows went."""
    now = timezone.now()
    limit = now - timedelta(days=settings.MAIL_KEEP_DAYS)
    sent, told = Delivery.objects.filter(handled_at__lt=limit), Told.objects.filter(created_at__lt=limit)
    stale = Delivery.objects.pending().filter(created_at__lt=now - timedelta(days=DIGEST_DAYS))
    return sent.delete()[0] + told.delete()[0] + stale.delete()[0]
