"""A member's name stays out of what the meetings of their panel let others read."""

import pytest
from django.core.exceptions import ValidationError

from meetings import actions
from meetings.actions import Person, desk
from meetings.actions.escalations import escalate
from meetings.enums import BodyKind
from panels.actions import fill_seat
from panels.enums import Part
from panels.models import Seat
from spaces.enums import Role
from tests.factories import make_meeting, make_member
from tests.panels.conftest import NAME, facts, make_panel


@pytest.fixture
def session(panel, lille, facilitator, structure):
    seat = Seat.objects.filter(category__body=panel).order_by("pk").first()
    fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure))
    return make_meeting(lille, by=facilitator, body=panel, in_days=-1)


@pytest.mark.parametrize("said", [NAME, "WYVERNOIS, prune", "wyvernois@usagers.example"])
def test_a_name_or_an_address_of_the_panel_is_refused(said, session, panel, lille, facilitator, commun):
    to = make_meeting(lille, by=facilitator, body=panel)
    upper = actions.add_body(space=commun, slug="coordinateurs", name="Coordinateurs", kind=BodyKind.COORDINATORS)
    item = desk.add_item(meeting=session, by=facilitator, title="Accueil").uuid
    person = Person(said) if "@" in said else Person("quelqu-un@ailleurs.example", said)
    for write in (
        lambda: actions.add_invitees(meeting=to, people=[person], by=facilitator),
        lambda: actions.add_body_guest(body=panel, by=facilitator, name=said, email="un@ailleurs.example"),
        lambda: actions.add_item(meeting=to, by=facilitator, title=f"Avec {said}"),
        lambda: desk.add_item(meeting=session, by=facilitator, title=f"Avec {said}"),
        lambda: desk.save_notes(meeting=session, item=item, by=facilitator, html=f"<p>{said} dit</p>", revision=0),
        lambda: desk.take_decision(meeting=session, item=item, by=facilitator, text=f"Avec {said}"),
        lambda: desk.note_action(meeting=session, item=item, by=facilitator, text="Faire", person_name=said),
        lambda: escalate(space=lille, body=panel, to_body=upper, by=facilitator, title="Horaires", text=f"{said} dit"),
        lambda: escalate(space=lille, meeting=session, to_body=upper, by=facilitator, title=said, text="Horaires"),
    ):
        with pytest.raises(ValidationError, match=r"nomme un membre du groupe|sans nom"):
            write()


def test_elsewhere_the_same_words_are_words(session, douai, lille, facilitator):
    """Whoever may not see the names is not told whether one is there; other bodies of the space are not concerned either."""
    stranger = make_member(douai, Role.MANAGER)
    other = make_meeting(douai, by=stranger, body=make_panel(douai))
    actions.add_invitees(meeting=other, people=[Person("prune@ailleurs.example", NAME)], by=stranger)
    apart = make_meeting(lille, by=facilitator)
    actions.add_invitees(meeting=apart, people=[Person("prune@ailleurs.example", NAME)], by=facilitator)
    assert (other.invitees.count(), apart.invitees.count()) == (1, 1)
