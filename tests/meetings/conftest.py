"""Whom the tests of meetings speak of: Lille's manager, a member of its space, and its body, the CTT; the COTEC above it."""

import pytest

from meetings import actions
from meetings.actions.escalations import escalate
from meetings.enums import BodyKind
from meetings.models import Body, Escalation, Meeting
from spaces.enums import Role, SpaceKind
from spaces.models import Space
from tests.factories import make_member, make_space
from tests.meetings.polls import ADA, BOB, draft, propose
from tests.meetings.test_minutes import make_held, write


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


# What Lille's CTT puts up to the COTEC.


@pytest.fixture
def cotec(db) -> Space:
    return make_space("cotec", kind=SpaceKind.COTEC)


@pytest.fixture
def upper(cotec) -> Body:
    return actions.add_body(space=cotec, slug="cotec", name="COTEC régional", kind=BodyKind.COTEC)


@pytest.fixture
def ctt(lille) -> Body:
    return actions.add_body(space=lille, slug="ctt", name="Comité technique", kind=BodyKind.CTT)


@pytest.fixture
def facilitator(cotec):
    return make_member(cotec, Role.MANAGER)


@pytest.fixture
def held(lille, manager, ctt) -> Meeting:
    meeting = make_held(lille, manager, body=ctt, title="Séance d’origine")
    write(meeting, manager, "<p>Propos sybarite tenu en séance.</p>")
    return meeting


@pytest.fixture
def sent(lille, ctt, upper, held, manager) -> Escalation:
    return escalate(
        space=lille, body=ctt, meeting=held, to_body=upper, by=manager, title="Horaires d’été", text="Qui les fixe ?"
    )
