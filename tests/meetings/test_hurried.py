"""What somebody in a hurry, twice a month, types without looking: told at once, in words that say what to do."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from mail.models import OutgoingMail
from meetings import actions, convocations, planning
from meetings.actions import desk
from meetings.actions import minutes as minutes_actions
from meetings.enums import MeetingState
from meetings.forms import InviteesForm, initial_of
from meetings.models import Action, Amendment, Invitee, Meeting
from spaces.enums import Role
from tests.factories import make_meeting, make_member
from tests.meetings.test_minutes import invite, make_held, write


def next_fourteenth_of_july() -> date:
    today = timezone.localdate()
    return date(today.year + ((today.month, today.day) >= (7, 14)), 7, 14)


def test_a_date_shifted_onto_a_holiday_is_planned_and_said(lille, manager, member, body, client) -> None:
    client.force_login(manager)
    bastille = next_fourteenth_of_july()
    page = client.post(reverse("meetings:plan", args=["lille", "ctt"]), {"jour": [bastille.isoformat()]}, follow=True)
    assert "jour férié (Fête nationale)" in page.content.decode()
    [meeting] = Meeting.objects.all()
    assert "jour férié (Fête nationale)" in client.get(meeting.get_absolute_url()).content.decode()
    actions.announce_meeting(meeting=meeting, by=manager)
    client.force_login(member)
    assert "férié" not in client.get(meeting.get_absolute_url()).content.decode()  # they can do nothing about it


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 5, 6), "jour férié (Ascension)"),
        (date(2027, 3, 27), "week-end"),
        (date(2027, 3, 29), "jour férié (Lundi de Pâques)"),
        (date(2027, 3, 30), ""),
    ],
)
def test_days_off(day, said) -> None:
    assert planning.day_off(day) == said


def test_a_date_that_is_past_is_named(lille, manager, body, client) -> None:
    client.force_login(manager)
    page = client.post(reverse("meetings:plan", args=["lille", "ctt"]), {"jour": ["2026-01-01"]}).content.decode()
    assert "Le jeudi 1er\u00a0janvier 2026 n’est pas à venir" in page


def test_a_draft_whose_day_is_past_says_how_to_open_its_desk(lille, manager, body, client) -> None:
    starts_at = timezone.now() - timedelta(days=3)
    draft = actions.prepare_meeting(
        space=lille, by=manager, title="CTT", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), body=body
    )
    client.force_login(manager)
    assert "ouvre son secrétariat" in client.get(draft.get_absolute_url()).content.decode()


def test_a_due_date_before_the_meeting_is_refused(lille, manager) -> None:
    held = make_held(lille, manager)
    too_soon = timezone.localdate(held.starts_at) - timedelta(days=1)
    with pytest.raises(ValidationError, match="précède la réunion"):
        desk.note_action(meeting=held, item=None, by=manager, text="Afficher", person=manager, due_on=too_soon)
    assert not Action.objects.exists()


@pytest.mark.parametrize("lines", [["zoe@x.example", "Zoé <Zoe@x.example>"], ["Zoé <zoe@x.example>", "zoe@x.example"]])
def test_written_twice_somebody_keeps_the_name_that_was_given(lines, lille, manager) -> None:
    form = InviteesForm({"people": "\n".join(lines)}, space=lille)
    assert form.is_valid()
    meeting = make_meeting(lille, by=manager)
    actions.add_invitees(meeting=meeting, people=form.cleaned_data["people"], by=manager)
    assert list(Invitee.objects.values_list("name", flat=True)) == ["Zoé"]


@pytest.mark.parametrize(
    ("typed", "name"), [('"Nom, Zoé" <a@x.example>', "Nom, Zoé"), ('Zoé "Zo" <a@x.example>', 'Zoé "Zo"')]
)
def test_quotes_around_a_name_go_and_those_within_stay(typed, name, lille) -> None:
    form = InviteesForm({"people": typed}, space=lille)
    assert form.is_valid()
    assert [one.name for one in form.cleaned_data["people"]] == [name]


def test_an_answer_refused_for_a_field_is_still_for_the_date_that_was_read(lille, manager, client) -> None:
    """The meeting moves while the form is open: what is sent again is not taken for the new date unseen."""
    meeting = make_meeting(lille, by=manager)
    [guest] = actions.add_invitees(meeting=meeting, people=[actions.Person("zoe@x.example", "Zoé")], by=manager)
    actions.convene_meeting(meeting=meeting, by=manager)
    link = reverse("meetings:respond", args=[convocations.answer_token(guest)])
    seen = int(meeting.starts_at.timestamp())
    Meeting.objects.update(starts_at=meeting.starts_at + timedelta(days=1), ends_at=meeting.ends_at + timedelta(days=1))
    refused = client.post(link, {"answer": "represented", "seen": seen}).content.decode()
    assert f'name="seen" value="{seen}"' in refused
    said = client.post(link, {"answer": "represented", "represented_by": "Ada", "seen": seen}).content.decode()
    assert "a changé entre-temps" in said
    assert f'name="seen" value="{seen + 86400}"' in said
    assert Invitee.objects.get().answer == "none"


def test_an_accepted_amendment_is_on_the_page_until_it_is_circulated(lille, manager, client) -> None:
    held = make_held(lille, manager)
    write(held, manager)
    minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=manager)
    by = make_member(lille, Role.CONTRIBUTOR)
    minutes_actions.propose_amendment(minutes=minutes, by=by, text="Lire 18 h")
    minutes_actions.settle_amendment(amendment=Amendment.objects.get(), by=manager, accepted=True, answer="Exact")
    words = "amendement accepté n’est pas dans le texte diffusé"
    for user, is_said in ((manager, True), (by, False)):
        client.force_login(user)
        assert (words in client.get(minutes.get_absolute_url()).content.decode()) == is_said
    minutes_actions.circulate_minutes(meeting=held, by=manager)
    client.force_login(manager)
    assert words not in client.get(minutes.get_absolute_url()).content.decode()


def test_a_form_left_open_does_not_put_a_meeting_on_again(lille, manager, client) -> None:
    """In another tab the meeting is put off; a word corrected in the first would have told everybody that it takes place."""
    meeting = make_meeting(lille, by=manager)
    client.force_login(manager)
    address = reverse("meetings:change", args=[meeting.uuid])
    shown = initial_of(meeting)
    typed = {**shown, "day": f"{shown['day']}", "start": f"{shown['start']:%H:%M}", "end": f"{shown['end']:%H:%M}"}
    actions.postpone_meeting(meeting=meeting, by=manager)
    page = client.post(address, {**typed, "place": "Salle 3"}).content.decode()
    assert "a changé pendant que vous écriviez" in page
    assert "reportée" in page
    now = Meeting.objects.get()
    assert (now.state, now.place) == (MeetingState.POSTPONED, "")
    assert 'value="Salle 3"' in page  # nothing typed is lost
    assert f'name="seen" value="{now.updated_at.isoformat()}"' in page
    wrong = client.post(address, {**typed, "title": ""}).content.decode()
    assert f'name="seen" value="{typed["seen"]}"' in wrong  # still what had been read
    client.post(address, {**typed, "place": "Salle 3", "seen": now.updated_at.isoformat()})
    assert Meeting.objects.get().state == MeetingState.CONVENED


def test_a_long_title_leaves_room_for_the_day_in_the_subject(lille, manager) -> None:
    meeting = make_meeting(lille, by=manager, title="Interminable " * 15)
    actions.add_invitees(meeting=meeting, people=[actions.Person("zoe@x.example")], by=manager)
    actions.convene_meeting(meeting=meeting, by=manager)
    subject = OutgoingMail.objects.get(to="zoe@x.example").subject
    assert (len(subject) < 200, subject.endswith("merci de répondre")) == (True, True)


def test_attendance_not_noted_is_said_before_the_circulation(lille, manager, client) -> None:
    held = make_held(lille, manager)
    write(held, manager)
    guest = invite(held, make_member(lille))
    client.force_login(manager)
    address = reverse("meetings:minutes", args=[held.uuid])
    assert "invité n’est pas notée" in client.get(address).content.decode()
    desk.mark_attendance(meeting=held, invitee=guest.uuid, by=manager, attendance="present")
    assert "n’est pas notée" not in client.get(address).content.decode()
