"""Periodic housekeeping that belongs to no room. Each task may run twice, or late, without harm."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from extranet.models import Heartbeat


@shared_task
def beat() -> None:
    """The clock asked, a worker did: the health page reads when."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": timezone.now()})


@shared_task
def clear_sessions() -> None:
    call_command("clearsessions")
