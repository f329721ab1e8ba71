"""Between the writing of a mail and its leaving, what it speaks of may have been withdrawn, or its reader's right have ended."""

from collections.abc import Collection, Iterable
from functools import partial

from django.contrib.auth import get_user_model
from django.db import transaction

from mail.actions import recall
from notifications.enums import Timing
from notifications.models import Delivery, Event
from notifications.queries.readers import may_be_told, readers_of

GATE = "notifications"
"""The name under which `mail.gates` knows `refused_mail`."""


def recall_notices(mail_ids: Iterable[int | None]) -> None:
    """Take these mails back, if they have not left. The other items of a digest wait for the next one."""
    recalled = recall({mail_id for mail_id in mail_ids if mail_id})
    digests = Delivery.objects.filter(mail__in=recalled).exclude(timing=Timing.AT_ONCE)
    digests.update(handled_at=None, mail=None)


def refused_mail(mail_ids: Collection[int]) -> set[int]:
    """Those of these mails that their reader may not receive any more, taken back."""
    lines = set(Delivery.objects.filter(mail__in=mail_ids).values_list("mail_id", "event_id", "user_id"))
    pairs = {(event, user) for _, event, user in lines}
    readable = _readable(pairs)
    refused = set(mail_ids) - {mail for mail, _, _ in lines}
    refused |= {mail for mail, event, user in lines if (event, user) not in readable}
    recall_notices(refused)
    tell_elsewhere(pairs - readable)
    return refused


@transaction.atomic
def tell_elsewhere(lost: set[tuple[int, int]]) -> None:
    """These (event, person) hold no more. Where the same news is read in another space too, whoever has kept that one is told it
    there: the others have been told, and are not again."""
    from notifications.tasks import tell_soon  # the task calls `tell`

    lost_ids = {event for event, _ in lost}
    news = Event.objects.filter(pk__in=lost_ids).exclude(news="").values("news")
    elsewhere = Event.objects.filter(news__in=news).exclude(pk__in=lost_ids).order_by("pk")
    again = list(elsewhere.values_list("pk", flat=True)) if lost else []
    if not again:
        return
    rows = Delivery.objects.filter(event__in=lost_ids, event__news__in=news, user__in={user for _, user in lost})
    found = [pk for pk, *pair in rows.values_list("pk", "event_id", "user_id") if tuple(pair) in lost]
    Delivery.objects.filter(pk__in=found).delete()
    Event.objects.filter(pk__in=again).update(told_at=None, told_up_to=0)
    for event_id in again:
        transaction.on_commit(partial(tell_soon, event_id))


def _readable(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """(event, person) that hold today, asked for each event or for each person, whichever are fewer."""
    event_ids, user_ids = {event for event, _ in pairs}, {user for _, user in pairs}
    if len(event_ids) <= len(user_ids):
        events = Event.objects.filter(pk__in=event_ids).select_related("space")
        found = {
            (event.pk, user)
            for event in events
            for user in readers_of(event).filter(pk__in=user_ids).values_list("pk", flat=True)
        }
    else:
        users = get_user_model().objects.filter(pk__in=user_ids)
        found = {
            (event.pk, user.pk) for user in users for event in may_be_told(user, Event.objects.filter(pk__in=event_ids))
        }
    return pairs & found
