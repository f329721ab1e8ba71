"""What can be asked to be read. The rooms that own announcements and documents register how theirs are found, so that
nothing of the object (title, address, version, who reads it) is copied here, and nothing shows what is no longer readable."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from acknowledgements.models import AcknowledgementRequest

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from accounts.models import User


@dataclass(frozen=True)
class Current:
    """The object as somebody may read it at this moment."""

    title: str
    url: str
    version: str
    """Changes when there is something else to read: acknowledgements count for one version."""
    version_since: datetime
    """Of the text that is read."""
    home_id: int
    """The space it lives in, whose managers may ask for acknowledgements."""
    space_ids: frozenset[int]
    """Every space to whose members it is addressed."""
    corrected_at: datetime | None = None
    """It was merely corrected then: who had read it before need not read it again."""
    boundary_id: int | None = None
    """Inside a circle: only its members, and the managers, are expected to read."""
    places: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    """By space where it is another row (a copy): that row's id and its address there."""
    is_past: bool = False
    """It was read once, and is no more: only the coverage is."""


@dataclass(frozen=True)
class Subject:
    key: str
    """In addresses and rows: « annonce », « document »."""
    find: Callable[["User", "Collection[int] | QuerySet"], dict[int, Current]]
    """Of these ids (or of a query for them), the objects published now that this person may read; one query."""
    model: "type[Model]"
    """Of the rows that the events name."""
    news: str
    """The kind of the event that says that it is to be read."""
    find_past: Callable[["User", "Collection[int] | QuerySet"], dict[int, Current]] | None = None
    """The same with those that were published once, for the coverage of what has expired; None: they are gone for all."""
    sources: Callable[[Collection[int]], Mapping[int, int]] = lambda ids: {pk: pk for pk in ids}
    """By row that an event names, the object that it shows: what a copy follows."""


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Registering it twice changes nothing."""
    _subjects[subject.key] = subject


def of(key: str) -> Subject:
    """Raises `KeyError`."""
    return _subjects[key]


def asked_by(news: str) -> Subject:
    """That of which an event of this kind says that it is to be read."""
    return next(subject for subject in _subjects.values() if subject.news == news)


def for_author(request: AcknowledgementRequest) -> Current | None:
    """The object as whoever asked reads it: nothing is asked in the name of somebody who left the space."""
    if request.asked_by is None:
        return None
    return find(request.asked_by, [request.subject]).get(request.subject)


def find(user: "User", pairs: Collection[tuple[str, int]]) -> dict[tuple[str, int], Current]:
    """What `user` may read among these (key, id); one query for each kind present."""
    found: dict[tuple[str, int], Current] = {}
    for key in {key for key, _ in pairs} & _subjects.keys():
        ids = [pk for other, pk in pairs if other == key]
        found |= {(key, pk): current for pk, current in _subjects[key].find(user, ids).items()}
    return found


def find_asked(
    user: "User", request_id: int, *, with_past: bool = False
) -> tuple[AcknowledgementRequest, Current] | None:
    """The request in progress of that number and what it asks to read, when `user` may read it, or could (`with_past`). The
    objects are looked for first: a request elsewhere takes the same queries as no request at all, and its existence cannot
    be measured."""
    asked = AcknowledgementRequest.objects.filter(pk=request_id, stopped_at=None).order_by()
    for key, subject in _subjects.items():
        find = subject.find_past if with_past and subject.find_past else subject.find
        for current in find(user, asked.filter(kind=key).values("object_id")).values():
            return asked.select_related("asked_by").get(), current
    return None
