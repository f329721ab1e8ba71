"""« Relancer »: the regional animation writes to those who run a body of which something is awaited."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.journal import log
from mail.actions import queue_mail
from meetings import leaving
from meetings.models import Body, BodyReminder
from meetings.queries.minutes import absolute
from meetings.queries.overview import years_of
from spaces import policy
from spaces.enums import Ability
from spaces.models import french_date
from spaces.queries import managers_of

if TYPE_CHECKING:
    from accounts.models import User

REMIND_AGAIN_AFTER_DAYS = 7


def next_reminder(body: Body) -> date | None:
    """The first day on which `body` may be reminded again; None when it may be today."""
    since = timezone.now() - timedelta(days=REMIND_AGAIN_AFTER_DAYS)
    last = BodyReminder.objects.filter(body=body, sent_at__gt=since).order_by("-sent_at").first()
    return timezone.localtime(last.sent_at).date() + timedelta(days=REMIND_AGAIN_AFTER_DAYS) if last else None


@transaction.atomic
def remind_body(*, body: Body, year: int, by: "User") -> BodyReminder:
    """Write to each manager of the body's space what its year still lacks, and keep that it was written. Raises
    `PermissionDenied` when `by` is not of the regional animation, `ValidationError` when nothing is awaited, nobody manages the
    space, or it was done less than `REMIND_AGAIN_AFTER_DAYS` ago."""
    policy.require(by, Ability.MANAGE_REGION)
    body = Body.objects.select_for_update(of=("self",)).select_related("space").get(pk=body.pk)  # two clicks write once
    if again := next_reminder(body):
        raise ValidationError(
            f"Une relance est déjà partie\u00a0: une autre pourra l’être à partir du {french_date(again)}."
        )
    [found] = years_of([body], year, by)
    if not found.reasons:
        raise ValidationError("Rien n’est attendu de cette instance\u00a0: il n’y a pas lieu de relancer.")
    managers = list(managers_of(body.space).exclude(pk=by.pk).order_by("pk"))
    if not managers:
        raise ValidationError("Personne n’anime cet espace\u00a0: invitez d’abord un coordinateur.")
    reminder = BodyReminder.objects.create(
        body=body, year=year, reasons="\n".join(found.reasons), sent_by=by, recipients=len(managers)
    )
    log(body, "meetings.body.reminded", user=by, data={"year": year, "reasons": found.reasons})
    rights = []
    for person in managers:
        mail = queue_mail(
            to=person.email,
            template="meetings/email/body_reminder",
            context={
                "person": person,
                "by": by,
                "body": body,
                "reasons": found.reasons,
                "url": absolute(found.url),
                "why": f"Vous recevez ce message parce que vous animez l’espace {body.space.name}.",
            },
            reply_to=by.email,
            gate=leaving.GATE,
        )
        rights.append((mail.pk, person.pk, body.space_id))
    leaving.hold(rights)
    return reminder
