"""Whoever was called as a member is called as long as they read the space: then neither mail nor link, whatever happens."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from mail.models import OutgoingMail
from meetings import actions, convocations, polling, queries
from meetings.actions import Person
from meetings.enums import Answer, AnsweredVia, Choice
from meetings.models import Ballot, Invitee, Meeting, Poll, PollDate
from meetings.tasks import remind_polled, remind_unanswered
from spaces.actions import deactivate_account, end_membership
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_animation, make_member, make_space, make_user

SECRET = "https://visio.example/zygomorphe"
LONG_AGO = timedelta(days=5)


@pytest.fixture
def member(lille):
    """Of another space too, where nothing ends."""
    return make_member(make_space("calais"), user=make_member(lille))


@pytest.fixture
def guest(douai):
    """An account of another space, called to this meeting without any right on its space."""
    return make_member(douai)


@pytest.fixture
def draft(lille, manager, member, guest):
    at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=20)
    meeting = actions.prepare_meeting(
        space=lille, by=manager, title="CTT", starts_at=at, ends_at=at + timedelta(hours=2), link=SECRET
    )
    people = [Person(member.email), Person(guest.email), Person("ada@ailleurs.example", "Ada")]
    actions.add_invitees(meeting=meeting, people=people, by=manager)
    return meeting


@pytest.fixture
def called(draft, manager):
    actions.convene_meeting(meeting=draft, by=manager)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def polled(draft, manager):
    spans = [(draft.starts_at + timedelta(days=day), draft.ends_at + timedelta(days=day)) for day in (1, 2)]
    closes_on = timezone.localdate() + timedelta(days=2)
    return actions.propose_dates(meeting=draft, spans=spans, closes_on=closes_on, by=manager)


@pytest.fixture(params=["ended", "expired", "deactivated"])
def leave(request, lille, member, manager):
    """Does it, and forgets the mails so far."""

    def end():
        mandate = Membership.objects.get(user=member, space=lille)
        match request.param:
            case "ended":
                end_membership(membership=mandate, by=manager)
            case "expired":
                yesterday = timezone.localdate() - timedelta(days=1)
                Membership.objects.filter(pk=mandate.pk).update(starts_on=yesterday, ends_on=yesterday)
            case "deactivated":
                deactivate_account(user=member, by=make_animation())
        OutgoingMail.objects.all().delete()

    return end


def written_to():
    return set(OutgoingMail.objects.values_list("to", flat=True))


def change(meeting, manager):
    actions.add_item(meeting=meeting, by=manager, title="Point ajouté ensuite")
    actions.resend_convocation(meeting=meeting, by=manager)


def move(meeting, manager):
    day = timedelta(days=1)
    actions.change_meeting(
        meeting=meeting, by=manager, title="CTT", starts_at=meeting.starts_at + day, ends_at=meeting.ends_at + day
    )


def remind_by_schedule(meeting, manager):
    Meeting.objects.update(convened_at=timezone.now() - LONG_AGO, answer_by=timezone.localdate() + timedelta(days=1))
    Invitee.objects.update(created_at=timezone.now() - LONG_AGO)
    remind_unanswered()


GESTURES = {
    "change": change,
    "move": move,
    "reminder": lambda meeting, manager: actions.remind_now(meeting=meeting, by=manager),
    "scheduled reminder": remind_by_schedule,
    "postponement": lambda meeting, manager: actions.postpone_meeting(meeting=meeting, by=manager),
    "cancellation": lambda meeting, manager: actions.cancel_meeting(meeting=meeting, by=manager),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_no_mail_of_a_meeting_reaches_whoever_has_left(gesture, called, leave, manager, guest):
    leave()
    GESTURES[gesture](called, manager)
    assert written_to() == {guest.email, "ada@ailleurs.example"}


def test_no_convocation_leaves_for_whoever_left_before_it(draft, leave, manager, guest):
    leave()
    assert actions.convene_meeting(meeting=draft, by=manager) == 2
    assert written_to() == {guest.email, "ada@ailleurs.example"}


def test_whoever_has_left_is_taken_off_in_silence(called, leave, manager, member):
    leave()
    actions.remove_invitee(invitee=Invitee.objects.get(user=member), by=manager)
    assert written_to() == set()


def test_whoever_is_taken_off_learns_nothing_of_the_agenda_nor_of_the_way_in(called, manager, guest):
    OutgoingMail.objects.all().delete()
    actions.add_item(meeting=called, by=manager, title="Zygomorphe")
    actions.remove_invitee(invitee=Invitee.objects.get(user=guest), by=manager)
    [sent] = OutgoingMail.objects.all()
    assert (sent.to, sent.calendar_method) == (guest.email, "CANCEL")
    assert not {word for word in ("Zygomorphe", SECRET) if word in sent.text + sent.html + sent.calendar}


def test_the_link_of_whoever_has_left_is_unknown(called, leave, member, guest, client):
    mine, theirs = Invitee.objects.get(user=member), Invitee.objects.get(user=guest)
    links = [reverse("meetings:respond", args=[convocations.answer_token(one)]) for one in (mine, theirs)]
    assert [client.get(link).status_code for link in links] == [200, 200]
    leave()
    assert [client.get(link).status_code for link in links] == [404, 200]
    assert client.post(links[0], {"answer": "present"}).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.answer_invitation(invitee=mine, answer=Answer.PRESENT, via=AnsweredVia.LINK)


@pytest.mark.parametrize("gesture", ["remind", "schedule", "new dates", "abandon", "same dates"])
def test_no_mail_of_a_poll_reaches_whoever_has_left(gesture, polled, leave, manager, guest):
    leave()
    meeting, closes_on = polled.meeting, polled.closes_on
    spans = list(PollDate.objects.values_list("starts_at", "ends_at"))
    match gesture:
        case "remind":
            actions.remind_poll(poll=polled, by=manager)
        case "schedule":
            Ballot.objects.update(asked_at=timezone.now() - LONG_AGO)
            remind_polled()
        case "new dates" | "same dates":
            more = [(start + LONG_AGO, end + LONG_AGO) for start, end in spans] if gesture == "new dates" else []
            actions.propose_dates(meeting=meeting, spans=spans + more, closes_on=closes_on, by=manager)
        case "abandon":
            actions.discard_draft(meeting=meeting, by=manager)
    assert written_to() == (set() if gesture == "same dates" else {guest.email, "ada@ailleurs.example"})


def test_the_poll_link_of_whoever_has_left_serves_no_more(polled, leave, member, client):
    ballot = Ballot.objects.select_related("poll__meeting__space", "invitee").get(invitee__user=member)
    link = reverse("meetings:poll_respond", args=[polling.ballot_token(ballot)])
    assert client.get(link).status_code == 200
    leave()
    page = client.get(link)
    assert (page.status_code, "CTT" in page.content.decode()) == (410, False)
    choices = dict.fromkeys(PollDate.objects.values_list("pk", flat=True), Choice.YES)
    with pytest.raises(PermissionDenied):
        actions.answer_poll(ballot=ballot, choices=choices, via=AnsweredVia.LINK)
    assert member.get_full_name() not in {
        voter.name for network in queries.poll_grid(Poll.objects.get()).networks for voter in network.missing
    }


def test_the_organiser_alone_reads_who_is_called_no_more(called, leave, manager, member, lille, client):
    leave()
    assert [row.name for row in queries.invited(manager, called).rows if row.is_gone] == [member.get_full_name()]
    assert not any(row.is_gone for row in queries.invited(make_member(lille), called).rows)
    assert (queries.invited(manager, called).untold, queries.invited(manager, called).unanswered) == (0, 2)
    client.force_login(manager)
    page = client.get(reverse("meetings:invitees", args=[called.uuid])).content.decode()
    assert page.count("n’a plus accès") == 1


def test_a_guest_stays_until_their_account_closes(called, manager, guest, douai):
    OutgoingMail.objects.all().delete()
    end_membership(membership=Membership.objects.get(user=guest), by=make_member(douai, Role.MANAGER), is_told=False)
    actions.remind_now(meeting=called, by=manager)
    assert guest.email in written_to()
    OutgoingMail.objects.all().delete()
    deactivate_account(user=guest, by=make_animation())
    actions.remind_now(meeting=called, by=manager)
    assert guest.email not in written_to()


def test_a_mandate_given_back_opens_the_link_again(called, lille, manager, member, client):
    end_membership(membership=Membership.objects.get(user=member, space=lille), by=manager)
    link = reverse("meetings:respond", args=[convocations.answer_token(Invitee.objects.get(user=member))])
    assert client.get(link).status_code == 404
    make_member(lille, user=member)
    assert client.get(link).status_code == 200


def test_an_address_tells_whose_it_is_to_those_alone_who_share_a_space(lille, douai, manager):
    at = timezone.now() + timedelta(days=20)
    meeting = actions.prepare_meeting(space=lille, by=manager, title="CTT", starts_at=at, ends_at=at + LONG_AGO)
    stranger, typed, neighbour, animation = make_member(douai), make_member(douai), make_member(lille), make_animation()
    people = [Person(one.email) for one in (stranger, neighbour, animation, manager)]
    invited = actions.add_invitees(meeting=meeting, people=[*people, Person(typed.email, "M. X")], by=manager)
    seen = {one.email: one.name for one in invited}
    assert (seen.pop(stranger.email), seen.pop(typed.email)) == (stranger.email, "M. X")
    assert seen == {one.email: one.get_full_name() for one in (neighbour, animation, manager)}


def test_invitations_sent_before_are_sorted_by_the_mandates_held(called, lille, guest, member, manager):
    person = make_user()
    Invitee.objects.create(meeting=called, user=person, name="Sans mandat", email=person.email)
    end_membership(membership=Membership.objects.get(user=member, space=lille), by=manager)
    Invitee.objects.update(as_member=False)
    import_module("meetings.migrations.0011_invitee_as_member").remember_members(apps, None)
    assert [one.user for one in Invitee.objects.filter(as_member=True)] == [member]
