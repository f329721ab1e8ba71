"""What these tests share: somebody publishes, and whoever must be told is."""

from collections.abc import Callable

import pytest
from django.core import mail as outbox

from accounts.models import User
from notifications import actions
from notifications.models import Event
from spaces.models import Space


@pytest.fixture
def announce() -> Callable[..., Event]:
    """An event in a space, told to nobody yet."""

    def record(
        space: Space,
        title: str = "Forum",
        *,
        kind: str = "announcement.published",
        actor: User | None = None,
        **fields: object,
    ) -> Event:
        return actions.record_event(
            space=space, kind=kind, about=space, title=title, url="/espaces/x/", actor=actor, **fields
        )

    return record


@pytest.fixture
def sent_to() -> Callable[[], list[str]]:
    """Who has received something, in the order of the alphabet, one line a message."""
    return lambda: sorted(address for message in outbox.outbox for address in message.to)
