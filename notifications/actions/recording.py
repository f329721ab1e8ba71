"""Recording what happened. Called by the other rooms' actions, inside their transaction."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat
from django.shortcuts import get_object_or_404
from django.utils import timezone

from notifications import registry
from notifications.actions.leaving import recall_notices
from notifications.models import HIDDEN, Delivery, Event, NoticeRead, ReadMarker, Told
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


def bound_events(objects: "models.QuerySet[Any]", *, boundary_id: int | None) -> None:
    """The objects have been put inside the boundary, or out of any: what was said of them goes along. A mail that has not
    left asks again before it does. Two statements, however many they are."""
    for before in ("", HIDDEN):
        subjects = Concat(Value(f"{before}{objects.model._meta.label_lower}:"), Cast("pk", models.CharField()))
        said = Event.hidden_or_not.filter(subject__in=objects.order_by().values_list(subjects))
        said.update(boundary_id=boundary_id)


def rename_events(about: models.Model, title: str) -> None:
    """The object has another name: the former one, which may have said too much, is read in no list and no digest to come."""
    _said_of(about).exclude(title=title[:255]).update(title=title[:255])


def withdraw_events(about: models.Model) -> None:
    """The object is no longer readable: what was said of it is taken back from every list, and from the mail that has not
    left yet. Whoever has received the news is remembered, in case it comes back."""
    events = _said_of(about)
    recall_notices(Delivery.objects.filter(event__in=events, mail__sent_at=None).values_list("mail_id", flat=True))
    received = Delivery.objects.filter(event__in=events.exclude(news=""), mail__sent_at__isnull=False)
    Told.objects.bulk_create(
        [Told(news=news, user_id=user) for news, user in received.values_list("event__news", "user_id")],
        batch_size=500,
        ignore_conflicts=True,
    )
    events.delete()


@transaction.atomic
def hide_events(about: models.Model) -> None:
    """The object is put aside and may come back (`show_events`): what was said of it is read nowhere meanwhile, and the mail
    that has not left is taken back. Whom it was for will be told then; whom it reached, not again."""
    subject = subject_for(about)
    ids = list(Event.objects.filter(subject=subject).values_list("pk", flat=True))
    deliveries = Delivery.objects.filter(event__in=ids)
    recall_notices(deliveries.filter(mail__sent_at=None).values_list("mail_id", flat=True))
    unsent = deliveries.filter(Q(handled_at=None) | Q(mail__recalled_at__isnull=False, mail__sent_at=None))
    again = set(unsent.values_list("event_id", flat=True))
    unsent.delete()
    Event.objects.filter(pk__in=again).update(told_at=None, told_up_to=0)
    Event.objects.filter(pk__in=ids).update(subject=f"{HIDDEN}{subject}")


@transaction.atomic
def show_events(about: models.Model) -> None:
    """The object is back: what was said of it is read again, and told to those whom it had not reached."""
    from notifications.tasks import tell_soon  # the task calls `tell`

    subject = subject_for(about)
    hidden = Event.hidden_or_not.filter(subject=f"{HIDDEN}{subject}")
    waiting = list(hidden.filter(told_at=None).values_list("pk", flat=True))
    hidden.update(subject=subject)
    for event_id in waiting:
        transaction.on_commit(partial(tell_soon, event_id))


def forget_told(news: str, *, before: datetime, but: Collection[int] = ()) -> None:
    """That news comes back with something new, said since `before`: whoever had received it until then is told again, but those
    whom it does not concern (`but`)."""
    Told.objects.filter(news=news, created_at__lt=before).exclude(user__in=but).delete()


def _said_of(about: models.Model) -> models.QuerySet[Event]:
    """Hidden or not."""
    subject = subject_for(about)
    return Event.hidden_or_not.filter(subject__in=[subject, f"{HIDDEN}{subject}"])


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
