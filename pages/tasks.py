"""Ids in, one action called. Twice, or late, without harm."""

from celery import shared_task
from django.utils import timezone
from wagtail.models import Page, Revision

from mail.one_by_one import one_by_one
from pages import publication


@shared_task
def publish_scheduled() -> int:
    """Publish, and put away, the pages whose hour has come: each in a transaction with what is said of it, so that one that
    fails, or a worker that is killed, leaves it to the next call. Returns how many."""
    now = timezone.now()
    past = Page.objects.filter(live=True, expire_at__lte=now).order_by("expire_at", "pk").values_list("pk", flat=True)
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by("-pk")  # the latest text
    done = one_by_one(list(past), publication.expire_at_its_hour)
    return sum(done + one_by_one(list(due.values_list("pk", flat=True)), publication.publish_at_its_hour))
