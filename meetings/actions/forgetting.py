"""Names of people without an account have an end: what a meeting needed them for is over. Figures stay, and minutes too."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from meetings.models import BodyMember, Invitee

ERASED = "Une personne invitée (nom effacé)"
"""Read on the meeting's page, and in minutes circulated or approved after that: true of who was there, without saying who."""


@transaction.atomic
def erase_guest_names() -> int:
    """Of meetings over for more than `GUEST_NAMES_DAYS` days: name and address of those invited without an account, and the name
    of whoever came for somebody; and those of the guests that a body has not called since. Structure, network and attendance
    stay. Circulated minutes hold their own text and do not change; circulated or approved once more, they name these people no more,
    but in their earlier versions (ADR 025). Returns how many people. Asks no right: the schedule calls
    it, and running it twice erases once."""
    limit = timezone.now() - timedelta(days=settings.GUEST_NAMES_DAYS)
    old = Invitee.objects.filter(meeting__ends_at__lt=limit)
    old.exclude(represented_by="").update(represented_by="")
    erased = old.filter(user=None).exclude(email="").update(name=ERASED, email="")
    left, _ = BodyMember.objects.filter(user=None, left_at__lt=limit).delete()
    return erased + left
