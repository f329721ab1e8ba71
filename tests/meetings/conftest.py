"""Whom the tests of meetings speak of: Lille's manager, a member of its space, and its body, the CTT."""

import pytest

from meetings import actions
from meetings.enums import BodyKind
from meetings.models import Body
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.polls import ADA, BOB, draft, propose


@pytest.fixture
def manager(lille):
    return make_member(lille, Role.MANAGER)


@pytest.fixture
def member(lille):
    return make_member(lille)


@pytest.fixture
def body(lille) -> Body:
    return actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)


@pytest.fixture
def poll(lille, manager, member, django_capture_on_commit_callbacks):
    """Three dates, asked of a member and of two people without an account."""
    meeting = draft(lille, manager)
    actions.add_invitees(meeting=meeting, people=[ADA, BOB, actions.Person(member.email)], by=manager)
    with django_capture_on_commit_callbacks(execute=True):
        return propose(meeting, manager)
