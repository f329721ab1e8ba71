"""Between the writing of a reminder and its leaving, what it names may have been withdrawn, or its reader's right have ended."""

from collections.abc import Collection

from acknowledgements import queries, subjects
from acknowledgements.models import ReminderMail
from mail.actions import recall

GATE = "acknowledgements"
"""The name under which `mail.gates` knows `refused_mail`."""


def refused_mail(mail_ids: Collection[int]) -> set[int]:
    """Those of these reminders that nobody should receive any more, taken back."""
    written = ReminderMail.objects.filter(mail__in=mail_ids).select_related("reminder__request", "user").order_by("pk")
    refused = set(mail_ids) - {one.mail_id for one in written if _still_waits(one)}
    recall(refused)
    return refused


def _still_waits(one: ReminderMail) -> bool:
    """They may read that version, are expected to, and have not."""
    request, version = one.reminder.request, one.reminder.version
    current = subjects.find(one.user, [request.subject]).get(request.subject) if one.user.is_active else None
    return (
        current is not None
        and current.version == version
        and request.stopped_at is None
        and queries.is_expected(one.user, current)
        and not request.acknowledgements.filter(user=one.user, version=version).exists()
    )
