"""A meeting cancelled or put off takes place after all; one put off goes to another day, or to another meeting."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from extranet.templatetags.french import long_date
from mail.models import OutgoingMail
from meetings import actions
from meetings.actions import desk
from meetings.actions import minutes as minutes_actions
from meetings.enums import Answer, MeetingState
from meetings.models import Action, Invitee, Meeting
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_life import prepare
from tests.meetings.test_minutes import make_held, write


@pytest.fixture
def meeting(lille, manager, member, body, django_capture_on_commit_callbacks) -> Meeting:
    made = prepare(lille, manager, body, days=10)
    actions.add_invitees(meeting=made, people=[actions.Person(member.email)], by=manager)
    actions.convene_meeting(meeting=made, by=manager)
    Invitee.objects.update(answer=Answer.PRESENT)
    return Meeting.objects.get()


@pytest.mark.parametrize("give_up", [actions.cancel_meeting, actions.postpone_meeting])
def test_what_was_given_up_is_on_again_and_people_are_told(give_up, meeting, manager, lille, douai) -> None:
    give_up(meeting=meeting, by=manager)
    with pytest.raises(PermissionDenied):
        actions.restore_meeting(meeting=meeting, by=make_member(lille, Role.CONTRIBUTOR))
    with pytest.raises(Http404):
        actions.restore_meeting(meeting=meeting, by=make_member(douai, Role.MANAGER))
    before = Meeting.objects.get().sequence
    actions.restore_meeting(meeting=meeting, by=manager)
    actions.restore_meeting(meeting=meeting, by=manager)
    now = Meeting.objects.get()
    assert (now.state, now.cancelled_at, now.sequence, now.starts_at) == (
        MeetingState.CONVENED, None, before + 1, meeting.starts_at,
    )  # fmt: skip
    guest = Invitee.objects.get()
    assert (guest.answer, guest.told_sequence) == (Answer.NONE, before + 1)


def test_a_past_date_is_not_restored(meeting, manager) -> None:
    actions.cancel_meeting(meeting=meeting, by=manager)
    past = timezone.now() - timedelta(days=1)
    Meeting.objects.update(starts_at=past - timedelta(hours=2), ends_at=past)
    with pytest.raises(ValidationError, match="date est passée"):
        actions.restore_meeting(meeting=meeting, by=manager)


def test_put_off_then_given_its_own_date_again_it_is_on(meeting, manager) -> None:
    actions.postpone_meeting(meeting=meeting, by=manager)
    same = {name: getattr(meeting, name) for name in ("title", "starts_at", "ends_at", "place", "link", "description")}
    actions.change_meeting(meeting=meeting, by=manager, **same)
    assert (Meeting.objects.get().state, Invitee.objects.get().answer) == (MeetingState.CONVENED, Answer.NONE)


def test_the_screens_restore_and_put_off(meeting, manager, client, lille, body) -> None:
    client.force_login(manager)
    other = make_held(lille, manager, days=30, body=body)
    postpone, restore = (reverse(f"meetings:{name}", args=[meeting.uuid]) for name in ("postpone", "restore"))
    assert "Nouveau jour" in client.get(postpone).content.decode()
    day = timezone.localdate(meeting.starts_at) + timedelta(days=3)
    client.post(postpone, {"day": day.isoformat()})
    moved = Meeting.objects.get(pk=meeting.pk)
    assert (timezone.localdate(moved.starts_at), moved.state) == (day, MeetingState.CONVENED)
    assert timezone.localtime(moved.starts_at).time() == timezone.localtime(meeting.starts_at).time()
    client.post(postpone, {"day": "", "to": str(other.pk)})
    moved.refresh_from_db()
    assert (moved.state, moved.postponed_to) == (MeetingState.POSTPONED, other)
    html = client.get(moved.get_absolute_url()).content.decode()
    assert other.get_absolute_url() in html
    assert restore in html
    client.post(restore)
    moved.refresh_from_db()
    assert (moved.state, moved.postponed_to) == (MeetingState.CONVENED, None)
    assert restore not in client.get(moved.get_absolute_url()).content.decode()


def test_the_two_ways_out_of_a_postponement_say_what_each_does(meeting, manager, client) -> None:
    actions.postpone_meeting(meeting=meeting, by=manager)
    client.force_login(manager)
    change, restore = (reverse(f"meetings:{name}", args=[meeting.uuid]) for name in ("change", "restore"))
    day = long_date(meeting.starts_at)
    html = client.get(meeting.get_absolute_url()).content.decode()
    assert (f">Rétablir à sa date, le {day}</button>" in html, ">Donner une autre date</a>" in html) == (True, True)
    assert "Dans les deux cas, les personnes convoquées sont prévenues" in html
    assert (
        client.get(change).context["form"]["day"].value() is None
    )  # the old one is not given by a form left as it was
    past = timezone.now() - timedelta(days=1)
    Meeting.objects.update(starts_at=past - timedelta(hours=2), ends_at=past)
    html = client.get(meeting.get_absolute_url()).content.decode()
    assert (restore in html, change in html, "il ne reste qu’à en donner une autre" in html) == (False, True, True)
    said = client.post(restore, follow=True).content.decode()
    assert ("Cette date est passée" in said, Meeting.objects.get().state) == (True, MeetingState.POSTPONED)


def test_the_mail_says_that_it_is_on_again(meeting, manager, django_capture_on_commit_callbacks) -> None:
    actions.cancel_meeting(meeting=meeting, by=manager)
    with django_capture_on_commit_callbacks(execute=True):
        actions.restore_meeting(meeting=meeting, by=manager)
    sent = mail.outbox[-1]
    assert (sent.subject.startswith("Rétablie"), "aura bien lieu" in sent.body) == (True, True)
    calendar = next(part for part in sent.message().walk() if part.get_content_type() == "text/calendar")
    found = Calendar.from_ical(calendar.get_payload(decode=True))
    assert (str(found["METHOD"]), found.walk("VEVENT")[0]["SEQUENCE"]) == ("REQUEST", Meeting.objects.get().sequence)


# --- What earlier sittings left -------------------------------------------------------------------------------------


def test_open_actions_and_the_history_of_items_are_on_the_next_page(lille, manager, member, body, client) -> None:
    held = make_held(lille, manager, body=body)
    item = write(held, manager)
    desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="postponed")
    Action.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    coming = make_held(lille, manager, days=20, body=body)
    client.force_login(member)
    html = client.get(coming.get_absolute_url()).content.decode()
    assert ("Actions en cours" in html, "zygomorphe" in html) == (False, False)  # not circulated yet
    minutes_actions.circulate_minutes(meeting=held, by=manager)
    html = client.get(coming.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert "Actions en cours : 1, dont 1 en retard" in html
    for said in ("Afficher", "Historique : 1 séance précédente", "zygomorphe", "On affiche les horaires."):
        assert said in html
    client.force_login(manager)
    desk.hold_meeting(meeting=coming, by=manager)
    assert "zygomorphe" in client.get(reverse("meetings:desk", args=[coming.uuid])).content.decode()


def test_the_convocation_says_them_to_those_who_read_the_space(lille, manager, member, body) -> None:
    held = make_held(lille, manager, body=body)
    write(held, manager)
    minutes_actions.circulate_minutes(meeting=held, by=manager)
    coming = prepare(lille, manager, body, days=10)
    people = [actions.Person(member.email, user=member), actions.Person("dehors@test.example", "Dehors")]
    actions.add_invitees(meeting=coming, people=people, by=manager)
    actions.convene_meeting(meeting=coming, by=manager)
    told = {one.to: "Actions en cours" in one.text for one in OutgoingMail.objects.filter(text__contains="invité")}
    assert told == {member.email: True, "dehors@test.example": False}
