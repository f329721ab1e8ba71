"""At the next meeting nothing open has been forgotten, whatever became of the meeting that it was on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings import actions, queries
from meetings.actions import desk, escalations, room
from meetings.actions import minutes as minutes_actions
from meetings.actions.carry_over import carry_over_everywhere
from meetings.enums import BodyKind, EscalationState, MeetingState
from meetings.models import AgendaItem, Invitee, Meeting
from spaces.enums import Role
from tests.factories import make_document, make_folder, make_member
from tests.meetings.test_life import leave_open, prepare, titles
from tests.meetings.test_minutes import make_held, write


@pytest.fixture
def body(lille):
    return actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT, agenda_template="Tour de table")


@pytest.fixture
def held(lille, manager, body) -> Meeting:
    return make_held(lille, manager, body=body)


def pass_by(meeting: Meeting, state: str = MeetingState.DRAFT) -> None:
    past = timezone.now() - timedelta(hours=5)
    Meeting.objects.filter(pk=meeting.pk).update(state=state, starts_at=past, ends_at=past + timedelta(hours=1))


def waiting(manager, body) -> list[str]:
    return [item.title for item in queries.backlog(manager, body)]


def choose(meeting: Meeting, by, title: str = "Transport") -> AgendaItem:
    item = actions.propose_item(body=meeting.body, by=by, title=title)
    actions.choose_items(meeting=meeting, items=[item], by=by)
    return AgendaItem.objects.get(pk=item.pk)


# --- A draft that its day has left behind ---------------------------------------------------------------------------


def test_a_draft_never_announced_gives_back_what_it_had(lille, manager, body, held) -> None:
    leave_open(held, manager)
    draft = prepare(lille, manager, body, days=10)
    choose(draft, manager)
    assert titles(draft) == ["Approbation", "Tour de table", "Horaires", "Transport"]
    pass_by(draft)
    after = prepare(lille, manager, body, days=30)
    assert titles(after) == ["Approbation", "Tour de table", "Horaires"]
    assert (titles(draft), waiting(manager, body)) == (["Tour de table"], ["Transport"])
    assert carry_over_everywhere() == 0


def test_the_sweep_gives_back_without_a_meeting_to_come(lille, manager, body) -> None:
    draft = prepare(lille, manager, body, days=10)
    choose(draft, manager)
    pass_by(draft)
    assert waiting(manager, body) == []
    carry_over_everywhere()
    assert waiting(manager, body) == ["Transport"]


# --- What a meeting held left open ----------------------------------------------------------------------------------


def test_what_was_left_open_without_a_word_comes_back(lille, manager, body, held) -> None:
    actions.add_item(meeting=held, by=manager, title="Mobilité")
    write(held, manager)
    desk.hold_meeting(meeting=held, by=manager)
    coming = prepare(lille, manager, body, days=10)
    assert titles(coming) == ["Tour de table", "Mobilité"]
    minutes_actions.circulate_minutes(meeting=held, by=manager)
    assert titles(coming) == ["Approbation", "Tour de table", "Mobilité"]
    pass_by(coming, MeetingState.HELD)
    assert titles(prepare(lille, manager, body, days=30)) == ["Approbation", "Tour de table", "Mobilité"]


@pytest.mark.parametrize("how", ["treated", "noted"])
def test_what_is_dealt_with_afterwards_leaves_the_next_agenda(how, lille, manager, body, held) -> None:
    item = actions.add_item(meeting=held, by=manager, title="Mobilité")
    desk.hold_meeting(meeting=held, by=manager)
    coming = prepare(lille, manager, body, days=10)
    assert titles(coming) == ["Tour de table", "Mobilité"]
    if how == "treated":
        desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="treated")
    else:
        desk.save_notes(meeting=held, item=item.uuid, by=manager, html="<p>Dit.</p>", revision=0)
    carry_over_everywhere()
    assert titles(coming) == ["Tour de table"]


def test_an_item_postponed_is_on_the_agenda_already_there_once_the_write_is_done(
    lille, manager, body, held, django_capture_on_commit_callbacks
) -> None:
    item, coming = write(held, manager), prepare(lille, manager, body, days=10)
    with django_capture_on_commit_callbacks(execute=True):
        desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="postponed")
    assert titles(coming) == ["Tour de table", "Horaires"]


@pytest.mark.parametrize("is_planned", [True, False])
def test_a_usual_line_put_off_is_not_there_twice(is_planned, lille, manager, body) -> None:
    """Each agenda has its own: that one says where it comes from."""
    held = make_held(lille, manager, body=body)
    coming = prepare(lille, manager, body, days=10) if is_planned else None
    usual = held.items.get(title="Tour de table")
    desk.save_notes(meeting=held, item=usual.uuid, by=manager, html="<p>Commencé.</p>", revision=0)
    desk.set_item_state(meeting=held, item=usual.uuid, by=manager, state="postponed")
    coming = coming or prepare(lille, manager, body, days=10)
    assert (carry_over_everywhere(), carry_over_everywhere()) == (0, 0)
    assert titles(coming) == ["Tour de table"]
    assert coming.items.get().carried_from == usual
    with pytest.raises(ValidationError, match="déjà à l’ordre du jour"):
        desk.set_item_state(meeting=held, item=usual.uuid, by=manager, state="open")


def test_what_an_older_meeting_left_has_had_its_turn(lille, manager, body) -> None:
    older = make_held(lille, manager, days=-60, body=body)
    actions.add_item(meeting=older, by=manager, title="Vieux point")
    make_held(lille, manager, days=-20, body=body)
    Meeting.objects.update(state=MeetingState.HELD)
    assert titles(prepare(lille, manager, body, days=10)) == ["Tour de table"]


# --- A meeting that is cancelled ------------------------------------------------------------------------------------


@pytest.mark.parametrize("give_up", [actions.cancel_meeting, actions.postpone_meeting])
def test_what_waited_in_the_body_waits_there_again(give_up, lille, manager, body) -> None:
    given_up = make_held(lille, manager, days=10, body=body)
    choose(given_up, manager)
    actions.add_item(meeting=given_up, by=manager, title="Pour ce jour-là")
    give_up(meeting=given_up, by=manager)
    assert (titles(given_up), waiting(manager, body)) == (["Tour de table", "Pour ce jour-là"], ["Transport"])


def test_a_question_raised_and_its_answer_outlive_the_meeting(lille, douai, manager, body) -> None:
    above = make_member(douai, Role.MANAGER)
    upper = actions.add_body(space=douai, slug="cotec", name="COTEC", kind=BodyKind.COTEC)
    raised = escalations.escalate(space=lille, body=body, to_body=upper, by=manager, title="Bus", text="Plus de bus.")
    meeting = make_held(douai, above, days=10, body=upper)
    actions.choose_items(meeting=meeting, items=[raised.item], by=above)
    actions.cancel_meeting(meeting=meeting, by=above)
    assert waiting(above, upper) == ["Bus"]
    answered_on = make_held(lille, manager, days=5, body=body)
    escalations.answer_escalation(escalation=raised, by=above, state=EscalationState.TREATED, answer="Oui.")
    answer = "Réponse de l’instance régionale\u00a0: Bus"
    assert titles(answered_on) == ["Tour de table", answer]
    actions.cancel_meeting(meeting=answered_on, by=manager)
    draft = prepare(lille, manager, body, days=20)
    assert (titles(answered_on), titles(draft)) == (["Tour de table"], ["Tour de table", answer])
    actions.discard_draft(meeting=draft, by=manager)
    assert titles(prepare(lille, manager, body, days=30)) == ["Tour de table", answer]


# --- A meeting put off, then dated anew -----------------------------------------------------------------------------


def date_anew(meeting: Meeting, by, *, days: int) -> Meeting:
    starts_at = timezone.now() + timedelta(days=days)
    return actions.change_meeting(
        meeting=meeting, by=by, title="CTT", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )


@pytest.fixture
def called(lille, manager, body, held) -> Meeting:
    """With one of each: minutes to approve, an item postponed, one that waited in the body, one of its own."""
    leave_open(held, manager)
    meeting = prepare(lille, manager, body, days=10)
    choose(meeting, manager)
    actions.add_item(meeting=meeting, by=manager, title="Pour ce jour-là")
    actions.add_invitees(meeting=meeting, people=[actions.Person("a@test.example", "A")], by=manager)
    actions.convene_meeting(meeting=meeting, by=manager)
    Invitee.objects.update(answer="present")
    return meeting


@pytest.fixture
def put_off(called, manager) -> Meeting:
    return actions.postpone_meeting(meeting=called, by=manager)


AGENDA = ["Approbation", "Tour de table", "Horaires", "Transport", "Pour ce jour-là"]


def test_dated_anew_it_takes_back_what_it_had_each_once_in_its_place(manager, body, put_off) -> None:
    transport = AgendaItem.objects.get(title="Transport")
    assert (transport.meeting, waiting(manager, body)) == (None, ["Transport"])
    date_anew(put_off, manager, days=20)
    actions.convene_meeting(meeting=put_off, by=manager)
    assert carry_over_everywhere() == 0
    assert (titles(put_off), waiting(manager, body)) == (AGENDA, [])
    horaires = AgendaItem.objects.get(meeting=put_off, title="Horaires")
    assert (horaires.carried_from.title, transport.pk) == (
        "Horaires",
        AgendaItem.objects.get(meeting=put_off, title="Transport").pk,
    )
    # As often as it happens.
    actions.postpone_meeting(meeting=put_off, by=manager)
    date_anew(put_off, manager, days=40)
    assert (titles(put_off), waiting(manager, body)) == (AGENDA, [])


@pytest.mark.parametrize("give_up", [actions.cancel_meeting, actions.postpone_meeting])
def test_restored_at_its_date_too(give_up, lille, manager, body) -> None:
    meeting = prepare(lille, manager, body, days=10)
    choose(meeting, manager)
    actions.announce_meeting(meeting=meeting, by=manager)
    give_up(meeting=meeting, by=manager)
    actions.restore_meeting(meeting=meeting, by=manager)
    assert (titles(meeting), waiting(manager, body)) == (["Tour de table", "Transport"], [])


def test_a_draft_left_behind_then_dated_anew_too(lille, manager, body) -> None:
    draft = prepare(lille, manager, body, days=10)
    choose(draft, manager)
    pass_by(draft)
    carry_over_everywhere()
    assert waiting(manager, body) == ["Transport"]
    date_anew(draft, manager, days=20)
    assert (titles(draft), waiting(manager, body)) == (["Tour de table", "Transport"], [])


@pytest.mark.parametrize("is_straight", [True, False])
def test_put_off_straight_to_a_day_is_put_off_then_dated_anew(is_straight, called, manager, body) -> None:
    """Whichever way, the meeting is the same at the end, but for one SEQUENCE."""
    if not is_straight:
        actions.postpone_meeting(meeting=called, by=manager)
    date_anew(called, manager, days=20)
    now = Meeting.objects.get(pk=called.pk)
    assert (now.state, now.postponed_to, now.sequence) == (MeetingState.CONVENED, None, 1 if is_straight else 2)
    assert (titles(called), waiting(manager, body)) == (AGENDA, [])
    assert [(one.answer, one.told_sequence) for one in called.invitees.all()] == [("none", now.sequence)]


@pytest.mark.parametrize("is_straight", [True, False])
def test_put_off_to_another_meeting_which_speaks_of_what_it_had(is_straight, lille, manager, body, called) -> None:
    """What `to` brings is what one would choose there by hand; and the items written for that day alone, which nobody else has."""
    other = make_held(lille, manager, days=30, body=body)
    actions.add_item(meeting=other, by=manager, title="Déjà là")
    if is_straight:
        actions.postpone_meeting(meeting=called, by=manager, to=other)
        own = ["Pour ce jour-là"]
    else:
        actions.postpone_meeting(meeting=called, by=manager)
        actions.choose_items(meeting=other, items=in_backlog(body), by=manager)
        own = []
    theirs = ["Approbation", "Tour de table", "Déjà là"]
    assert sorted(titles(other)) == sorted([*theirs, "Horaires", "Transport", *own])
    assert (titles(other)[:3], waiting(manager, body)) == (theirs, [])
    # Given up in its turn, it leaves them in the body.
    actions.cancel_meeting(meeting=other, by=manager)
    assert waiting(manager, body) == ["Transport", *own]


def test_what_the_other_meeting_stood_for_comes_back_if_this_one_is_on(lille, manager, body, called) -> None:
    other = make_held(lille, manager, days=30, body=body)
    actions.postpone_meeting(meeting=called, by=manager, to=other)
    actions.remove_item(item=AgendaItem.objects.get(title="Pour ce jour-là"), by=manager)
    actions.restore_meeting(meeting=called, by=manager)
    assert (titles(called), titles(other)) == (
        ["Tour de table", "Transport"], ["Approbation", "Tour de table", "Horaires"],
    )  # fmt: skip
    assert waiting(manager, body) == ["Pour ce jour-là"]


def test_what_the_other_meeting_has_spoken_of_stays_there(lille, manager, body, called) -> None:
    other = make_held(lille, manager, days=5, body=body)
    actions.postpone_meeting(meeting=called, by=manager, to=other)
    transport = AgendaItem.objects.get(title="Transport")
    desk.save_notes(meeting=other, item=transport.uuid, by=manager, html="<p>Dit.</p>", revision=0)
    actions.restore_meeting(meeting=called, by=manager)
    assert ("Transport" in titles(other), titles(called)) == (True, ["Tour de table", "Pour ce jour-là"])


def test_an_agenda_without_room_takes_nothing(lille, manager, body, called, monkeypatch) -> None:
    other = make_held(lille, manager, days=30, body=body)
    monkeypatch.setattr(room, "MAX_ITEMS", 2)
    with pytest.raises(ValidationError, match="2 points"):
        actions.postpone_meeting(meeting=called, by=manager, to=other)
    assert (Meeting.objects.get(pk=called.pk).state, len(titles(called))) == (MeetingState.CONVENED, len(AGENDA))


def test_what_another_meeting_has_taken_meanwhile_stays_there(lille, manager, body, put_off) -> None:
    other = prepare(lille, manager, body, days=15)
    assert titles(other) == ["Approbation", "Tour de table", "Horaires"]
    actions.choose_items(meeting=other, items=in_backlog(body), by=manager)
    actions.announce_meeting(meeting=other, by=manager)
    date_anew(put_off, manager, days=12)
    assert titles(put_off) == ["Tour de table", "Pour ce jour-là"]
    assert titles(other) == ["Approbation", "Tour de table", "Horaires", "Transport"]
    # Nor does it come back when the other gives it up in turn: it is the other's to take again.
    actions.postpone_meeting(meeting=other, by=manager)
    assert titles(put_off) == ["Approbation", "Tour de table", "Pour ce jour-là", "Horaires"]
    assert waiting(manager, body) == ["Transport"]
    date_anew(other, manager, days=30)
    assert (titles(other), waiting(manager, body)) == (["Tour de table", "Transport"], [])


def in_backlog(body) -> list[AgendaItem]:
    return list(AgendaItem.objects.waiting().filter(body=body))


def test_what_was_withdrawn_from_the_backlog_meanwhile_does_not_come_back(manager, body, put_off) -> None:
    actions.remove_item(item=AgendaItem.objects.get(title="Transport"), by=manager)
    date_anew(put_off, manager, days=20)
    assert titles(put_off) == [title for title in AGENDA if title != "Transport"]


def test_what_is_taken_off_once_it_is_back_waits_for_nobody(manager, body, put_off) -> None:
    date_anew(put_off, manager, days=20)
    actions.remove_item(item=AgendaItem.objects.get(title="Transport"), by=manager)
    carry_over_everywhere()
    assert (titles(put_off), waiting(manager, body)) == ([t for t in AGENDA if t != "Transport"], ["Transport"])


def test_another_space_is_not_touched(douai, manager, body, put_off) -> None:
    above = make_member(douai, Role.MANAGER)
    elsewhere = actions.add_body(space=douai, slug="ctt", name="CTT", kind=BodyKind.CTT)
    other = prepare(douai, above, elsewhere, days=5)
    date_anew(put_off, manager, days=20)
    assert (titles(other), waiting(above, elsewhere)) == ([], [])
    assert list(queries.backlog(above, body)) == []


# --- One's own item of the backlog ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["remove", "discard"])
def test_one_s_own_item_waits_again(how, lille, manager, body) -> None:
    draft = prepare(lille, manager, body, days=10)
    item = choose(draft, manager)
    added = actions.add_item(meeting=draft, by=make_member(lille, Role.MANAGER), title="D’une collègue")
    if how == "remove":
        actions.remove_item(item=item, by=manager)
        actions.remove_item(item=added, by=manager)
    else:
        actions.discard_draft(meeting=draft, by=manager)
    assert waiting(manager, body) == ["Transport"]


# --- Costs ----------------------------------------------------------------------------------------------------------

EACH_PAGE = 3
"""The account, its rights, its bell."""


def test_a_full_meeting_costs_eight_queries_beside_those_of_each_page(
    lille, manager, body, client, django_assert_max_num_queries
) -> None:
    reader, folder = make_member(lille), make_folder(lille)
    held = make_held(lille, manager, days=-5, body=body)
    coming = make_held(lille, manager, days=10, body=body)
    costs = []
    for many in (2, 20):
        for n in range(many):
            postponed = write(held, manager, f"<p>{many} {n}</p>")
            desk.set_item_state(meeting=held, item=postponed.uuid, by=manager, state="postponed")
            paper = make_document(folder, by=manager, title=f"Pièce {many} {n}")
            actions.add_item(meeting=coming, by=manager, title=f"Point {many} {n}").documents.add(paper)
            Invitee.objects.create(meeting=coming, name=f"P{n}", email=f"p{many}-{n}@dehors.example")
        minutes_actions.circulate_minutes(meeting=held, by=manager)
        for user, most in ((reader, 8), (manager, 12)):
            client.force_login(user)
            client.get(coming.get_absolute_url())
            with django_assert_max_num_queries(EACH_PAGE + most) as asked:
                html = client.get(coming.get_absolute_url()).content.decode()
            costs.append(len(asked))
            assert (f"Pièce {many} 0" in html, "Historique" in html, "Actions en cours" in html) == (True, True, True)
    assert costs[:2] == costs[2:]
