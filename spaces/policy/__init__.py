"""Who may. The one place that decides; every screen, list, search, feed and mail asks here, and so does Wagtail's admin
through the groups projected from it.

A right comes from a mandate in force today (`Membership`, `AnimationMandate`) or from a space being open to everybody
registered. `reader_of` reads both in one query; everything else is a table look-up. An ability absent from the table is
denied; a word that is not an ability raises `ValueError`. Outside one's spaces nothing exists (`Http404`); inside,
what one may not do is refused (`PermissionDenied`).
"""

from spaces.policy.projection import (
    ANIMATION_GROUP,
    PROJECTED_GROUPS,
    REGISTERED_GROUP,
    SPACE_GROUP_PREFIX,
    SpacePermissionBackend,
    group_name,
    project,
    project_groups,
    project_if_stale,
    projected_groups,
    projected_rows,
)
from spaces.policy.readers import Access, inside, who_can_see
from spaces.policy.rights import (
    ABILITIES,
    BY_MANDATE_ALONE,
    NOBODY,
    NOTHING,
    REGION_ABILITIES,
    Reader,
    abilities,
    can,
    forget,
    readable,
    reader_of,
    require,
)

__all__ = [
    "ABILITIES",
    "ANIMATION_GROUP",
    "BY_MANDATE_ALONE",
    "NOBODY",
    "NOTHING",
    "PROJECTED_GROUPS",
    "REGION_ABILITIES",
    "REGISTERED_GROUP",
    "SPACE_GROUP_PREFIX",
    "Access",
    "Reader",
    "SpacePermissionBackend",
    "abilities",
    "can",
    "forget",
    "group_name",
    "inside",
    "project",
    "project_groups",
    "project_if_stale",
    "projected_groups",
    "projected_rows",
    "readable",
    "reader_of",
    "require",
    "who_can_see",
]
