"""A panel in Lille, and the same in Douai: « another space », where the denied person holds the same right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.models import Structure
from meetings.actions import add_body
from meetings.enums import BodyKind
from meetings.models import Body, Meeting
from panels.actions import SeatFacts, compose_panel
from panels.enums import Consent
from panels.models import Seat
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_animation, make_meeting, make_member

CATEGORIES = [("etudiants", "Étudiants", 2), ("employeurs", "Employeurs", 2)]
THEMES = [("accueil", "Accueil"), ("information", "Information")]
NAME = "Prune Wyvernois"


def make_panel(space: Space) -> Body:
    body = add_body(space=space, slug="usagers", name="Groupe d’usagers", kind=BodyKind.USER_PANEL)
    compose_panel(body=body, categories=CATEGORIES, themes=THEMES)
    return body


def facts(structure: Structure, **changed: object) -> SeatFacts:
    today = timezone.localdate()
    kept = {
        "name": NAME,
        "email": "wyvernois@usagers.example",
        "phone": "06 00 00 00 00",
        "structure": structure,
        "since": today - timedelta(days=30),
        "until": today + timedelta(days=300),
        "consent_on": today - timedelta(days=30),
        "consent_how": Consent.FORM,
    }
    return SeatFacts(**{**kept, **changed})


@pytest.fixture
def panel(lille: Space) -> Body:
    return make_panel(lille)


@pytest.fixture
def structure(db: None) -> Structure:
    return Structure.objects.create(name="Mission locale")


@pytest.fixture
def facilitator(lille: Space):
    return make_member(lille, Role.MANAGER)


@pytest.fixture
def strangers(lille: Space, douai: Space) -> dict[str, object]:
    """Everybody who may not see the names."""
    make_panel(douai)
    return {
        "reader": make_member(lille),
        "contributor": make_member(lille, Role.CONTRIBUTOR),
        "manager elsewhere": make_member(douai, Role.MANAGER),
        "animation": make_animation(),
        "superuser": make_animation(is_superuser=True),
        "ended": make_member(
            lille,
            Role.MANAGER,
            starts_on=timezone.localdate() - timedelta(days=9),
            ends_on=timezone.localdate() - timedelta(days=1),
        ),
    }


@pytest.fixture
def seat(panel: Body) -> Seat:
    return Seat.objects.get(category__slug="etudiants", category__body=panel, number=1)


@pytest.fixture
def session(panel: Body, facilitator) -> Meeting:
    return make_meeting(panel.space, body=panel, by=facilitator, title="Groupe d’usagers", in_days=-3)
