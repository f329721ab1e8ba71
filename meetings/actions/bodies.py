"""Bodies: what the region's file describes, and what the animators of a space change afterwards."""

from collections.abc import Iterable
from datetime import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.journal import log
from directory.models import Structure
from meetings.enums import Approval, BodyKind
from meetings.models import Body, BodyMember
from meetings.protected import refuse_names
from meetings.queries.bodies import may_sit, no_longer_sitting, sitting
from spaces import policy
from spaces.enums import Ability
from spaces.models import Membership, Space

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


CHANGED = (
    "name", "rrule", "default_start", "duration", "place", "link", "agenda_template", "quorum", "approval", "amendment_days",
    "minutes_due_days",
)  # fmt: skip
"""What its animators change of a body: neither its space, its nature, nor its address."""


@transaction.atomic
def change_body(*, body: Body, by: "User", **wanted: Any) -> Body:
    """« Régler l’instance »: the habits of its coming meetings; those already prepared stay as they are. `wanted` holds some of
    `CHANGED`. Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` when a field is wrong."""
    policy.require(by, Ability.CONVENE_MEETING, body.space)
    body = Body.objects.select_for_update(of=("self",)).select_related("space").get(pk=body.pk)
    changed = [name for name in CHANGED if name in wanted and wanted[name] != getattr(body, name)]
    for name in changed:
        setattr(body, name, wanted[name])
    if changed:
        body.full_clean(exclude=["space", "slug", "kind"])
        body.save(update_fields=changed)
        log(body, "meetings.body.changed", user=by, data={"fields": changed})
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


@transaction.atomic
def seat_mandates(*, body: Body, mandates: Iterable[Membership], by: "User") -> list[BodyMember]:
    """Seat several people at once, each for the structure of their mandate; what is not a mandate to choose from is left aside.
    Raises as `add_body_member`."""
    policy.require(by, Ability.CONVENE_MEETING, body.space)
    chosen = {one.user_id: one for one in may_sit(body).filter(pk__in=[one.pk for one in mandates])}
    return [add_body_member(body=body, user=one.user, structure=one.structure, by=by) for one in chosen.values()]


@transaction.atomic
def add_body_guest(*, body: Body, by: "User", name: str, email: str, structure: Structure | None = None) -> BodyMember:
    """Seat somebody who has no mandate in the space, with an account or without. Whoever reads the space sits as the others do.
    Raises as `add_body_member`; `ValidationError` when a field is wrong, or that address sits already."""
    policy.require(by, Ability.CONVENE_MEETING, body.space)
    address = email.strip().lower()
    refuse_names(body, by, f"{name} {address}")
    if any(one.address == address for one in sitting(body).select_related("user")):
        raise ValidationError({"email": "Cette personne siège déjà."})
    former = no_longer_sitting(body).filter(Q(email__iexact=address) | Q(user__email=address))
    BodyMember.objects.filter(pk__in=list(former.values_list("pk", flat=True))).update(left_at=timezone.now())
    member = BodyMember(
        body=body,
        user=get_user_model().objects.active().filter(email=address).first(),
        is_guest=True,
        name=" ".join(name.split()),
        email=address,
        structure=structure,
        network=structure.network if structure else None,
    )
    member.full_clean(exclude=["body", "user", "structure", "network"], validate_unique=False)
    member.save()
    log(body, "meetings.body.member_added", user=by, data={"member": member.user_id, "seat": member.pk})
    return member


@transaction.atomic
def remove_body_member(*, member: BodyMember, by: "User") -> None:
    """The body's coming meetings do not call them any more; those to which they are invited already still do. Raises as
    `add_body_member`."""
    policy.require(by, Ability.CONVENE_MEETING, member.body.space)
    if BodyMember.objects.filter(pk=member.pk, left_at=None).update(left_at=timezone.now()):
        log(member.body, "meetings.body.member_removed", user=by, data={"member": member.user_id, "seat": member.pk})
