"""Which documents are to be looked at again, and who is told: the author of each while they may change it, of all those of a space
whoever manages it. A reader, who can do nothing about it, is told nothing."""

from collections.abc import Callable, Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from documents.models import Document, DocumentQuerySet
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User


def reviewed_by(user: "User", abilities: Collection[Ability]) -> Q | None:
    """Of the documents of a space where `user` has these abilities, those that are theirs to look at again; None for a reader."""
    if Ability.MANAGE_DOCUMENTS in abilities:
        return Q()
    return Q(uploaded_by_user=user.pk) if Ability.ADD_DOCUMENT in abilities else None


Reviewer = Callable[[str, int | None], bool]


def reviewer(user: "User") -> Reviewer:
    """Whether a document, by its space's slug and the id of who deposited it, is for `user` to look at again when its day comes."""
    reader = policy.reader_of(user)
    every, own = (reader.space_ids_with(one) for one in (Ability.MANAGE_DOCUMENTS, Ability.ADD_DOCUMENT))
    ids = {slug: mark.pk for slug, mark in reader.spaces.items()}
    return lambda slug, depositor: ids.get(slug) in (own if depositor == user.pk else every)


def own_reviews(user: "User", today: date) -> "DocumentQuerySet":
    """What `user` deposited and has said that it would be looked at again by then, where they still read it."""
    return Document.objects.within_spaces_of(user).filter(uploaded_by_user=user.pk, review_on__lte=today).order_by()
