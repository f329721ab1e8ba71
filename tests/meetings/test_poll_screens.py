"""What the organiser of a poll sees and is reminded of; what its page costs."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from directory.models import Network, Structure
from mail.models import OutgoingMail
from meetings import actions
from meetings.actions import Person
from meetings.enums import MeetingState
from meetings.models import Ballot, Meeting, Poll, PollAnswer
from meetings.queries import poll_grid, waiting_polls
from meetings.tasks import remind_polled
from tests.meetings.polls import (
    ADA,
    M,
    N,
    Y,
    answer,
    ballot_of,
    chosen,
    dates_of,
    draft,
    expired,
    in_days,
    propose,
    spans,
)

# --- The organiser's screens ----------------------------------------------------------------------------------------


def test_the_grid_counts_and_says_who_is_missing_in_each_network(lille, manager, client):
    meeting = draft(lille, manager)
    cio, pij = (
        Network.objects.create(slug=slug, name=name, full_name=name) for slug, name in (("cio", "CIO"), ("pij", "PIJ"))
    )
    centre = Structure.objects.create(name="CIO Centre", network=cio)
    people = [
        Person("a@x.example", "Anne", structure=centre),
        Person("b@x.example", "Basile", network=cio),
        Person("c@x.example", "Chloé", network=pij),
        Person("d@x.example", "<b>Denis</b>"),
    ]
    actions.add_invitees(meeting=meeting, people=people, by=manager)
    poll = propose(meeting, manager)
    answer(people[1], Y, M, N)
    answer(people[2], Y, Y, N)
    grid = poll_grid(poll)
    assert [(one.network, [voter.name for voter in one.missing]) for one in grid.networks] == [
        ("CIO", ["Anne"]), ("PIJ", []), ("Autres", ["<b>Denis</b>"]),
    ]  # fmt: skip
    assert [[number for *_, number in date.totals] for date in grid.dates] == [[2, 0, 0], [1, 1, 0], [0, 0, 2]]
    assert [date.is_best for date in grid.dates] == [True, False, False]
    client.force_login(manager)
    page = client.get(poll.get_absolute_url()).content.decode()
    assert "Anne, CIO Centre" in page
    assert "&lt;b&gt;Denis" in page
    assert page.count('<td class="x-grid__yes">Oui</td>') == 3


def test_dates_are_typed_line_by_line_and_what_is_wrong_stays(lille, manager, client):
    meeting = draft(lille, manager)
    actions.add_invitees(meeting=meeting, people=[ADA], by=manager)
    client.force_login(manager)
    address = reverse("meetings:poll_propose", args=[meeting.uuid])
    page = client.get(address).content.decode()
    assert page.count('type="date"') == 6
    data = {"date-TOTAL_FORMS": "5", "date-INITIAL_FORMS": "0", "closes_on": f"{in_days(3)}"}
    for rank, day in enumerate((20, 25)):
        data |= {f"date-{rank}-day": f"{in_days(day)}", f"date-{rank}-start": "09:30", f"date-{rank}-end": "11:00"}
    wrong = client.post(address, data | {"date-1-end": "08:00"}).content.decode()
    assert "La fin doit suivre le début" in wrong
    assert f'value="{in_days(20)}"' in wrong
    assert (
        "au moins deux dates"
        in client.post(address, data | {f"date-1-{name}": "" for name in ("day", "start", "end")}).content.decode()
    )
    assert "avant la première" in client.post(address, data | {"closes_on": f"{in_days(30)}"}).content.decode()
    client.post(address, data | {"date-TOTAL_FORMS": "1000000"})
    assert Poll.objects.count() == 0
    assert client.post(address, data).status_code == 302
    assert [timezone.localtime(one.starts_at).hour for one in dates_of(Poll.objects.get())] == [9, 9]


def test_the_dates_left_as_they_are_shown_stay(poll, manager, client):
    answer(ADA, Y, M, N)
    client.force_login(manager)
    data = {"date-TOTAL_FORMS": "7", "date-INITIAL_FORMS": "0", "closes_on": f"{in_days(9)}"}
    for rank, (start, end) in enumerate(spans(20, 21, 22)):
        data |= {f"date-{rank}-day": f"{start:%Y-%m-%d}", f"date-{rank}-start": f"{start:%H:%M}"}
        data |= {f"date-{rank}-end": f"{end:%H:%M}"}
    assert client.post(reverse("meetings:poll_propose", args=[poll.meeting.uuid]), data).status_code == 302
    assert (len(dates_of(poll)), PollAnswer.objects.count()) == (3, 3)
    assert Poll.objects.get().closes_on == in_days(9)
    assert ballot_of(ADA).answered_at


def test_a_meeting_is_prepared_and_goes_on_to_its_dates(lille, manager, client):
    client.force_login(manager)
    data = {"title": "CTT", "day": f"{in_days(20)}", "start": "09:30", "end": "11:00", "sonder": "1"}
    response = client.post(reverse("meetings:new", args=["lille"]), data)
    meeting = Meeting.objects.get()
    assert (meeting.state, response["Location"]) == (
        MeetingState.DRAFT, reverse("meetings:poll_propose", args=[meeting.uuid]),
    )  # fmt: skip
    actions.announce_meeting(meeting=meeting, by=manager)
    assert client.get(response["Location"])["Location"] == meeting.get_absolute_url()


# --- The schedule ---------------------------------------------------------------------------------------------------


def test_a_reminder_leaves_once_to_those_who_have_not_answered(poll, manager, client):
    answer(ADA, Y, Y, Y)
    OutgoingMail.objects.all().delete()
    assert remind_polled() == 0, "too early"
    Poll.objects.update(closes_on=in_days(2))
    assert remind_polled() == 0, "asked just now"
    Ballot.objects.update(asked_at=timezone.now() - timedelta(days=5))
    assert (remind_polled(), remind_polled()) == (2, 0)
    assert all(one.subject.startswith("Rappel") for one in OutgoingMail.objects.all())
    client.force_login(manager)
    client.post(reverse("meetings:poll_remind", args=[poll.meeting.uuid]))
    assert OutgoingMail.objects.count() == 4
    expired(poll, manager)
    assert remind_polled() == 0
    client.post(reverse("meetings:poll_remind", args=[poll.meeting.uuid]))
    assert OutgoingMail.objects.count() == 4


def test_the_organiser_is_reminded_at_home_that_a_date_is_to_be_kept(poll, manager, client):
    assert waiting_polls(manager) == []
    expired(poll, manager)
    assert waiting_polls(manager) == [poll]
    client.force_login(manager)
    assert "Retenir une date" in client.get("/").content.decode()
    chosen(poll, manager)
    assert waiting_polls(manager) == []


# --- Costs ----------------------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_ten_times_the_people(lille, manager, client, django_assert_max_num_queries):
    meeting = draft(lille, manager)
    client.force_login(manager)
    costs = []
    for number in (3, 30):
        people = [Person(f"p{number}-{n}@ailleurs.example", f"P {number} {n}") for n in range(number)]
        actions.add_invitees(meeting=meeting, people=people, by=manager)
        poll = propose(meeting, manager, *range(20, 20 + number // 3 + 1))
        for person in people[::2]:
            answer(person, *[Y] * (number // 3 + 1))
        client.get(poll.get_absolute_url())
        with django_assert_max_num_queries(12) as asked:
            client.get(poll.get_absolute_url())
        costs.append(len(asked))
    print("poll page:", costs)
    assert costs[0] == costs[1]
