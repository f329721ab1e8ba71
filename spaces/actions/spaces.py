"""Opening a space."""

from django.db import transaction
from wagtail.models import Collection

from directory.models import Territory
from spaces import policy
from spaces.enums import SpaceKind, Visibility
from spaces.models import Space


@transaction.atomic
def open_space(
    *,
    slug: str,
    name: str,
    kind: SpaceKind,
    visibility: Visibility = Visibility.MEMBERS,
    description: str = "",
    territory: Territory | None = None,
    position: int = 0,
) -> Space:
    """Make a space with its collection and its groups, or bring the existing one of that slug up to date.

    Asks no right: called by the region's set-up, which does (`region.actions`)."""
    space = Space.objects.filter(slug=slug).select_related("collection").first()
    fields = {
        "name": name,
        "kind": kind,
        "visibility": visibility,
        "description": description,
        "territory": territory,
        "position": position,
    }
    if space is None:
        collection = Collection.get_first_root_node().add_child(name=name)
        space = Space.objects.create(slug=slug, collection=collection, **fields)
    else:
        Space.objects.filter(pk=space.pk).update(**fields)
        Collection.objects.filter(pk=space.collection_id).update(name=name)
        space.refresh_from_db()
    policy.project_groups(space)
    return space
