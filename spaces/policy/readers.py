"""Who can see this, and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q

from accounts.alphabet import alphabetical
from spaces.enums import Role
from spaces.models import AnimationMandate, Boundary, Membership, Share, Space, french_date

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Access:
    """One line of « Qui peut voir ceci ? »."""

    user: "User"
    role: Role
    reason: str
    is_waiting: bool = False
    """Invited, and never came in: has the right, and has not used it yet."""


def who_can_see(space: Space, *, boundary_id: int | None = None, object_id: UUID | None = None) -> list[Access]:
    """Everybody who reads `space` today, with the reason in plain words: members, technical accounts, the regional animation.
    Inside a boundary: its circle, and those who manage the space. `object_id` adds who reads that object by a share. A space
    open to all registered is read by every other account too, and so is what is shared with it: that is a sentence on the
    screen, not a list."""
    members = Membership.objects.in_force().filter(space=space, user__is_active=True)
    why = "Membre de l’espace"
    if boundary_id is not None:
        members = members.filter(inside(boundary_id))
        why = "Dans le cercle restreint, ou animateur de l’espace"
    animation = AnimationMandate.objects.in_force().filter(user__is_active=True)
    lines = {
        mandate.user_id: _access(mandate, Role(mandate.role), why)
        for mandate in members.select_related("user__invitation", "structure")
    }
    for user in get_user_model().objects.active().filter(is_superuser=True):
        lines[user.pk] = Access(user, Role.MANAGER, "Compte technique")
    for mandate in animation.select_related("user__invitation", "structure"):
        lines[mandate.user_id] = _access(mandate, Role.MANAGER, "Animation régionale")
    for line in _by_share(object_id) if object_id else ():
        lines.setdefault(line.user.pk, line)
    return sorted(lines.values(), key=_by_role_then_name)


def _by_role_then_name(line: Access) -> tuple[Any, ...]:
    return -line.role, alphabetical(line.user.last_name), alphabetical(line.user.first_name), line.user.pk


def inside(boundary_id: int) -> Q:
    """Of a space's mandates, those that read inside that boundary of it."""
    circle = Boundary.members.through.objects.filter(boundary=boundary_id).values("user")
    return Q(user__in=circle) | Q(role=Role.MANAGER)


def _by_share(object_id: UUID) -> list[Access]:
    shares = list(Share.objects.open().filter(object_id=object_id).select_related("to_space", "to_user"))
    lines = [_share_access(share, share.to_user) for share in shares if share.to_user and share.to_user.is_active]
    by_space = {share.to_space_id: share for share in shares if share.to_space_id and not share.is_for_everybody}
    mandates = Membership.objects.in_force().filter(space__in=by_space, user__is_active=True).select_related("user")
    return lines + [_share_access(by_space[mandate.space_id], mandate.user) for mandate in mandates]


def _share_access(share: Share, user: "User") -> Access:
    whom = share.with_space or "cette personne"
    return Access(user, Role.READER, f"Partagé avec {whom} jusqu’au {french_date(share.ends_on)}\u00a0: {share.reason}")


def _access(mandate: Membership | AnimationMandate, role: Role, why: str) -> Access:
    invitation = getattr(mandate.user, "invitation", None)
    is_waiting = invitation is not None and invitation.is_pending and not mandate.user.has_joined
    return Access(mandate.user, role, _reason(why, mandate), is_waiting)


def _reason(why: str, mandate: Membership | AnimationMandate) -> str:
    function = "" if mandate.function.casefold() == why.casefold() else mandate.function
    parts = [why, function, mandate.structure.name if mandate.structure else ""]
    if mandate.ends_on:
        parts.append(f"jusqu’au {french_date(mandate.ends_on)}")
    return ", ".join(part for part in parts if part)
