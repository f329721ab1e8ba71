"""What the regional animation does to accounts as a whole."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.journal import log
from spaces import policy
from spaces.actions.mandates import keeping_a_manager, keeping_the_animation
from spaces.enums import Ability, Role
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def deactivate_account(*, user: "User", by: "User") -> None:
    """Close every door to `user`, open sessions included. The mandates stay, without effect, until reactivation.

    Raises `PermissionDenied` unless `by` may manage accounts, `ValidationError` for oneself, for the last of the regional
    animation and for the last manager of a space."""
    policy.require(by, Ability.MANAGE_ACCOUNTS)
    if user.is_superuser:
        raise PermissionDenied  # a technical account is the operator's business
    if user.pk == by.pk:
        raise ValidationError("On ne désactive pas son propre compte : demandez-le à un autre membre de l’animation.")
    managed = Space.objects.filter(memberships__user=user, memberships__role=Role.MANAGER, memberships__ended_at=None)
    with keeping_a_manager(*managed), keeping_the_animation():
        user.is_active = False
        user.save(update_fields=["is_active"])
    policy.project(user)
    log(user, "spaces.account.deactivate", user=by)


@transaction.atomic
def reactivate_account(*, user: "User", by: "User") -> None:
    """Open the account again, with the mandates that are still in force. Raises `PermissionDenied`."""
    policy.require(by, Ability.MANAGE_ACCOUNTS)
    user.is_active = True
    user.save(update_fields=["is_active"])
    policy.project(user)
    log(user, "spaces.account.reactivate", user=by)
