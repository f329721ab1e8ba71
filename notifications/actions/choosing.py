"""What somebody chooses about themselves."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.journal import log
from mail.actions import resume_address
from mail.actions import retry_mail as retry
from mail.models import OutgoingMail
from notifications import registry
from notifications.enums import DEFAULTS, Category, Timing
from notifications.models import Delivery, Follow, Preference, Rhythm
from notifications.queries.lists import forget_unread
from notifications.queries.readers import Choices, preferences_of
from notifications.registry import Followable
from notifications.tokens import Power
from spaces import policy
from spaces.enums import Ability
from spaces.models import Membership, Space

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def choose(*, by: "User", category: Category, timing: Timing | None, space: Space | None = None) -> None:
    """From now, `category` reaches `by` in that way: everywhere, or in `space` alone. `timing` None forgets the choice (the
    exception of that space; everywhere, back to the default). What waits for a digest follows.

    Raises `Http404` for a space that `by` does not read."""
    if space is not None and space.pk not in policy.reader_of(by).space_ids:
        raise Http404
    _write(by, category, space.pk if space else None, timing)


@transaction.atomic
def choose_from_mail(*, power: Power, timing: Timing) -> None:
    """What the link at the foot of a mail may do, without signing in: the category of that mail, in its space; from a
    digest, everything that comes by digests."""
    if power.category:
        if power.space_id is None or Space.objects.filter(pk=power.space_id).exists():
            _write(power.user, power.category, power.space_id, timing)
        return
    chosen = dict(Preference.objects.filter(user=power.user, space=None).values_list("category", "timing"))
    for category in Category:
        if Timing(chosen.get(category, DEFAULTS[category])).is_digest:
            _write(power.user, category, None, timing)
    for preference in Preference.objects.filter(user=power.user, space__isnull=False):
        if Timing(preference.timing).is_digest:
            _write(power.user, Category(preference.category), preference.space_id, timing)


def _write(user: "User", category: Category, space_id: int | None, timing: Timing | None) -> None:
    space = Space.objects.get(pk=space_id) if space_id else None
    if timing is None:
        Preference.objects.filter(user=user, category=category, space=space).delete()
    else:
        Preference.objects.update_or_create(user=user, category=category, space=space, defaults={"timing": timing})
    _move_what_waits(user, category, space_id)
    transaction.on_commit(lambda: forget_unread(user))


def _move_what_waits(user: "User", category: Category, space_id: int | None) -> None:
    """What waits for a digest goes by the new choice, where it is the one that holds: what is followed, by two of them."""
    waiting = Delivery.objects.pending().filter(user=user)
    waiting = (
        waiting.filter(is_followed=True) if category == Category.FOLLOWED else waiting.filter(event__category=category)
    )
    if space_id is not None:
        waiting = waiting.filter(event__space=space_id)
    preferences = preferences_of([user.pk])
    for kind, space, is_followed in (
        waiting.order_by().values_list("event__kind", "event__space", "is_followed").distinct()
    ):
        if notification := registry.of(kind):
            followers = frozenset({user.pk} if is_followed else ())
            timing = Choices(notification, preferences, space, followers).timing(user.pk)
            some = waiting.filter(event__kind=kind, event__space=space, is_followed=is_followed)
            if timing.is_mail:
                some.update(timing=timing if timing.is_digest else Timing.DAILY)
            else:
                some.delete()


@transaction.atomic
def set_rhythm(*, by: "User", hour: int, weekday: int, away_until: date | None) -> Rhythm:
    """Digests leave at that hour (0 to 23), the weekly one on that day (0: Monday); nothing leaves until the end of
    `away_until`. Raises `ValidationError`."""
    rhythm = Rhythm.objects.filter(user=by).first() or Rhythm(user=by)
    rhythm.hour, rhythm.weekday, rhythm.away_until = hour, weekday, away_until
    rhythm.full_clean(exclude=["user"])
    rhythm.save()
    return rhythm


@transaction.atomic
def follow(*, by: "User", subject: str) -> Followable:
    """Tell `by` of whatever happens there; following twice follows once. Raises `Http404` for what `by` does not read."""
    found = registry.resolve(by, [subject])
    if subject not in found:
        raise Http404
    Follow.objects.get_or_create(user=by, subject=subject)
    return found[subject][1]


@transaction.atomic
def unfollow(*, by: "User", subject: str) -> None:
    """Works for what cannot be read any more, too."""
    Follow.objects.filter(user=by, subject=subject).delete()


@transaction.atomic
def resume_mail(*, by: "User", address: str) -> bool:
    """Write again to an address that had refused; returns whether it was paused. The regional animation may, and whoever
    manages a space for one of its members. Raises `Http404` for anybody else: an address is not told to exist."""
    owner = get_user_model().objects.filter(email__iexact=address).first()
    managed = policy.reader_of(by).managed_ids
    is_theirs = owner is not None and Membership.objects.current().filter(user=owner, space__in=managed).exists()
    if not policy.can(by, Ability.MANAGE_REGION) and not is_theirs:
        raise Http404
    if owner is not None:
        log(owner, "notifications.resume_mail", user=by)
    return resume_address(address=address)


@transaction.atomic
def retry_mail(*, by: "User", mail_id: int) -> bool:
    """Send again what was given up, if its reader still may receive it (its gate is asked as it leaves); returns whether it was:
    not a message that has left, waits already or has forgotten its words. Raises `PermissionDenied` for whoever is not of the
    regional animation, `Http404` for no message."""
    policy.require(by, Ability.MANAGE_REGION)
    mail = get_object_or_404(OutgoingMail.objects.only("to"), pk=mail_id)
    is_retried = retry(mail_id)
    if is_retried:  # said of the person, not of the message, whose subject may have to be forgotten
        owner = get_user_model().objects.filter(email__iexact=mail.to).first()
        log(owner or by, "notifications.retry_mail", user=by, data={"mail": mail_id})
    return is_retried
