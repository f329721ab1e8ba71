"""Bodies: what the region's file describes, and what the animators of a space change afterwards."""

from datetime import time
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from directory.models import Structure
from meetings.enums import Approval, BodyKind
from meetings.models import Body, BodyMember
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


def add_body(
    *,
    space: Space,
    slug: str,
    name: str,
    kind: BodyKind,
    rrule: str = "",
    default_start: time | None = None,
    duration: int = 120,
    place: str = "",
    link: str = "",
    agenda_template: str = "",
    quorum: int | None = None,
    approval: Approval = Approval.EXPRESS,
    amendment_days: int = 15,
    minutes_due_days: int = 15,
) -> Body:
    """The body of that slug, made when the space lacks it; an existing one is left as its animators have made it.
    `duration` is in minutes. Asks no right: the region's set-up calls it."""
    existing = Body.objects.filter(space=space, slug=slug).first()
    if existing is not None:
        return existing
    body = Body(
        space=space,
        slug=slug,
        name=name,
        kind=kind,
        rrule=rrule,
        default_start=default_start,
        duration=duration,
        place=place,
        link=link,
        agenda_template=agenda_template,
        quorum=quorum,
        approval=approval,
        amendment_days=amendment_days,
        minutes_due_days=minutes_due_days,
    )
    body.full_clean()
    body.save()
    return body


@transaction.atomic
def add_body_member(*, body: Body, user: "User", by: "User | None", structure: Structure | None = None) -> BodyMember:
    """Seat somebody, for a structure and its network. Once only: somebody already seated stays as they are. `by` is None
    for the demo and the set-up. Raises `PermissionDenied`/`Http404` when `by` may not convene in the body's space."""
    if by is not None:
        policy.require(by, Ability.CONVENE_MEETING, body.space)
    member, is_new = BodyMember.objects.get_or_create(
        body=body,
        user=user,
        left_at=None,
        defaults={"structure": structure, "network": structure.network if structure else None},
    )
    if is_new:
        log(body, "meetings.body.member_added", user=by, data={"member": user.pk})
    return member
