"""What the screens and the saves of meetings ask of the database: so much at most, and as much with ten times as many lines."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import actions
from meetings.actions import register
from meetings.models import Invitee
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_meeting, make_member
from tests.meetings.test_minutes import make_held, write

FETCH = {"headers": {"X-Requested-With": "fetch"}}
FEW, MANY = 2, 18


def asked(ask: Callable[[], object]) -> int:
    """How many queries, but for the savepoints, which are the test's own."""
    with CaptureQueriesContext(connection) as found:
        ask()
    return sum("SAVEPOINT" not in one["sql"] for one in found.captured_queries)


SAVES = {
    "notes": {"do": "notes", "item": True, "revision": "1", "html": "<p>Plus long qu’avant.</p>"},
    "attendance": {"do": "attendance", "invitee": True, "attendance": "present"},
    "item": {"do": "item", "title": "Divers", "uuid": True},
    "move": {"change": "move:up", "item": True},
    "state": {"change": "state:treated", "item": True},
    # Whose: a member or a structure of the space, looked for by name.
    "action": {"do": "action", "item": True, "uuid": True, "text": "Rappeler", "who": "Jean"},
    # Numbered in its body's series, and logged.
    "decision": {"do": "decision", "item": True, "uuid": True, "decision": "On ouvre le samedi."},
    # The next agenda takes it after the answer, in the background.
    "postponed": {"change": "state:postponed", "item": True},
}


@pytest.mark.parametrize("what", SAVES)
def test_a_save_at_the_desk(what, client, lille, manager, body) -> None:
    held = make_held(lille, manager, body=body)
    make_meeting(lille, by=manager, body=body, in_days=30)
    client.force_login(manager)
    address, costs = reverse("meetings:desk", args=[held.uuid]), []
    for many in (FEW, MANY):
        for n in range(many):
            item = write(held, manager, f"<p>{many} {n}</p>")
            guest = Invitee.objects.create(meeting=held, name=f"P{n}", email=f"p{many}-{n}@dehors.example")
            make_member(lille)
        named = {"item": str(item.uuid), "invitee": str(guest.uuid), "uuid": f"7d0b4e0e-5f0e-4b39-9a37-{many:012}"}
        sent = {name: named[name] if value is True else value for name, value in SAVES[what].items()}
        kept(client.post(address, {"do": "open"}, **FETCH))  # the rights are known
        costs.append(asked(lambda sent=sent: kept(client.post(address, sent, **FETCH))))
    assert costs[0] == costs[1] <= 8


def kept(answer) -> None:
    assert "saved" in answer.json()


def test_the_page_that_ends_a_mandate_and_hands_over_what_is_held(client, lille, manager, body) -> None:
    leaver = make_member(lille, Role.CONTRIBUTOR)
    actions.add_body_member(body=body, user=leaver, by=manager)
    client.force_login(manager)
    mandate = Membership.objects.get(user=leaver, space=lille)
    address, costs = reverse("spaces:end_membership", args=["lille", mandate.pk]), []
    for many, held in ((FEW, 2), (MANY, 20)):
        for n in range(many):
            meeting = make_meeting(lille, by=manager, title=f"R{many}-{n}", in_days=5)
            actions.add_invitees(meeting=meeting, people=[actions.Person(leaver.email)], by=manager)
            register.note_apart(meeting=meeting, by=manager, text="Rappeler", person=leaver)
            make_member(lille)
        client.get(address)
        found = []
        costs.append(asked(lambda found=found: found.append(client.get(address).content.decode())))
        for words in (f"{held} actions à mener", f"à {held} réunions à venir", "un siège"):
            assert words in found[0]
    assert costs[0] == costs[1] <= 10
