"""Seats: names are seen by the facilitators alone, erased on request at once, and by time; figures stay."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from panels import queries
from panels.actions import change_tenure, end_tenure, erase_old_names, fill_seat, note_presences, withdraw_consent
from panels.enums import Part, Seen
from panels.models import Identity, SeatPresence, Tenure
from panels.tasks import erase_old_names as task
from spaces.enums import Role
from tests.factories import make_member
from tests.panels.conftest import NAME, facts

TODAY = timezone.localdate


@pytest.fixture
def tenure(seat, facilitator, structure) -> Tenure:
    return fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure))


def names_seen(user, panel) -> list[str]:
    lines = queries.seats_with_names(user, panel)
    return [place.name for line in lines for place in line.places if place.name]


def test_nobody_but_the_facilitators_sees_or_writes_a_name(tenure, panel, facilitator, structure, session, strangers):
    for who, user in strangers.items():
        assert names_seen(user, panel) == [], who
        assert queries.former_members(user, panel) == []
        for write in (
            lambda user=user: fill_seat(seat=tenure.seat, part=Part.SUBSTITUTE, by=user, facts=facts(structure)),
            lambda user=user: change_tenure(tenure=tenure, by=user, facts=facts(structure)),
            lambda user=user: end_tenure(tenure=tenure, by=user),
            lambda user=user: withdraw_consent(tenure=tenure, by=user),
            lambda user=user: note_presences(meeting=session, by=user, seen={tenure.seat.uuid: Seen.HOLDER}),
        ):
            with pytest.raises((PermissionDenied, Http404)):
                write()
    assert names_seen(facilitator, panel) == [NAME]
    assert Identity.objects.get().name == NAME


def test_a_second_mandate_opens_the_names_to_the_animation_and_its_end_closes_them(tenure, panel, lille, strangers):
    animation = make_member(lille, Role.MANAGER, user=strangers["animation"])
    animation = type(animation).objects.get(pk=animation.pk)
    assert names_seen(animation, panel) == [NAME]
    animation.memberships.update(ended_at=timezone.now())
    assert names_seen(type(animation).objects.get(pk=animation.pk), panel) == []


def test_no_text_says_the_name_by_itself(tenure, structure):
    shown = [str(tenure.identity), repr(tenure.identity), str(tenure), repr(facts(structure))]
    assert [text for text in shown if "Wyvernois" in text or "usagers.example" in text] == []
    assert "Wyvernois" not in str(list(ModelLogEntry.objects.values()))


def test_withdrawing_erases_at_once_and_the_seat_stays_counted(tenure, panel, facilitator, session, structure):
    note_presences(meeting=session, by=facilitator, seen={tenure.seat.uuid: Seen.HOLDER})
    withdraw_consent(tenure=tenure, by=facilitator)
    withdraw_consent(tenure=tenure, by=facilitator)
    assert not Identity.objects.exists()
    tenure.refresh_from_db()
    assert (tenure.erased_on, tenure.was_withdrawn) == (TODAY(), True)
    assert queries.composition(panel)[0].holders == 1
    assert queries.presence_by_structure(panel) == [("Mission locale", 1, 1)]
    assert ModelLogEntry.objects.filter(action="panels.name.withdrawn").count() == 1
    with pytest.raises(ValidationError, match="effacé"):
        change_tenure(tenure=tenure, by=facilitator, facts=facts(structure))


def test_names_leave_when_their_time_has_passed_and_figures_stay(
    seat, facilitator, structure, panel, session, settings
):
    settings.PANEL_NAMES_DAYS = 10
    kept = {}
    for part, days in ((Part.HOLDER, 11), (Part.SUBSTITUTE, 10)):
        gone = facts(structure, since=TODAY() - timedelta(days=90), until=TODAY() - timedelta(days=days))
        kept[part] = fill_seat(seat=seat, part=part, by=facilitator, facts=gone)
    SeatPresence.objects.create(meeting=session, seat=seat, seen=Seen.HOLDER, structure=structure)
    assert [one.erased_after for one in queries.former_members(facilitator, panel)] == [
        TODAY() - timedelta(days=1), TODAY(),
    ]  # fmt: skip
    assert task() == 1
    assert erase_old_names() == 0
    assert Identity.objects.get().tenure == kept[Part.SUBSTITUTE]
    kept[Part.HOLDER].refresh_from_db()
    assert (kept[Part.HOLDER].erased_on, kept[Part.HOLDER].was_withdrawn) == (TODAY(), False)
    assert queries.presence_by_structure(panel) == [("Mission locale", 1, 1)]
    settings.PANEL_NAMES_DAYS = 5
    call_command("erase_panel_names")
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"until": TODAY() - timedelta(days=40)}, "until"),
        ({"until": TODAY() + timedelta(days=365 * 4)}, "until"),
        ({"consent_on": TODAY() + timedelta(days=1)}, "consent_on"),
        ({"consent_how": "télépathie"}, "consent_how"),
        ({"name": " "}, "name"),
        ({"name": "Prune\u202e Wyvernois"}, "name"),
        ({"email": "pas une adresse"}, "email"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(seat, facilitator, structure, changed, field):
    with pytest.raises(ValidationError) as refused:
        fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure, **changed))
    assert set(refused.value.message_dict) == {field}
    assert (Tenure.objects.count(), Identity.objects.count()) == (0, 0)


def test_a_place_is_held_by_one_person_at_a_time(tenure, seat, facilitator, structure):
    with pytest.raises(ValidationError, match="déjà tenue"):
        fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure, since=TODAY()))
    fill_seat(seat=seat, part=Part.SUBSTITUTE, by=facilitator, facts=facts(structure))
    end_tenure(tenure=tenure, by=facilitator)
    fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure, since=TODAY(), name="Autre Personne"))
    assert Identity.objects.filter(tenure__part=Part.HOLDER).count() == 2, "the former name is kept for its time"


def test_a_place_taken_today_and_freed_today_never_was(seat, facilitator, structure):
    tenure = fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure, since=TODAY()))
    end_tenure(tenure=tenure, by=facilitator)
    assert (Tenure.objects.count(), Identity.objects.count()) == (0, 0)


def test_correcting_keeps_one_tenure_and_one_name(tenure, facilitator, structure):
    change_tenure(tenure=tenure, by=facilitator, facts=facts(structure, name="Prune  Wyvernois-Doe"))
    assert (Tenure.objects.count(), Identity.objects.get().name) == (1, "Prune Wyvernois-Doe")


def test_presences_are_noted_by_seat_and_replaced(tenure, seat, panel, facilitator, structure, session):
    fill_seat(seat=seat, part=Part.SUBSTITUTE, by=facilitator, facts=facts(structure, name="Autre Personne"))
    assert note_presences(meeting=session, by=facilitator, seen={seat.uuid: Seen.SUBSTITUTE}) == 1
    assert SeatPresence.objects.get().seen == Seen.SUBSTITUTE
    assert note_presences(meeting=session, by=facilitator, seen={seat.uuid: Seen.ABSENT}) == 1
    (line, other) = queries.composition(panel)
    assert (line.came, line.expected, line.rate, other.rate) == (0, 1, 0, None)
    assert note_presences(meeting=session, by=facilitator, seen={seat.uuid: ""}) == 0


def test_nobody_is_present_before_the_session_or_on_an_empty_seat(tenure, panel, facilitator, session):
    empty = panel.categories.first().seats.get(number=2)
    with pytest.raises(ValidationError, match="personne n’y était titulaire"):
        note_presences(meeting=session, by=facilitator, seen={empty.uuid: Seen.HOLDER})
    session.starts_at = timezone.now() + timedelta(days=1)
    with pytest.raises(ValidationError, match="n’a pas eu lieu"):
        note_presences(meeting=session, by=facilitator, seen={tenure.seat.uuid: Seen.HOLDER})


def test_seats_of_another_panel_are_not_counted(tenure, panel, facilitator, session, strangers):
    from panels.models import Seat

    elsewhere = Seat.objects.exclude(category__body=panel).first()
    assert note_presences(meeting=session, by=facilitator, seen={elsewhere.uuid: Seen.ABSENT}) == 0


def test_a_past_session_offers_those_who_sat_then_and_nobody_who_joined_later(seat, panel, facilitator, structure):
    fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure, since=TODAY() - timedelta(days=30)))
    lines = queries.seats_with_names(facilitator, panel, TODAY() - timedelta(days=31))
    assert [place.name for line in lines for place in line.places if place.tenure] == []
    lines = queries.seats_with_names(facilitator, panel, TODAY() - timedelta(days=30))
    assert [place.name for line in lines for place in line.places if place.tenure] == [NAME]


def test_a_single_seat_is_said_in_the_singular(seat, panel, facilitator, structure, session, client):
    fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure))
    client.force_login(facilitator)
    address = reverse("panels:presences", args=["lille", session.uuid])
    page = client.post(address, {f"siege-{seat.uuid}": Seen.HOLDER}, follow=True).content.decode()
    assert "Présences notées pour 1\xa0siège." in page
    page = client.get(reverse("panels:panel", args=["lille"])).content.decode()
    assert "1\xa0présent sur 1\xa0siège" in page
