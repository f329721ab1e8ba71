"""Observations, and the corrective actions that answer them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from meetings.models import Action, Body
from panels.enums import ObservationState
from panels.models import Observation, ObservationQuerySet

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Filter:
    """What is asked for; an empty field asks nothing."""

    theme: int | None = None
    category: int | None = None
    state: str = ""


def observations(user: "User", body: Body, wanted: Filter | None = None) -> ObservationQuerySet:
    """Latest session first, by theme; each with its theme, its session and those of its actions that `user` may read."""
    wanted = wanted or Filter()
    found = Observation.objects.visible_to(user).filter(meeting__body=body)
    if wanted.theme:
        found = found.filter(theme=wanted.theme)
    if wanted.category:
        found = found.filter(category=wanted.category)
    if wanted.state in ObservationState.values:
        found = found.filter(state=wanted.state)
    actions = Action.objects.visible_to(user).select_related("structure", "person")
    return found.select_related("theme", "category", "meeting").prefetch_related(Prefetch("actions", actions))


def actions_of(user: "User", body: Body, *, shown: int = 50) -> list[Action]:
    """What the panel has led to and is still to be done, the most pressing first. One query."""
    found = Action.objects.visible_to(user).open().filter(meeting__body=body)
    return list(found.select_related("structure", "person", "meeting")[:shown])


def written_by(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: what `user` noted, told while they can read it."""
    noted = Observation.objects.filter(created_by=user).order_by("pk")
    readable = dict(noted.visible_to(user).values_list("pk", "text"))
    rows = noted.values_list("pk", "meeting__space__name", "created_at")
    return [{"espace": space, "notée le": at, "texte": readable.get(pk, "")} for pk, space, at in rows]
