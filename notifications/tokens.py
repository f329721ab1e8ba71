"""The signed address at the foot of each mail: it chooses how one category reaches one person, and does nothing else. It works
without signing in and as long as the person keeps that address; nothing of it is in the database."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core import signing

from notifications.enums import Category

if TYPE_CHECKING:
    from accounts.models import User

_SALT = "notifications.stop"


@dataclass(frozen=True)
class Power:
    """What the bearer of a link may choose. An empty category: the digests, whatever is in them."""

    user: "User"
    category: Category | None
    space_id: int | None


def stop_token(user: "User", category: str, space_id: int | None) -> str:
    return signing.dumps([user.pk, _mark(user.email), category, space_id], salt=_SALT)


def power_of(token: str) -> Power | None:
    """None for a forged link, a closed account, or an address that has changed since."""
    try:
        pk, mark, category, space_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = get_user_model().objects.active().filter(pk=pk).first()
    if user is None or _mark(user.email) != mark:
        return None
    return Power(user, Category(category) if category else None, space_id)


def _mark(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:12]
