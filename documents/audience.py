"""Whom a new version concerns."""

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Max

from acknowledgements.models import Acknowledgement
from documents.models import Document
from documents.readings import KIND
from notifications.enums import Category, Timing
from notifications.models import Preference
from spaces.audience import who_may
from spaces.enums import Ability
from spaces.models import Share

if TYPE_CHECKING:
    from accounts.models import User


def superseded_audience(document: Document) -> "list[User]":
    """Who downloaded, or said to have read, a version older than the current one, has done neither with the current one, and
    may still read the document: asked in the background. Five queries for those who read its space; those who read it by a
    share alone, two or three each, by the same predicate that decides."""
    in_space, others = _behind(document)
    return sorted([*in_space, *_readers_among(others, document)], key=lambda user: user.pk)


def guests_behind(document: Document) -> "list[User]":
    """Those of `superseded_audience` who read the document by a share alone, and have not chosen to be told nothing of
    documents. One query when it is shared with nobody."""
    if not Share.objects.open().filter(object_id=document.uuid).exists():
        return []
    silenced = Preference.objects.filter(space=None, category=Category.DOCUMENTS, timing=Timing.NOTHING)
    deaf = set(silenced.values_list("user", flat=True))
    return [user for user in _readers_among(_behind(document)[1], document) if user.pk not in deaf]


def _behind(document: Document) -> "tuple[list[User], list[User]]":
    """Those who hold an older version: who reads the document in its space, and the others."""
    late = [user for user, number in _latest_held(document).items() if number < document.current_number]
    if document.withdrawn_at is not None or not late:
        return [], []
    here = who_may(document.space, Ability.VIEW_SPACE, boundary_id=document.boundary_id).filter(pk__in=late)
    in_space = set(here.values_list("pk", flat=True))
    people = list(get_user_model().objects.filter(pk__in=late, is_active=True).order_by("pk"))
    return [one for one in people if one.pk in in_space], [one for one in people if one.pk not in in_space]


def _readers_among(people: "list[User]", document: Document) -> "list[User]":
    return [one for one in people if Document.objects.visible_to(one).filter(pk=document.pk).exists()]


def _latest_held(document: Document) -> dict[int, int]:
    """By person's id, the number of the latest version that they downloaded or said to have read."""
    downloads = document.downloads.exclude(user=None).order_by().values_list("user")
    held = dict(downloads.annotate(last=Max("version_number")))
    numbers = dict(document.versions.order_by("number").values_list("sha256", "number"))
    read = Acknowledgement.objects.filter(request__kind=KIND, request__object_id=document.pk).order_by()
    for user, fingerprint in read.values_list("user", "version"):
        held[user] = max(held.get(user, 0), numbers.get(fingerprint, 0))
    return held
