"""Choosing a date together: who is asked, who sees what, what a link can do, and the one click that convenes."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from mail.models import OutgoingMail
from meetings import actions, convocations, polling
from meetings.actions import Person
from meetings.enums import AnsweredVia, BodyKind, MeetingState
from meetings.models import Ballot, Invitee, Meeting, Poll, PollAnswer, PollDate
from meetings.queries import poll_answers_of, waiting_polls
from spaces.enums import Role
from tests.factories import make_meeting, make_member, make_user
from tests.meetings.polls import (
    ADA,
    BOB,
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
    link_of,
    propose,
    spans,
    typed,
)

# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_finds_nothing(role, poll, douai, client):
    stranger = make_member(douai, role)
    client.force_login(stranger)
    uuid, date = poll.meeting.uuid, dates_of(poll)[0]
    answers = [
        client.get(reverse("meetings:poll", args=[uuid])),
        client.post(reverse("meetings:poll", args=[uuid]), typed(poll, Y, Y, Y)),
        client.get(reverse("meetings:poll_propose", args=[uuid])),
        client.post(reverse("meetings:poll_propose", args=[uuid]), {}),
        client.post(reverse("meetings:poll_remind", args=[uuid])),
        client.post(reverse("meetings:poll_choose", args=[uuid, date.pk])),
    ]
    assert [one.status_code for one in answers] == [404] * 6
    assert all("zygomorphe" not in one.content.decode() for one in answers)
    assert "zygomorphe" not in client.get("/").content.decode()
    for write in (
        lambda: actions.propose_dates(meeting=poll.meeting, spans=spans(9, 10), closes_on=in_days(2), by=stranger),
        lambda: actions.choose_date(date=date, by=stranger),
        lambda: actions.remind_poll(poll=poll, by=stranger),
        lambda: actions.answer_poll(ballot=ballot_of(ADA), choices={}, via=AnsweredVia.SITE, by=stranger),
    ):
        with pytest.raises(Http404):
            write()
    assert (PollAnswer.objects.count(), Meeting.objects.get().state) == (0, MeetingState.DRAFT)


def test_a_member_who_was_not_asked_does_not_know_of_it(poll, lille, client):
    other = make_member(lille, Role.CONTRIBUTOR)
    client.force_login(other)
    assert client.get(reverse("meetings:poll", args=[poll.meeting.uuid])).status_code == 404
    for write in (
        lambda: actions.choose_date(date=dates_of(poll)[0], by=other),
        lambda: propose(poll.meeting, other),
        lambda: actions.answer_poll(ballot=ballot_of(ADA), choices={}, via=AnsweredVia.SITE, by=other),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_a_date_of_another_poll_is_not_found(poll, lille, manager, client):
    other = draft(lille, manager)
    actions.add_invitees(meeting=other, people=[BOB], by=manager)
    date = dates_of(propose(other, manager))[0]
    client.force_login(manager)
    assert client.post(reverse("meetings:poll_choose", args=[poll.meeting.uuid, date.pk])).status_code == 404


def test_being_asked_gives_no_right_on_the_space(poll, client):
    guest = make_user("ada.compte@test.example")
    Invitee.objects.filter(email=ADA.email).update(user=guest)
    client.force_login(guest)
    assert client.get(reverse("meetings:poll", args=[poll.meeting.uuid])).status_code == 404
    assert waiting_polls(guest) == []
    with pytest.raises(Http404):
        actions.answer_poll(ballot=ballot_of(ADA), choices={}, via=AnsweredVia.SITE, by=guest)


def test_who_was_asked_about_a_draft_sees_their_own_answers_alone(poll, member, client):
    answer(ADA, Y, N, N)
    client.force_login(member)
    page = client.get(poll.get_absolute_url()).content.decode()
    assert "CTT zygomorphe" in page
    assert not [word for word in ("Ailleurs", "Toutes les réponses", "Retenir") if word in page]
    assert client.get(poll.meeting.get_absolute_url()).status_code == 404
    page = client.get(link_of(BOB)).content.decode()
    assert "Bob" in page
    assert "Ailleurs" not in page
    assert member.last_name not in page


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_each_invitee_is_asked_once_with_a_link_of_their_own(poll, manager, member):
    assert sorted(message.to[0] for message in mail.outbox) == sorted([ADA.email, BOB.email, member.email])
    words = next(message.body for message in mail.outbox if message.to == [ADA.email])
    assert link_of(ADA) in words
    assert link_of(BOB) not in words
    assert words.count(", de 14\u00a0h à 16\u00a0h") == 3
    assert not OutgoingMail.objects.exclude(text__in=["", "[oublié]"]).filter(text__contains=link_of(ADA)).exists()
    before = OutgoingMail.objects.count()
    propose(poll.meeting, manager)
    assert OutgoingMail.objects.count() == before


def test_the_members_of_the_body_are_invited_when_nobody_is(lille, manager, member):
    body = actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    actions.add_body_member(body=body, user=member, by=None)
    propose(draft(lille, manager, body=body), manager)
    assert [one.invitee.user for one in Ballot.objects.all()] == [member]
    with pytest.raises(ValidationError, match="Personne n’est invité"):
        propose(draft(lille, manager), manager)


def test_dates_that_cannot_be_proposed(lille, manager):
    meeting = draft(lille, manager)
    actions.add_invitees(meeting=meeting, people=[ADA], by=manager)
    for days, closes_in, words in (
        ((20,), 7, "de 2 à 20"),
        ((20, 20), 7, "de 2 à 20"),
        (tuple(range(20, 41)), 7, "de 2 à 20"),
        ((-1, 20), 7, "passée"),
        ((20, 21), 20, "avant la première"),
        ((20, 21), -1, "pas encore passé"),
    ):
        with pytest.raises(ValidationError, match=words):
            propose(meeting, manager, *days, closes_in=closes_in)
    with pytest.raises(ValidationError, match="a sa date"):
        propose(make_meeting(lille, by=manager), manager)
    assert (Poll.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_new_dates_keep_the_answers_and_ask_again(poll, manager):
    answer(ADA, Y, M, N)
    OutgoingMail.objects.all().delete()
    actions.propose_dates(meeting=poll.meeting, spans=spans(21, 22, 23), closes_on=poll.closes_on, by=manager)
    assert sorted(PollAnswer.objects.values_list("choice", flat=True)) == ["maybe", "no"]
    assert ballot_of(ADA).answered_at is None
    assert {one.subject.partition(":")[0].strip() for one in OutgoingMail.objects.all()} == {"Nouvelles dates"}
    assert OutgoingMail.objects.count() == 3
    with pytest.raises(ValidationError, match="ont changé"):
        actions.answer_poll(ballot=ballot_of(ADA), choices={0: Y}, via=AnsweredVia.LINK)


def test_who_is_added_later_is_asked_and_who_is_removed_is_told(poll, manager):
    OutgoingMail.objects.all().delete()
    actions.add_invitees(meeting=poll.meeting, people=[Person("cleo@ailleurs.example"), ADA], by=manager)
    assert [one.to for one in OutgoingMail.objects.all()] == ["cleo@ailleurs.example"]
    actions.remove_invitee(invitee=ballot_of(ADA).invitee, by=manager)
    told = OutgoingMail.objects.filter(text__contains="n’êtes plus attendu")
    assert list(told.values_list("to", flat=True)) == [ADA.email]
    assert Ballot.objects.count() == 3


# --- Answering ------------------------------------------------------------------------------------------------------


def test_the_link_shows_without_answering_then_answers_and_changes(poll, client):
    page = client.get(link_of(ADA))
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("same-origin", True)
    client.head(link_of(ADA))
    assert PollAnswer.objects.count() == 0
    incomplete = dict(list(typed(poll, Y, N, M).items())[:2])
    page = client.post(link_of(ADA), incomplete).content.decode()
    assert "Répondez aussi pour cette date" in page
    assert page.count(" checked") == 2, "what was chosen stays"
    assert PollAnswer.objects.count() == 0
    assert "Vos réponses sont enregistrées" in client.post(link_of(ADA), typed(poll, Y, N, M)).content.decode()
    client.post(link_of(ADA), typed(poll, N, N, M))
    client.post(link_of(ADA), typed(poll, N, N, M))
    assert list(PollAnswer.objects.order_by("date").values_list("ballot__invitee__email", "choice")) == [
        (ADA.email, "no"), (ADA.email, "no"), (ADA.email, "maybe"),
    ]  # fmt: skip
    assert ballot_of(ADA).answered_via == AnsweredVia.LINK


def test_a_member_answers_on_the_site_from_home(poll, member, client):
    client.force_login(member)
    assert "Dire quelles dates me conviennent" in client.get("/").content.decode()
    client.post(poll.get_absolute_url(), typed(poll, Y, M, N))
    assert (waiting_polls(member), ballot_of(member).answered_via) == ([], AnsweredVia.SITE)
    assert client.get(poll.get_absolute_url()).content.decode().count(" checked") == 3
    assert [row["réponse"] for row in poll_answers_of(member)] == ["yes", "maybe", "no"]


def test_forged_and_foreign_links_are_refused(poll, client):
    ada, bob = ballot_of(ADA), ballot_of(BOB)
    forged = polling.ballot_token(bob).replace(bob.uuid.hex, ada.uuid.hex)
    convocation = convocations.answer_token(ada.invitee)
    for token in (forged, convocation, "forged", ada.uuid.hex):
        address = reverse("meetings:poll_respond", args=[token])
        assert client.get(address).status_code == 404
        assert client.post(address, typed(poll, Y, Y, Y)).status_code == 404
    assert client.get(reverse("meetings:respond", args=[polling.ballot_token(ada)])).status_code == 404
    assert PollAnswer.objects.count() == 0


def _cancelled(poll, manager):
    actions.cancel_meeting(meeting=poll.meeting, by=manager)


def _discarded(poll, manager):
    actions.discard_draft(meeting=poll.meeting, by=manager)


def _withdrawn(poll, manager):
    actions.remove_invitee(invitee=ballot_of(ADA).invitee, by=manager)


def _announced(poll, manager):
    actions.announce_meeting(meeting=poll.meeting, by=manager)


@pytest.mark.parametrize(
    ("what_happens", "words"),
    [
        (_cancelled, "est annulée"),
        (_discarded, "ne sert plus"),
        (expired, "délai de réponse est passé"),
        (_withdrawn, "ne sert plus"),
        (chosen, "La date est choisie"),
        (_announced, "La date est choisie"),
    ],
)
def test_a_link_that_comes_too_late_says_why_and_changes_nothing(poll, manager, client, what_happens, words):
    address, given = link_of(ADA), typed(poll, Y, Y, Y)
    what_happens(poll, manager)
    for response in (client.get(address), client.post(address, given)):
        assert (response.status_code, words in response.content.decode()) == (410, True)
    assert PollAnswer.objects.count() == 0


def test_too_late_on_the_site_too(poll, member, client):
    expired(poll, None)
    client.force_login(member)
    page = client.post(poll.get_absolute_url(), typed(poll, Y, Y, Y))
    assert "délai de réponse est passé" in page.content.decode()
    assert (PollAnswer.objects.count(), waiting_polls(member)) == (0, [])


def test_who_was_asked_is_told_when_the_draft_is_abandoned(poll, manager):
    OutgoingMail.objects.all().delete()
    _discarded(poll, manager)
    assert OutgoingMail.objects.filter(text__contains="est abandonnée").count() == 3


# --- Keeping a date -------------------------------------------------------------------------------------------------


def test_one_click_convenes_at_the_chosen_date_and_a_second_one_does_nothing(
    poll, manager, client, django_capture_on_commit_callbacks
):
    answer(ADA, N, Y, M)
    client.force_login(manager)
    first, second, third = dates_of(poll)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            client.post(reverse("meetings:poll_choose", args=[poll.meeting.uuid, second.pk]))
        client.post(reverse("meetings:poll_choose", args=[poll.meeting.uuid, third.pk]))
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.starts_at, meeting.ends_at) == (
        MeetingState.CONVENED, second.starts_at, second.ends_at,
    )  # fmt: skip
    assert (meeting.title, meeting.place) == ("CTT zygomorphe", "Salle 2")
    assert len(mail.outbox) == 3
    [part] = [one for one in mail.outbox[0].alternatives if one[1].startswith("text/calendar")]
    [event] = Calendar.from_ical(part[0]).walk("VEVENT")
    assert (event.decoded("DTSTART"), event["SEQUENCE"]) == (second.starts_at, 0)
    with pytest.raises(ValidationError, match="La date est choisie"):
        actions.choose_date(date=first, by=manager)
    reader = make_member(meeting.space)
    client.force_login(reader)
    page = client.get(poll.get_absolute_url()).content.decode()
    assert "Retenue" in page
    assert "Retenir cette date" not in page


def test_a_past_date_is_not_kept(poll, manager):
    date = dates_of(poll)[0]
    PollDate.objects.filter(pk=date.pk).update(
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
    )
    date.refresh_from_db()
    with pytest.raises(ValidationError, match="est passée"):
        actions.choose_date(date=date, by=manager)
    assert (Meeting.objects.get().state, Poll.objects.get().chosen) == (MeetingState.DRAFT, None)


def test_a_postponed_meeting_finds_its_new_date_under_the_same_uid(poll, manager, member, client):
    actions.choose_date(date=dates_of(poll)[0], by=manager)
    meeting = Meeting.objects.get()
    actions.postpone_meeting(meeting=meeting, by=manager)
    with pytest.raises(ValidationError, match="vient d’être reportée"):
        propose(meeting, manager, 20, 30)
    again = propose(meeting, manager, 30, 31)
    client.force_login(member)
    page = client.get(again.get_absolute_url()).content.decode()
    assert "Toutes les réponses" in page, "a meeting put off is seen, and so are the answers"
    OutgoingMail.objects.all().delete()
    actions.choose_date(date=dates_of(again)[1], by=manager)
    calendars = [Calendar.from_ical(one.calendar).walk("VEVENT")[0] for one in OutgoingMail.objects.all()]
    assert {(one["UID"], one["SEQUENCE"]) for one in calendars} == {(f"{meeting.uuid}@reunions.extranet-spo", 2)}
    assert (len(calendars), Meeting.objects.get().state) == (3, MeetingState.CONVENED)
