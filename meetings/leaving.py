"""Between the writing of a letter and its leaving, hours may pass (a relay that is away): a right that has ended meanwhile keeps
the letter here."""

from collections.abc import Collection, Iterable

from django.contrib.auth import get_user_model

from mail.actions import recall
from meetings.models import LetterRight
from spaces.audience import who_may
from spaces.enums import Ability
from spaces.models import Space

GATE = "meetings"
"""The name under which `mail.gates` knows `refused_mail`."""


def hold(rights: Iterable[tuple[int, int, int | None]]) -> None:
    """(mail, account, space or None), in the transaction that has written these mails with `GATE`: one without a line never
    leaves, and one with several leaves when all are true."""
    LetterRight.objects.bulk_create(
        [LetterRight(mail_id=mail, user_id=user, space_id=space) for mail, user, space in rights], batch_size=200
    )


def refused_mail(mail_ids: Collection[int]) -> set[int]:
    """Those of these mails that their reader may not receive any more, taken back. One query for each space they speak of."""
    lines = LetterRight.objects.filter(mail__in=mail_ids)
    rights = set(lines.values_list("mail_id", "user_id", "space_id"))
    spaces = Space.objects.in_bulk({space for *_, space in rights if space})
    readers = {
        space: _readers(spaces.get(space), {user for _, user, one in rights if one == space}) for *_, space in rights
    }
    refused = set(mail_ids) - {mail for mail, *_ in rights}
    refused |= {mail for mail, user, space in rights if user not in readers[space]}
    recall(refused)
    return refused


def _readers(space: Space | None, users: set[int]) -> set[int]:
    found = who_may(space, Ability.VIEW_SPACE) if space else get_user_model().objects.active()
    return set(found.filter(pk__in=users).values_list("pk", flat=True))
