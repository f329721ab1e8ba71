"""Recording what happened. Called by the other rooms' actions, inside their transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from notifications import registry
from notifications.actions.leaving import recall_notices
from notifications.models import Delivery, Event, NoticeRead, ReadMarker
from notifications.subjects import subject_for
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


def record_event(
    *,
    space: Space,
    kind: str,
    about: models.Model,
    title: str,
    url: str,
    actor: "User | None" = None,
    boundary_id: int | None = None,
    news: str = "",
) -> Event:
    """Write down that something happened in `space`: whoever reads the space, inside the boundary if any, will see it, and
    those whom its notification class concerns are told after the transaction. `news`: the same in every space where the same news is told, so that
    nobody receives it twice."""
    event = Event.objects.create(
        space=space,
        boundary_id=boundary_id,
        kind=kind,
        category=registry.category_of(kind),
        subject=subject_for(about),
        title=title[:255],
        url=url,
        actor=actor,
        news=news,
    )
    from notifications.tasks import tell_soon  # the task calls `tell`

    transaction.on_commit(lambda: tell_soon(event.pk))
    return event


def bound_events(model: type[models.Model], pks: Iterable[int], *, boundary_id: int | None) -> None:
    """The objects have been put inside the boundary, or out of any: what was said of them goes along. A mail that has not
    left asks again before it does."""
    subjects = [f"{model._meta.label_lower}:{pk}" for pk in pks]
    Event.objects.filter(subject__in=subjects).update(boundary_id=boundary_id)


def withdraw_events(about: models.Model) -> None:
    """The object is no longer readable: what was said of it is taken back from every list, and from the mail that has not
    left yet."""
    events = Event.objects.filter(subject=subject_for(about))
    recall_notices(Delivery.objects.filter(event__in=events, mail__sent_at=None).values_list("mail_id", flat=True))
    events.delete()


@transaction.atomic
def mark_read(*, by: "User", event_id: int) -> None:
    """`by` has read that notice; again changes nothing. Raises `Http404` for what `by` does not read."""
    event = get_object_or_404(Event.objects.visible_to(by), pk=event_id)
    NoticeRead.objects.get_or_create(user=by, event=event)


@transaction.atomic
def mark_all_read(*, by: "User", until: datetime | None = None) -> None:
    """« Tout marquer comme lu »: everything up to `until` (now by default) counts as seen by `by`. Never goes back in time,
    and never beyond now: what comes after the click stays unread."""
    now = timezone.now()
    moment = min(until or now, now)
    marker, created = ReadMarker.objects.get_or_create(user=by, defaults={"seen_at": moment})
    if not created and marker.seen_at < moment:
        marker.seen_at = moment
        marker.save(update_fields=["seen_at"])
    NoticeRead.objects.filter(user=by, event__created_at__lte=moment).delete()
