"""From an event to those whom it concerns. Each batch of people is one transaction: their rows, their mails and how far we
are come together or not at all, so that a worker killed at any point is taken over where it stopped, and nobody is told twice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from mail.actions import Letter, Words, queue_letters, render
from notifications import registry
from notifications.actions.leaving import GATE
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event
from notifications.queries.readers import choices_about, people_to_tell
from notifications.registry import NO_DETAILS, Notification
from notifications.tokens import stop_token

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 500
_STOP_URL = "https://stop.invalid/"
"""Stands for each person's own address in words that are otherwise the same for all, rendered once."""


def tell(event_id: int) -> int:
    """Tell everybody whom the event concerns and who has not been told; returns how many people were looked at."""
    total = 0
    while (number := _tell_some(event_id)) is not None:
        total += number
    return total


@transaction.atomic
def _tell_some(event_id: int) -> int | None:
    """The next `BATCH` people; None when nobody is left. Two workers at once: the second waits, then goes on from there."""
    # The same news may be told in several spaces: by one worker at a time, so that each sees whom the others have told.
    news = Event.objects.filter(pk=event_id).exclude(news="").values("news")
    same = Event.objects.filter(Q(pk=event_id) | Q(news__in=news)).select_for_update(of=("self",)).order_by("pk")
    held = {event.pk: event for event in same.select_related("space", "actor")}
    event = held.get(event_id)
    if event is None or event.told_at is not None:
        return None
    people: list[User] = []
    if notification := registry.of(event.kind):
        following = people_to_tell(event, notification).filter(pk__gt=event.told_up_to)
        people = list(following.only("pk", "email")[:BATCH])
        _write(event, notification, people)
    if len(people) < BATCH:
        event.told_at = timezone.now()
    else:
        event.told_up_to = people[len(people) - 1].pk
    event.save(update_fields=["told_up_to", "told_at"])
    return len(people)


def _write(event: Event, notification: type[Notification], people: Sequence["User"]) -> None:
    now = timezone.now()
    choices = choices_about(event, notification, people, today=timezone.localdate(now))
    timings = {person: timing for person in people if (timing := choices.timing(person.pk)).is_mail}
    at_once = [person for person, timing in timings.items() if timing == Timing.AT_ONCE]
    letters = _letters(event, notification, at_once, choices.followers | choices.concerned)
    mails = dict(zip(at_once, queue_letters(letters) if letters else [], strict=True))
    Delivery.objects.bulk_create(
        [
            Delivery(
                event=event,
                user=person,
                timing=timing,
                is_followed=person.pk in choices.followers,
                created_at=now,
                handled_at=now if person in mails else None,
                mail=mails.get(person),
            )
            for person, timing in timings.items()
        ],
        batch_size=200,
    )


def _letters(
    event: Event, notification: type[Notification], people: Sequence["User"], followers: frozenset[int]
) -> list[Letter]:
    """One message each: the words are rendered once for those who follow the thing, once for the others."""
    details = notification.details([event]).get(event.pk, NO_DETAILS) if people else NO_DETAILS
    rendered: dict[bool, Words] = {}
    letters = []
    for person in people:
        follows = person.pk in followers
        if follows not in rendered:
            rendered[follows] = _words(event, notification, details, follows)
        category = Category.FOLLOWED if follows else notification.category
        url = stop_url(person, category, None if follows else event.space_id)
        letters.append(
            Letter(
                to=person.email,
                words=_personal(rendered[follows], url),
                reply_to=event.actor.email if event.actor and event.actor.is_active else "",
                holds_secret=True,
                unsubscribe_url=url,
                gate=GATE,
            )
        )
    return letters


def _words(event: Event, notification: type[Notification], details: registry.Details, follows: bool) -> Words:
    if notification.reason:
        reason = notification.reason
    elif follows:
        reason = "vous suivez ce sujet sur l’extranet, ou travaillez sur une version qu’il remplace"
    else:
        reason = (
            f"vous lisez l’espace «\u00a0{event.space.name}\u00a0» et que sa rubrique "
            f"«\u00a0{notification.category.label}\u00a0» vous est envoyée tout de suite"
        )
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    context = {
        "event": event,
        "notification": notification,
        "details": details,
        "url": site + event.url,
        "why": f"Vous recevez ce courriel parce que {reason}.",
        "manage_url": manage_url(),
        "stop_url": _STOP_URL,
    }
    return render(notification.template, context)


def _personal(words: Words, url: str) -> Words:
    return Words(words.subject, words.text.replace(_STOP_URL, url), words.html.replace(_STOP_URL, escape(url)))


def manage_url() -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("notifications:preferences")


def stop_url(person: "User", category: str, space_id: int | None) -> str:
    """The address of the mail that changes what this person receives of that category, in that space, and nothing else."""
    token = stop_token(person, category, space_id)
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("notifications:unsubscribe", args=[token])
