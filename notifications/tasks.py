"""Ids in, one action called. The rows are the truth: a task lost with the broker is made up for by the sweep."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from mail.one_by_one import one_by_one
from notifications import actions, queries

logger = logging.getLogger(__name__)


@shared_task
def tell_event(event_id: int) -> None:
    actions.tell(event_id)


@shared_task
def sweep_events() -> int:
    """Tell what waits: events whose task was lost, or whose worker was killed. Returns how many."""
    return len(one_by_one(queries.waiting_events(), actions.tell))


@shared_task
def send_digests() -> int:
    """Write the digests whose hour has come; returns how many. Late, they leave at the next call."""
    due = queries.people_due(timezone.now())
    return sum(one_by_one(due.items(), lambda one: actions.send_digest(user_id=one[0], timings=one[1])))


@shared_task
def forget_old_deliveries() -> int:
    return actions.forget_old_deliveries()


def tell_soon(event_id: int) -> None:
    """Hand the event to a worker; when the broker is away, leave it to `sweep_events`."""
    try:
        tell_event.delay(event_id)
    except OperationalError:
        logger.warning("Broker unreachable: event %s waits for the sweep", event_id)
