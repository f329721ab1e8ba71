"""Requests for access: a visitor asks, a manager answers (accepting is inviting, see `invitations.invite`)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.journal import log
from directory.models import Territory
from mail.actions import queue_mail
from spaces import queries
from spaces.models import AccessRequest, AccessRequestState

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def ask_for_access(
    *,
    email: str,
    first_name: str,
    last_name: str,
    structure_name: str,
    function: str = "",
    territory: Territory | None = None,
    message: str = "",
) -> AccessRequest | None:
    """Write the request down and tell those who can answer it. Asks no right: the form is public.

    None when the same address already waits for the same territory: they are not told twice."""
    email = email.strip().lower()
    if AccessRequest.objects.pending().filter(email=email, territory=territory).exists():
        return None
    access_request = AccessRequest(
        email=email,
        first_name=first_name,
        last_name=last_name,
        structure_name=structure_name,
        function=function,
        territory=territory,
        message=message,
    )
    access_request.full_clean()
    access_request.save()
    context = {
        "access_request": access_request,
        "url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("spaces:access_requests"),
        "why": "Vous recevez ce message parce que vous pouvez répondre à cette demande.",
    }
    for user in queries.answerers(territory):
        queue_mail(to=user.email, template="spaces/email/access_request", context=context)
    return access_request


@transaction.atomic
def decline_request(*, access_request: AccessRequest, by: "User", note: str) -> None:
    """Say no, with a word of explanation sent by mail.

    Raises `AccessRequest.DoesNotExist` when `by` may not answer it, `ValidationError` when it has been answered."""
    access_request = AccessRequest.objects.visible_to(by).select_for_update(of=("self",)).get(pk=access_request.pk)
    if access_request.state != AccessRequestState.PENDING:
        raise ValidationError("Cette demande d’accès a déjà reçu une réponse.")
    access_request.state = AccessRequestState.DECLINED
    access_request.decided_at = timezone.now()
    access_request.decided_by = by
    access_request.decision_note = note
    access_request.full_clean()
    access_request.save()
    log(access_request, "spaces.request.decline", user=by)
    queue_mail(
        to=access_request.email,
        template="spaces/email/access_request_declined",
        context={"access_request": access_request, "why": "Vous recevez ce message en réponse à votre demande."},
    )
