"""Keeping the index. Called by the other rooms' actions, inside their transaction."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from search.models import Entry, Kind
from search.registry import indexers
from spaces.models import Space

MAX_BODY = 310_000
"""Characters of text kept for search, per object: a longer text is found by its beginning."""
SURE_BODY = 100_000
"""Characters that PostgreSQL indexes whatever they are: one row of its index holds 1 MB."""

_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _clean(text: str) -> str:
    """What PostgreSQL refuses (NUL, lone surrogates) and what would pass for our highlighting marks is dropped; accents
    are composed, so that a Mac's « e + ´ » and everybody's « é » are one letter to both engines."""
    return unicodedata.normalize("NFC", _UNWANTED.sub(" ", text))


def index(
    *,
    kind: Kind,
    object_id: object,
    space: Space,
    title: str,
    body: str,
    url: str,
    happened_at: datetime,
    extension: str = "",
    nature: str = "",
    labels: str = "",
    copied_in: object = "",
    valid_until: date | None = None,
    review_on: date | None = None,
    boundary_id: int | None = None,
) -> None:
    """Make the object findable by whoever reads the space, inside the boundary where there is one; or bring its row up to
    date. `extension`, where it is a file, and `nature` (a value of `registry.natures`) are filters, and so are `valid_until` (its last
    day) and `review_on`. `labels` names its nature,
    then on another line its folder. `copied_in` is the `object_id` of a document that says the same: whoever finds both is
    shown this object alone."""
    text = _clean(body[:MAX_BODY])[:MAX_BODY]
    values: dict[str, Any] = {
        "space": space,
        "boundary_id": boundary_id,
        "title": _clean(title)[:255],
        "body": text,
        "url": url,
        "extension": extension,
        "nature": nature,
        "labels": _clean(labels)[:200],
        "copied_in": str(copied_in),
        "happened_at": happened_at,
        "valid_until": valid_until,
        "review_on": review_on,
    }
    try:
        Entry.objects.update_or_create(kind=kind, object_id=str(object_id), defaults=values)
    except OperationalError as error:  # PostgreSQL's; so many different words are a list of keys rather than a text
        if "too long for tsvector" not in str(error):
            raise
        values["body"] = text[:SURE_BODY]
        Entry.objects.update_or_create(kind=kind, object_id=str(object_id), defaults=values)


def stand_for(*, kind: Kind, object_id: object, document_id: object) -> None:
    """From now the object stands for that document too: whoever finds both is shown one."""
    Entry.objects.filter(kind=kind, object_id=str(object_id)).update(copied_in=str(document_id))


def bound(*, kind: Kind, object_ids: QuerySet[Any, Any], boundary_id: int | None) -> None:
    """The objects have been put inside the boundary, or out of any. One statement, however many they are."""
    Entry.objects.filter(kind=kind, object_id__in=object_ids).update(boundary_id=boundary_id)


def label(*, kind: Kind, object_ids: Iterable[object], labels: str) -> int:
    """The objects' folder has another name. Those that have it already are left alone: each row written is indexed anew.
    Returns how many were not."""
    labels = _clean(labels)[:200]
    found = Entry.objects.filter(kind=kind, object_id__in=[str(pk) for pk in object_ids])
    return found.exclude(labels=labels).update(labels=labels)


def remove(*, kind: Kind, object_id: object) -> None:
    """The object can no longer be found."""
    Entry.objects.filter(kind=kind, object_id=str(object_id)).delete()


@transaction.atomic
def rebuild() -> dict[str, int]:
    """Empty the index and have every room fill it again; returns how many objects, by room. Asks no right: a command."""
    Entry.objects.all().delete()
    counts: dict[str, int] = {}
    for indexer in indexers():
        room = indexer.__module__.partition(".")[0]
        counts[room] = counts.get(room, 0) + indexer()
    return counts
