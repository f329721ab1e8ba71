"""« documents.document:42 »: how events and follows name what they are about."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from notifications.models import Event


def subject_for(thing: models.Model) -> str:
    return f"{thing._meta.label_lower}:{thing.pk}"


def ids_of(events: "Iterable[Event]") -> dict[int, list[int]]:
    """Ids of the events about it, by id of the object that they name."""
    ids: dict[int, list[int]] = {}
    for event in events:
        ids.setdefault(int(event.subject.rpartition(":")[2]), []).append(event.pk)
    return ids
