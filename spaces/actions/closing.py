"""The daily turn: mandates that ran out, mandates that begin, ends that come near, requests answered long ago."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.journal import log
from mail.actions import queue_mail
from spaces import audit, policy, queries
from spaces.actions.mandates import leave_circles
from spaces.models import AccessRequest, AnimationMandate, Membership

FORGOTTEN = "Demande d’accès effacée"


@dataclass(frozen=True)
class ClosingReport:
    closed: int
    """Mandates that had run out."""
    projected: int
    """Accounts whose groups have changed."""
    warned: int
    """Mandates whose near end has been announced."""
    forgotten: int = 0
    """Requests for access answered more than `ACCESS_REQUEST_KEEP_DAYS` days ago, now deleted."""


def close_mandates() -> ClosingReport:
    """Close what ran out, start what begins today, announce what ends within `MANDATE_WARNING_DAYS` days, once; forget the
    requests for access answered more than `ACCESS_REQUEST_KEEP_DAYS` days ago.

    Nothing depends on it for safety (access is computed from the dates). Running it twice does it once."""
    closed = sum(_close(model) for model in (Membership, AnimationMandate))
    projected = sum(policy.project(user) for user in audit.stale_users())
    warned = sum(
        _warn(mandate)
        for model in (Membership, AnimationMandate)
        for mandate in model.objects.expiring_within(settings.MANDATE_WARNING_DAYS)
        .filter(warned_at=None, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    return ClosingReport(closed, projected, warned, _forget_requests())


@transaction.atomic
def _close(model: type[Membership] | type[AnimationMandate]) -> int:
    mandates = list(model.objects.lapsed().select_for_update().order_by("pk"))
    for mandate in mandates:
        mandate.ended_at = timezone.now()
        mandate.save(update_fields=["ended_at"])
        log(mandate, "spaces.mandate.lapse")
        if isinstance(mandate, Membership):
            leave_circles(mandate.space, mandate.user)
    return len(mandates)


@transaction.atomic
def _forget_requests() -> int:
    """The log goes on saying who answered, and when; no longer whom."""
    limit = timezone.now() - timedelta(days=settings.ACCESS_REQUEST_KEEP_DAYS)
    old = list(AccessRequest.objects.filter(decided_at__lt=limit).values_list("pk", flat=True))
    content_type = ContentType.objects.get_for_model(AccessRequest)
    ModelLogEntry.objects.filter(content_type=content_type, object_id__in=map(str, old)).update(label=FORGOTTEN)
    AccessRequest.objects.filter(pk__in=old).delete()
    return len(old)


@transaction.atomic
def _warn(mandate: Membership | AnimationMandate) -> bool:
    """Tell the person and whoever can prolong the mandate. Claimed by a conditional update: told once."""
    claimed = type(mandate).objects.filter(pk=mandate.pk, warned_at=None).update(warned_at=timezone.now())
    if not claimed:
        return False
    space = getattr(mandate, "space", None)
    if isinstance(mandate, Membership):
        url = reverse("spaces:change_membership", args=[mandate.space.slug, mandate.pk])
    else:
        url = reverse("spaces:animation")
    context = {
        "mandate": mandate,
        "person": mandate.user,
        "space": space,
        "url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + url,
        "why": f"Vous recevez ce message parce que ce mandat vous concerne, sur {settings.SITE_NAME}.",
    }
    queue_mail(to=mandate.user.email, template="spaces/email/mandate_ending", context=context)
    for user in queries.can_prolong(mandate):
        queue_mail(to=user.email, template="spaces/email/mandate_ending_manager", context=context)
    return True
