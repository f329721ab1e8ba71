"""Ids in, one action called. A task lost with the broker is made up for by the sweep."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from acknowledgements import actions
from acknowledgements.models import Reminder
from mail.one_by_one import one_by_one

logger = logging.getLogger(__name__)


@shared_task
def send_reminder(reminder_id: int) -> None:
    actions.send_reminder(reminder_id)


@shared_task
def remind() -> int:
    """Plan what the calendar asks for, then send every round that waits. Returns how many mails were queued."""
    actions.plan_reminders()
    waiting = list(Reminder.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True))
    return sum(one_by_one(waiting, actions.send_reminder))


def send_soon(reminder_id: int) -> None:
    try:
        send_reminder.delay(reminder_id)
    except OperationalError:
        logger.warning("Broker unreachable: reminder %s waits for the sweep", reminder_id)
