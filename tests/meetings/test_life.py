"""The life of a meeting: what comes next, what is no longer possible, what goes to the following one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from meetings import actions, queries
from meetings.actions import desk
from meetings.actions import minutes as minutes_actions
from meetings.actions.carry_over import carry_over_everywhere
from meetings.enums import BodyKind, MeetingState
from meetings.models import AgendaItem, Erratum, Meeting, Minutes
from meetings.queries import minutes as minutes_queries
from tests.factories import make_member
from tests.meetings.test_minutes import close_amendments, invite, make_held, write


@pytest.fixture
def held(lille, manager, body) -> Meeting:
    return make_held(lille, manager, body=body)


def prepare(lille, manager, body, *, days: int) -> Meeting:
    starts_at = timezone.now() + timedelta(days=days)
    return actions.prepare_meeting(
        space=lille, by=manager, title="CTT", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), body=body
    )


def leave_open(held, manager) -> AgendaItem:
    """A postponed item, and minutes to approve."""
    item = write(held, manager)
    desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="postponed")
    minutes_actions.circulate_minutes(meeting=held, by=manager)
    return item


def titles(meeting: Meeting) -> list[str]:
    return [
        title.split(" du ")[0] for title in meeting.items.order_by("position", "pk").values_list("title", flat=True)
    ]


# --- What is no longer possible -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [MeetingState.CIRCULATED, MeetingState.APPROVED])
def test_once_the_minutes_are_out_the_meeting_changes_no_more(state, held, manager, client) -> None:
    item = write(held, manager)
    guest = invite(held, make_member(held.space))
    minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=manager)
    if state == MeetingState.APPROVED:
        close_amendments()
        minutes_actions.approve_minutes(minutes=minutes, by=manager)
    held.refresh_from_db()
    item.refresh_from_db()
    guest.refresh_from_db()
    before = (Meeting.objects.values().get(), list(AgendaItem.objects.values()), held.invitees.count())
    when = {"starts_at": held.starts_at - timedelta(hours=1), "ends_at": held.ends_at}
    person = actions.Person("autre@test.example", "Autre")
    for act in (
        lambda: actions.change_meeting(meeting=held, by=manager, title="Autre", **when),
        lambda: actions.cancel_meeting(meeting=held, by=manager),
        lambda: actions.postpone_meeting(meeting=held, by=manager),
        lambda: actions.convene_meeting(meeting=held, by=manager),
        lambda: actions.add_item(meeting=held, by=manager, title="Autre"),
        lambda: actions.change_item(item=item, by=manager, title="Autre"),
        lambda: actions.move_item(item=item, by=manager, by_rows=1),
        lambda: actions.remove_item(item=item, by=manager),
        lambda: actions.add_invitees(meeting=held, people=[person], by=manager),
        lambda: actions.remove_invitee(invitee=guest, by=manager),
    ):
        with pytest.raises(ValidationError):
            act()
    assert (Meeting.objects.values().get(), list(AgendaItem.objects.values()), held.invitees.count()) == before
    client.force_login(manager)
    html = client.get(held.get_absolute_url()).content.decode()
    gone = [
        reverse(f"meetings:{name}", args=[held.uuid])
        for name in ("change", "cancel", "postpone", "item_new", "invitees")
    ]
    assert [url for url in gone if url in html] == []


def test_what_was_noted_keeps_its_item(held, manager) -> None:
    item = write(held, manager)
    item.refresh_from_db()
    with pytest.raises(ValidationError, match="notes ont été prises"):
        actions.remove_item(item=item, by=manager)


def test_a_meeting_that_was_held_does_not_move_into_the_future(held, manager) -> None:
    desk.hold_meeting(meeting=held, by=manager)
    guest = invite(held, make_member(held.space))
    type(guest).objects.update(answer="present")
    later = timezone.now() + timedelta(days=3)
    with pytest.raises(ValidationError, match="a eu lieu"):
        actions.change_meeting(
            meeting=held, by=manager, title="CTT", starts_at=later, ends_at=later + timedelta(hours=1)
        )
    with pytest.raises(ValidationError, match="ne s’annule plus"):
        actions.cancel_meeting(meeting=held, by=manager)
    ends_at = held.ends_at + timedelta(hours=1)
    actions.change_meeting(meeting=held, by=manager, title="CTT", starts_at=held.starts_at, ends_at=ends_at)
    guest.refresh_from_db()
    assert guest.answer == "present"


@pytest.mark.parametrize("how", ["row", "queryset", "erratum", "text"])
def test_the_database_keeps_what_was_approved(how, held, manager) -> None:
    write(held, manager)
    minutes, _ = minutes_actions.circulate_minutes(meeting=held, by=manager)
    close_amendments()
    minutes_actions.approve_minutes(minutes=minutes, by=manager)
    erratum = minutes_actions.add_erratum(minutes=minutes, by=manager, text="Lire 17 h.")

    def sql(words: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(words, values)

    act = {
        "row": lambda: sql("DELETE FROM meetings_minutes WHERE id = %s", minutes.pk),
        "queryset": lambda: Minutes.objects.filter(pk=minutes.pk)._raw_delete("default"),
        "erratum": lambda: sql("DELETE FROM meetings_erratum WHERE id = %s", erratum.pk),
        "text": lambda: Erratum.objects.update(text="Lire 18 h."),
    }[how]
    with pytest.raises(IntegrityError, match="approved minutes do not change"), transaction.atomic():
        act()
    Erratum.objects.update(created_by=None)  # the account of who wrote it may leave
    assert (Minutes.objects.count(), Erratum.objects.get().text) == (1, "Lire 17 h.")


# --- What comes next ------------------------------------------------------------------------------------------------


def step_of(meeting: Meeting, user, *, may_convene: bool = True) -> str:
    meeting = Meeting.objects.get(pk=meeting.pk)
    minutes = Minutes.objects.visible_to(user).filter(meeting=meeting).first()
    step = queries.next_step(meeting, queries.invited(user, meeting), minutes, may_convene)
    return step.label if step else ""


def test_the_main_button_follows_the_state(lille, manager, body) -> None:
    member = make_member(lille)
    meeting = prepare(lille, manager, body, days=3)
    said = [step_of(meeting, manager)]
    actions.add_invitees(meeting=meeting, people=[actions.Person(member.email)], by=manager)
    said.append(step_of(meeting, manager))
    actions.convene_meeting(meeting=meeting, by=manager)
    said.append(step_of(meeting, manager))
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1))
    said.append(step_of(meeting, manager))
    meeting.refresh_from_db()
    desk.hold_meeting(meeting=meeting, by=manager)
    said.append(step_of(meeting, manager))
    assert step_of(meeting, member, may_convene=False) == ""
    minutes, _ = minutes_actions.circulate_minutes(meeting=Meeting.objects.get(), by=manager)
    said.append(step_of(meeting, manager))
    close_amendments()
    minutes_actions.approve_minutes(minutes=minutes, by=manager)
    said.append(step_of(meeting, manager))
    assert said == [
        "Choisir les invités", "Convoquer", "", "Ouvrir le secrétariat", "Relire et diffuser le compte rendu",
        "Relire et approuver le compte rendu", "Lire le compte rendu",
    ]  # fmt: skip
    assert step_of(meeting, member, may_convene=False) == "Lire le compte rendu"


@pytest.mark.parametrize(
    ("state", "days", "offered"),
    [
        ("draft", 3, {"change"}),
        ("convened", 3, {"change", "postpone", "cancel", "desk"}),
        ("convened", -3, {"change", "cancel", "desk"}),
        ("held", -3, {"change", "cancel", "desk"}),
        ("cancelled", 3, set()),
        ("postponed", 3, {"change"}),
    ],
)
def test_only_what_is_possible_is_offered(state, days, offered, client, lille, manager, body) -> None:
    meeting = make_held(lille, manager, days=days, body=body)
    cancelled_at = timezone.now() if state == "cancelled" else None
    Meeting.objects.update(state=state, cancelled_at=cancelled_at)
    client.force_login(manager)
    html = client.get(meeting.get_absolute_url()).content.decode()
    names = {"change", "postpone", "cancel", "desk"}
    assert {name for name in names if reverse(f"meetings:{name}", args=[meeting.uuid]) in html} == offered


# --- What goes to the following meeting -----------------------------------------------------------------------------


def test_a_new_meeting_takes_what_was_left_by_itself(lille, manager, body, held) -> None:
    leave_open(held, manager)
    first = prepare(lille, manager, body, days=30)
    assert titles(first) == ["Approbation", "Horaires"]
    assert carry_over_everywhere() == 0


def test_what_was_left_follows_to_the_meeting_that_comes_first(lille, manager, body, held) -> None:
    leave_open(held, manager)
    later = prepare(lille, manager, body, days=30)
    sooner = prepare(lille, manager, body, days=10)
    assert (titles(later), titles(sooner)) == ([], ["Approbation", "Horaires"])
    actions.discard_draft(meeting=sooner, by=manager)
    assert titles(later) == ["Approbation", "Horaires"]
    starts_at = timezone.now() + timedelta(days=60)
    last = make_held(lille, manager, days=50, body=body)
    actions.change_meeting(
        meeting=later, by=manager, title="CTT", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
    )
    assert (titles(later), titles(last)) == ([], ["Approbation", "Horaires"])


@pytest.mark.parametrize("give_up", [actions.cancel_meeting, actions.postpone_meeting])
def test_a_meeting_given_up_forgets_nothing(give_up, lille, manager, body, held) -> None:
    leave_open(held, manager)
    given_up = make_held(lille, manager, days=10, body=body)
    after = prepare(lille, manager, body, days=30)
    assert titles(after) == []
    give_up(meeting=given_up, by=manager)
    assert (titles(given_up), titles(after)) == ([], ["Approbation", "Horaires"])


def test_minutes_not_approved_when_they_should_have_been_come_back(lille, manager, body, held) -> None:
    leave_open(held, manager)
    missed = prepare(lille, manager, body, days=10)
    past = timezone.now() - timedelta(hours=5)
    Meeting.objects.filter(pk=missed.pk).update(
        state=MeetingState.HELD, starts_at=past, ends_at=past + timedelta(hours=1)
    )
    assert titles(prepare(lille, manager, body, days=30)) == ["Approbation", "Horaires"]


def test_what_the_organiser_takes_off_does_not_come_back(lille, manager, body, held) -> None:
    leave_open(held, manager)
    coming = prepare(lille, manager, body, days=10)
    for item in coming.items.all():
        actions.remove_item(item=item, by=manager)
    assert (carry_over_everywhere(), titles(coming), queries.backlog(manager, body)) == (0, [], [])


# --- Small things that were lost ------------------------------------------------------------------------------------


def test_a_draft_says_that_it_was_changed(lille, manager, body, client) -> None:
    draft = prepare(lille, manager, body, days=10)
    client.force_login(manager)
    start, end = timezone.localtime(draft.starts_at), timezone.localtime(draft.ends_at)
    typed = {"title": "Autre", "day": f"{start:%Y-%m-%d}", "start": "14:00", "end": "16:00", "description": ""}
    address = reverse("meetings:change", args=[draft.uuid])
    said = [client.post(address, typed, follow=True).content.decode() for _ in range(2)]
    assert ["Réunion modifiée." in html for html in said] == [True, False]
    assert ["Rien n’a été changé." in html for html in said] == [False, True]
    assert end > start


def test_one_wrong_date_keeps_those_that_were_shifted(lille, manager, client) -> None:
    body = actions.add_body(space=lille, slug="gpr", name="GPR", kind=BodyKind.GPR, rrule="FREQ=MONTHLY;BYDAY=2TU")
    client.force_login(manager)
    shifted = (timezone.localdate() + timedelta(days=33)).isoformat()
    answer = client.post(reverse("meetings:plan", args=[lille.slug, body.slug]), {"jour": [shifted, "2027-02-31", ""]})
    html = answer.content.decode()
    assert (answer.status_code, f'value="{shifted}"' in html, 'value="2027-02-31"' in html) == (400, True, True)
    assert (html.count('name="jour"'), body.meetings.count()) == (3, 0)


def test_a_number_taken_back_is_given_to_nobody(held, manager) -> None:
    first = desk.take_decision(meeting=held, item=None, by=manager, text="Oui")
    desk.remove_line(meeting=held, by=manager, decision=first.uuid)
    assert desk.take_decision(meeting=held, item=None, by=manager, text="Non").rank == first.rank + 1


def test_who_said_that_they_would_not_come_is_in_the_minutes(held, manager) -> None:
    people = {"excused": "Excusés", "represented": "Représentés"}
    for answer in (*people, "none"):
        guest = invite(held, make_member(held.space))
        type(guest).objects.filter(pk=guest.pk).update(answer=answer, represented_by="Ada" if answer[0] == "r" else "")
    desk.hold_meeting(meeting=held, by=manager)
    groups = {label: len(found) for label, found in minutes_queries.content_of(held).groups}
    assert groups == {"Représentés": 1, "Excusés": 1, "Présence non renseignée": 1}


def test_a_meeting_just_cancelled_is_not_opened(held, manager) -> None:
    Meeting.objects.update(state=MeetingState.CANCELLED, cancelled_at=timezone.now())
    with pytest.raises(ValidationError, match="annulée"):
        desk.hold_meeting(meeting=held, by=manager)  # what the page had read
