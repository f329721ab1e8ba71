"""Bodies: the year that they plan, what waits in them, and the calendars one subscribes to."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from ics import Calendar as IcsCalendar

from accounts.actions import create_feed_token, revoke_feed_token
from accounts.models import FeedToken
from mail.models import OutgoingMail
from meetings import actions, planning
from meetings.enums import BodyKind, MeetingState
from meetings.models import AgendaItem, Body, Meeting
from spaces.actions import deactivate_account, end_membership
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_animation, make_meeting, make_member, make_space


@pytest.fixture
def ctt(lille):
    return actions.add_body(
        space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT, rrule="FREQ=MONTHLY;BYDAY=2TH",
        default_start=time(14), duration=150, agenda_template="Plan d’action\nQuestions diverses",
    )  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_plans_and_proposes_nothing(role, ctt, douai):
    stranger = make_member(douai, role)
    for write in (
        lambda: actions.plan_meetings(body=ctt, days=[date(2027, 5, 13)], by=stranger),
        lambda: actions.propose_item(body=ctt, by=stranger, title="Point"),
        lambda: actions.add_body_member(body=ctt, by=stranger, user=stranger),
    ):
        with pytest.raises(Http404):
            write()
    assert not Body.objects.visible_to(stranger)


def test_a_reader_proposes_nothing_and_a_contributor_does(ctt, lille):
    with pytest.raises(PermissionDenied):
        actions.propose_item(body=ctt, by=make_member(lille), title="Point")
    actions.propose_item(body=ctt, by=make_member(lille, Role.CONTRIBUTOR), title="Point")
    assert [item.title for item in AgendaItem.objects.waiting()] == ["Point"]


def test_the_dates_follow_the_rhythm_and_avoid_public_holidays(ctt):
    ctt.rrule = "FREQ=MONTHLY;BYMONTHDAY=1"
    by_day = {one.day: one.instead_of for one in planning.propose_dates(ctt, date(2027, 1, 1))}
    assert by_day[date(2027, 1, 4)], "1 January is a holiday, the 2nd and 3rd a week-end"
    assert date(2027, 4, 1) in by_day
    assert by_day[date(2027, 5, 3)], "1 May"
    ctt.rrule = "FREQ=MONTHLY;BYDAY=2TH"
    thursdays = planning.propose_dates(ctt, date(2027, 1, 1))
    assert len(thursdays) == 12
    assert thursdays[0].day == date(2027, 1, 14)


def test_planning_makes_drafts_once_and_tells_nobody(ctt, lille, client):
    manager, reader = make_member(lille, Role.MANAGER), make_member(lille)
    client.force_login(manager)
    address = reverse("meetings:plan", args=["lille", "ctt"])
    year = timezone.localdate().year + 1
    assert "Planifier" in client.get(address).content.decode()
    days = [f"{year}-03-11", "", f"{year}-06-10"]
    for _ in range(2):
        client.post(address, {"jour": days})
    assert {meeting.state for meeting in Meeting.objects.all()} == {MeetingState.DRAFT}
    assert Meeting.objects.count() == 2
    assert OutgoingMail.objects.count() == 0
    assert [item.title for item in Meeting.objects.earliest("starts_at").items.order_by("position")] == [
        "Plan d’action",
        "Questions diverses",
    ]
    assert client.post(address, {"jour": ["hier"]}).status_code == 400
    with pytest.raises(ValidationError):
        actions.plan_meetings(body=ctt, days=[date(2020, 1, 1)], by=manager)
    client.force_login(reader)
    page = client.get(ctt.get_absolute_url()).content.decode()
    assert "Aucune réunion de cette instance n’est annoncée." in page


def test_a_proposed_item_comes_onto_the_agenda_and_back(ctt, lille, client):
    manager, contributor = make_member(lille, Role.MANAGER), make_member(lille, Role.CONTRIBUTOR)
    item = actions.propose_item(body=ctt, by=contributor, title="Zygomorphe")
    meeting = make_meeting(lille, by=manager, body=ctt)
    client.force_login(manager)
    client.post(reverse("meetings:choose_items", args=[meeting.uuid]), {"point": [item.pk]})
    item.refresh_from_db()
    assert (item.meeting, item.position) == (meeting, 3)
    actions.remove_item(item=item, by=manager)
    assert item in AgendaItem.objects.waiting()


# --- Calendars one subscribes to ------------------------------------------------------------------------------------


def test_a_feed_shrinks_the_moment_the_right_ends_or_the_address_is_revoked(ctt, lille, client):
    reader, manager = make_member(lille), make_member(lille, Role.MANAGER)
    make_meeting(lille, by=manager, body=ctt, title="Annoncée")
    at = timezone.now() + timedelta(days=3)
    actions.prepare_meeting(space=lille, by=manager, title="Brouillon", starts_at=at, ends_at=at + timedelta(hours=1))
    token = create_feed_token(user=reader, purpose="calendrier")
    other = create_feed_token(user=manager, purpose="calendrier")
    addresses = [
        reverse("meetings:feed", args=[token]),
        reverse("meetings:space_feed", args=[token, "lille"]),
        reverse("meetings:body_feed", args=[token, "lille", "ctt"]),
    ]
    for address in [*addresses, reverse("meetings:feed", args=[other])]:
        response = client.get(address)
        events = Calendar.from_ical(response.content).walk("VEVENT")
        assert [str(event["SUMMARY"]) for event in events] == ["Annoncée"], "nobody's feed has drafts"
        assert b"METHOD:PUBLISH" in response.content
        assert b"ATTENDEE" not in response.content
        assert ("no-store" in response["Cache-Control"], response["Referrer-Policy"]) == (True, "no-referrer")
    Membership.objects.filter(user=reader).update(ended_at=timezone.now())
    assert [client.get(address).status_code for address in addresses] == [200, 404, 404]
    assert Calendar.from_ical(client.get(addresses[0]).content).walk("VEVENT") == []
    revoke_feed_token(token=FeedToken.objects.get(user=manager), by=manager)
    assert client.get(reverse("meetings:feed", args=[other])).status_code == 404


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_other_parsers_read_the_right_hour_and_the_accents(day, lille, client):
    manager = make_member(lille, Role.MANAGER)
    start = timezone.make_aware(datetime.combine(day, time(14)))
    title = "é" * 37 + " ; à, l’été « œuvre » 🙂 " * 5
    make_meeting(lille, by=manager, title=title.strip(), starts_at=start, ends_at=start + timedelta(hours=2))
    token = create_feed_token(user=manager, purpose="calendrier")
    text = client.get(reverse("meetings:feed", args=[token])).content.decode()
    read = vobject.readOne(text).vevent
    assert (read.dtstart.value, read.summary.value) == (start.astimezone(UTC), " ".join(title.split()))
    [event] = IcsCalendar(text).events
    assert (event.begin.datetime, event.name) == (start.astimezone(UTC), " ".join(title.split()))


# --- Those who have left --------------------------------------------------------------------------------------------


@pytest.fixture(params=["ended", "expired", "deactivated"])
def gone(request, ctt, lille):
    """Somebody who still has a seat in the CTT, and no longer reads its space; a member of another space all the same."""
    person = make_member(lille)
    actions.add_body_member(body=ctt, user=person, by=None)
    make_member(make_space("calais"), user=person)
    mandate = Membership.objects.get(user=person, space=lille)
    match request.param:
        case "ended":
            end_membership(membership=mandate, by=make_member(lille, Role.MANAGER))
        case "expired":
            yesterday = timezone.localdate() - timedelta(days=1)
            Membership.objects.filter(pk=mandate.pk).update(starts_on=yesterday, ends_on=yesterday)
        case "deactivated":
            deactivate_account(user=person, by=make_animation())
    OutgoingMail.objects.all().delete()
    return person


def test_whoever_has_left_is_neither_convened_nor_asked_for_a_date(gone, ctt, lille):
    manager, member = make_member(lille, Role.MANAGER), make_member(lille)
    actions.add_body_member(body=ctt, user=member, by=manager)
    at = timezone.now() + timedelta(days=20)
    first, second = (
        actions.prepare_meeting(
            space=lille, by=manager, body=ctt, title="CTT", starts_at=at, ends_at=at + timedelta(hours=2)
        )
        for _ in range(2)
    )
    actions.invite_body_members(meeting=first, by=manager)
    assert actions.convene_meeting(meeting=first, by=manager) == 1
    spans = [(at + timedelta(days=day), at + timedelta(days=day, hours=2)) for day in (1, 2)]
    actions.propose_dates(meeting=second, spans=spans, closes_on=timezone.localdate() + timedelta(days=5), by=manager)
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {member.email}


def test_their_seat_is_shown_to_whoever_fills_it_alone(gone, ctt, lille, client):
    client.force_login(make_member(lille, Role.CONTRIBUTOR))
    assert str(gone) not in client.get(ctt.get_absolute_url()).content.decode()
    client.force_login(make_member(lille, Role.MANAGER))
    page = client.get(ctt.get_absolute_url()).content.decode()
    assert ("1\xa0siège à pourvoir" in page, str(gone) in page) == (True, True)
