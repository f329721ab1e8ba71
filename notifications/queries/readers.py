"""Whom an event concerns, and how each of them wants to be told: set queries, however many they are."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import HAS_JOINED
from mail.queries import paused_among
from notifications import registry
from notifications.enums import DEFAULTS, Category, Timing
from notifications.models import Delivery, Event, EventQuerySet, Follow, Preference, Rhythm, Told
from notifications.registry import Notification
from spaces.audience import who_may
from spaces.enums import Ability
from spaces.policy import reader_of

if TYPE_CHECKING:
    from accounts.models import User

_PROMPTEST = {timing: rank for rank, timing in enumerate(Timing)}


def readers_of(event: Event, *, since_then: bool = False) -> "QuerySet[User]":
    """Those who may read `event` today (and could when it happened, with `since_then`)."""
    notification = registry.of(event.kind)
    ability = notification.ability if notification else Ability.VIEW_SPACE
    return who_may(event.space, ability, boundary_id=event.boundary_id, since=event.created_at if since_then else None)


def may_be_told(user: "User", events: EventQuerySet) -> list[Event]:
    """Those that `user` may read today and be told of, in their order: what `readers_of` says, for one person. Slim rows."""
    rights = reader_of(user)
    return [
        event
        for event in events.visible_to(user).only("pk", "kind", "subject", "space_id")
        if (notification := registry.of(event.kind)) is None
        or notification.ability == Ability.VIEW_SPACE
        or event.space_id in rights.space_ids_with(notification.ability)
    ]


def people_to_tell(event: Event, notification: type[Notification]) -> "QuerySet[User]":
    """Those whom `event` concerns and who have not been told: its author left out, those who arrived since or have never
    come in, and those who got the same news from another space, or before it was withdrawn."""
    people = readers_of(event, since_then=True).exclude(pk__in=[event.actor_id] if event.actor_id else [])
    people = people.filter(HAS_JOINED)
    people = people.exclude(pk__in=Delivery.objects.filter(event=event).values("user"))
    if event.news:
        people = people.exclude(pk__in=Delivery.objects.filter(event__news=event.news).values("user"))
        people = people.exclude(pk__in=Told.objects.filter(news=event.news).values("user"))
    audience = notification.audience(event)
    if audience is not None:
        people = people.filter(pk__in=audience)  # type: ignore[misc]
    return people.order_by("pk")


@dataclass(frozen=True)
class Choices:
    """What these people have chosen about one event; five queries, however many they are."""

    notification: type[Notification]
    preferences: dict[tuple[int, int | None, str], Timing]
    space_id: int
    followers: frozenset[int]
    concerned: frozenset[int] = frozenset()
    """Told as if they followed it, unless they have chosen to be told nothing of that kind."""
    delayed: frozenset[int] = field(default_factory=frozenset)
    """Away, or with an address that refuses: a digest will tell them, when it can."""

    def timing(self, user_id: int) -> Timing:
        timing = self.notification.timing(self._chosen(user_id, self.notification.category))
        if user_id in self.followers or (user_id in self.concerned and timing != Timing.NOTHING):
            followed = self._chosen(user_id, Category.FOLLOWED) or DEFAULTS[Category.FOLLOWED]
            timing = min(timing, followed, key=_PROMPTEST.__getitem__)
        return Timing.DAILY if timing == Timing.AT_ONCE and user_id in self.delayed else timing

    def _chosen(self, user_id: int, category: Category) -> Timing | None:
        here = self.preferences.get((user_id, self.space_id, category))
        return here or self.preferences.get((user_id, None, category))


def preferences_of(user_ids: Collection[int], *only: Q) -> dict[tuple[int, int | None, str], Timing]:
    """By person, space (None: everywhere) and category. One query."""
    rows = Preference.objects.filter(*only, user__in=user_ids).order_by()
    return {
        (user, space, category): Timing(timing)
        for user, space, category, timing in rows.values_list("user_id", "space_id", "category", "timing")
    }


def choices_about(
    event: Event, notification: type[Notification], people: Collection["User"], *, today: date
) -> Choices:
    ids = [person.pk for person in people]
    followers = Follow.objects.filter(user__in=ids, subject__in=notification.followed(event))
    away = Rhythm.objects.filter(user__in=ids, away_until__gte=today).values_list("user_id", flat=True)
    paused = paused_among(person.email for person in people)
    return Choices(
        notification=notification,
        preferences=preferences_of(
            ids,
            Q(space=None) | Q(space=event.space_id),
            Q(category__in=[notification.category, Category.FOLLOWED]),
        ),
        space_id=event.space_id,
        followers=frozenset(followers.values_list("user_id", flat=True)),
        concerned=frozenset(notification.concerned(event)),
        delayed=frozenset(away) | {person.pk for person in people if person.email.lower() in paused},
    )
