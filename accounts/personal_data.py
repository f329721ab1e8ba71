"""« Mes données personnelles »: each room that holds something about people registers, in its `AppConfig.ready`, the function
that tells it. Rooms above this one add their part without accounts knowing them."""

from collections.abc import Callable

from accounts.models import User

Teller = Callable[[User], object]
"""All that a room holds about one person, as what JSON can say (dates are allowed)."""

_tellers: dict[str, Teller] = {}


def register(name: str, teller: Teller) -> None:
    """Add a part, under a French name read by the person (« Espaces et mandats »). Registering it twice changes nothing."""
    _tellers[name] = teller


def export(user: User) -> dict[str, object]:
    """Everything the site holds about `user`, part by part."""
    return {name: teller(user) for name, teller in _tellers.items()}
