"""What somebody holds in a space beside their mandate: actions to carry out, seats, meetings to come. Whoever ends the mandate is told,
and may hand it over to a successor. Each room that gives people something to hold registers its part in its `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from spaces.models import Space


@dataclass(frozen=True)
class Held:
    words: str
    """« 3 actions à mener »: a line of a list."""
    url: str = ""


Teller = Callable[[User, Space], list[Held]]
"""What a person holds in a space. Asks no right: the caller manages the members there."""

Giver = Callable[[User, Space, User, User], None]
"""From a person, in a space, to another who reads it, by somebody: all that the teller says. Raises what the room's own actions raise."""

_parts: dict[str, tuple[Teller, Giver]] = {}


def register(name: str, teller: Teller, giver: Giver) -> None:
    _parts[name] = teller, giver


def held_by(user: User, space: Space) -> list[Held]:
    return [one for teller, _ in _parts.values() for one in teller(user, space)]


def hand_over(*, held_by: User, space: Space, to: User, by: User) -> None:
    for _, giver in _parts.values():
        giver(held_by, space, to, by)
