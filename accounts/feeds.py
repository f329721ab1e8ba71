"""Subscriptions read by a machine without signing in (a calendar application, a feed reader), by a secret address.

Each room that offers one registers it in its `AppConfig.ready`; the person makes and revokes the addresses on one page under
/compte/. Rooms above this one add theirs without accounts knowing them."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User

Address = tuple[str, str]
"""What is behind the address, in words, and its path."""


@dataclass(frozen=True)
class Feed:
    purpose: str
    """Kept on each token: one made for a feed opens no other."""
    name: str
    """« Mon calendrier »."""
    explanation: str
    """One sentence: what the person gets, and in which program."""
    addresses: Callable[[User, str], list[Address]]
    """Every address that a token opens for that person today."""


_feeds: dict[str, Feed] = {}


def register(feed: Feed) -> None:
    """Offer a feed on the page of subscriptions. Registering it twice changes nothing."""
    _feeds[feed.purpose] = feed


def offered() -> list[Feed]:
    return sorted(_feeds.values(), key=lambda feed: feed.name)


def of(purpose: str) -> Feed | None:
    return _feeds.get(purpose)
