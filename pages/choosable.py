"""Which documents and images an editor may put into a page: those of the spaces that they manage. Wagtail's choosers, and
every identifier that a form sends, are held against these lists."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from wagtail.images import get_image_model
from wagtail.log_actions import get_active_log_context
from wagtail.models import Collection

from documents.models import Document, DocumentQuerySet
from spaces import policy
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


def current_editor() -> "User | None":
    """Whoever is at work in Wagtail's admin now. None anywhere else, where nothing may be chosen."""
    return get_active_log_context().user


def choosable_documents(user: "User | Any") -> DocumentQuerySet:
    return Document.objects.visible_to(user).filter(space_id__in=policy.reader_of(user).managed_ids)


def choosable_collections(user: "User | Any") -> QuerySet[Collection]:
    """Where an editor's images are kept: the root collection of each space managed. Never a folder of documents."""
    return Collection.objects.filter(space__in=policy.reader_of(user).managed_ids)


def choosable_images(user: "User | Any") -> QuerySet[Any]:
    roots = Space.objects.filter(pk__in=policy.reader_of(user).managed_ids)
    paths = roots.order_by().values_list("collection__path", flat=True)
    inside = reduce(or_, (Q(collection__path__startswith=path) for path in paths), Q(pk__in=[]))
    return get_image_model().objects.filter(inside)
