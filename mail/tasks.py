"""Ids in, one action called. The rows are the truth: a task lost with the broker is made up for by the sweep."""

import logging
from collections.abc import Sequence
from pathlib import Path

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from mail import actions, queries
from mail.one_by_one import one_by_one

logger = logging.getLogger(__name__)

BATCH = 100
"""Messages over one connection."""


@shared_task
def deliver_mails(mail_ids: list[int]) -> None:
    actions.deliver_batch(mail_ids)


@shared_task
def sweep_mail() -> int:
    """Send whatever waits: retries that are due, and messages whose task was lost. Returns how many left."""
    return sum(one_by_one(_batches(queries.due_ids()), actions.deliver_batch))


@shared_task
def purge_mail() -> int:
    return actions.purge_mail()


@shared_task
def read_bounces() -> int:
    """Pause the addresses that the reports say dead; returns how many. In the schedule where a box is configured."""
    return len(actions.read_bounces(Path(settings.BOUNCE_MAILBOX)))


def deliver_soon(mail_ids: Sequence[int]) -> None:
    """Hand the messages to a worker; when the broker is away, leave them to `sweep_mail`."""
    try:
        for some in _batches(mail_ids):
            deliver_mails.delay(some)
    except OperationalError:
        logger.warning("Broker unreachable: %s message(s) wait for the sweep", len(mail_ids))


def _batches(mail_ids: Sequence[int]) -> list[list[int]]:
    return [list(mail_ids[start : start + BATCH]) for start in range(0, len(mail_ids), BATCH)]
