"""Minutes from the desk to the archive: who may, what each step does, and that approved means approved."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from mail.models import OutgoingMail
from meetings.actions import add_body, desk, postpone_meeting, schedule_meeting
from meetings.actions import minutes as actions
from meetings.actions.carry_over import carry_over, carry_over_everywhere
from meetings.actions.papers import print_waiting
from meetings.enums import Approval, BodyKind, MeetingState, MinutesState
from meetings.models import AgendaItem, Decision, Invitee, Meeting, Minutes, Notes
from meetings.queries import minutes as queries
from search.queries import search
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_member, make_user


def make_held(space: Space, by, *, days: int = -2, body=None, title: str = "CTT") -> Meeting:
    starts_at = timezone.now() + timedelta(days=days)
    return schedule_meeting(
        space=space, by=by, title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), body=body
    )


def invite(meeting: Meeting, user) -> Invitee:
    return Invitee.objects.create(meeting=meeting, user=user, name=str(user), email=user.email)


def write(meeting: Meeting, by, text: str = "<p>Il est dit zygomorphe.</p>") -> AgendaItem:
    item = desk.add_item(meeting=meeting, by=by, title="Horaires")
    desk.save_notes(meeting=meeting, item=item.uuid, by=by, html=text, revision=0)
    desk.take_decision(meeting=meeting, item=item.uuid, by=by, text="On affiche les horaires.")
    desk.note_action(meeting=meeting, item=item.uuid, by=by, text="Afficher", person=by)
    return item


def close_amendments() -> None:
    """The day until which members could ask for a change is over."""
    Minutes.objects.filter(state=MinutesState.CIRCULATED).update(amend_until=timezone.localdate() - timedelta(days=1))


@pytest.fixture
def held(lille, manager) -> Meeting:
    return make_held(lille, manager)


@pytest.fixture
def circulated(held, manager) -> Minutes:
    write(held, manager)
    return actions.circulate_minutes(meeting=held, by=manager)[0]


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "refusal"), [(Role.READER, PermissionDenied), (Role.CONTRIBUTOR, PermissionDenied)])
def test_inside_the_space_the_desk_is_its_managers(role, refusal, held, lille) -> None:
    member = make_member(lille, role)
    with pytest.raises(refusal):
        write(held, member)
    with pytest.raises(refusal):
        actions.circulate_minutes(meeting=held, by=member)


def test_a_manager_elsewhere_finds_nothing(circulated, held, douai) -> None:
    stranger = make_member(douai, Role.MANAGER)
    for act in (
        lambda: desk.add_item(meeting=held, by=stranger, title="x"),
        lambda: actions.circulate_minutes(meeting=held, by=stranger),
        lambda: actions.approve_minutes(minutes=circulated, by=stranger),
        lambda: actions.propose_amendment(minutes=circulated, by=stranger, text="x"),
        lambda: actions.add_erratum(minutes=circulated, by=stranger, text="x"),
    ):
        with pytest.raises(Http404):
            act()
    assert not Minutes.objects.visible_to(stranger).exists()
    assert search(stranger, "zygomorphe").hits == []


def test_a_draft_is_read_by_those_who_write_it_alone(held, manager, lille) -> None:
    write(held, manager)
    reader = make_member(lille)
    assert (Minutes.objects.visible_to(reader).count(), Minutes.objects.visible_to(manager).count()) == (0, 1)
    assert (Decision.objects.visible_to(reader).count(), Decision.objects.visible_to(manager).count()) == (0, 1)
    assert search(reader, "zygomorphe").hits == []
    actions.circulate_minutes(meeting=held, by=manager)
    assert (Minutes.objects.visible_to(reader).count(), Decision.objects.visible_to(reader).count()) == (1, 1)
    assert {hit.url for hit in search(reader, "zygomorphe").hits} >= {f"/reunions/{held.uuid}/compte-rendu/"}


# --- The desk -------------------------------------------------------------------------------------------------------


def test_two_secretaries_lose_nothing(held, manager, lille) -> None:
    other = make_member(lille, Role.MANAGER)
    item = desk.add_item(meeting=held, by=manager, title="Horaires")
    first = desk.save_notes(meeting=held, item=item.uuid, by=manager, html="<p>un</p>", revision=0)
    with pytest.raises(desk.ConflictError) as conflict:
        desk.save_notes(meeting=held, item=item.uuid, by=other, html="<p>deux</p>", revision=0)
    assert (conflict.value.html, conflict.value.revision, conflict.value.by) == ("<p>un</p>", 1, manager)
    same = desk.save_notes(meeting=held, item=item.uuid, by=other, html="<p>un</p>", revision=0)
    assert (same.revision, first.revision) == (1, 1)
    merged = desk.save_notes(meeting=held, item=item.uuid, by=other, html="<p>un</p><p>deux</p>", revision=1)
    assert (merged.revision, Notes.objects.get().saved_by) == (2, other)


def test_decisions_are_numbered_by_body_and_by_year(lille, douai) -> None:
    by = make_member(lille, Role.MANAGER)
    body = add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    meetings = [make_held(lille, by, body=body), make_held(lille, by, body=body), make_held(lille, by)]
    numbers = [desk.take_decision(meeting=one, item=None, by=by, text="x").number for one in [*meetings, meetings[0]]]
    year = timezone.localtime(meetings[0].starts_at).year
    assert numbers == [f"D-{year}-001", f"D-{year}-002", f"D-{year}-001", f"D-{year}-003"]


def test_items_are_reordered_and_an_action_names_somebody(held, manager) -> None:
    items = [desk.add_item(meeting=held, by=manager, title=title) for title in "abc"]
    desk.move_item(meeting=held, item=items[2].uuid, by=manager, step=-1)
    desk.move_item(meeting=held, item=items[0].uuid, by=manager, step=-1)
    assert [one.title for one in queries.agenda_of(held)] == ["a", "c", "b"]
    with pytest.raises(ValidationError, match="qui s’en charge"):
        desk.note_action(meeting=held, item=items[0].uuid, by=manager, text="Faire")


def test_an_item_of_another_meeting_is_not_there(held, manager, lille) -> None:
    elsewhere = desk.add_item(meeting=make_held(lille, manager), by=manager, title="Ailleurs")
    for act in (
        lambda: desk.save_notes(meeting=held, item=elsewhere.uuid, by=manager, html="x", revision=0),
        lambda: desk.take_decision(meeting=held, item=elsewhere.uuid, by=manager, text="x"),
        lambda: desk.set_item_state(meeting=held, item=elsewhere.uuid, by=manager, state="treated"),
        lambda: desk.move_item(meeting=held, item=elsewhere.uuid, by=manager, step=1),
    ):
        with pytest.raises(Http404):
            act()


# --- Circulation, amendments, approval ------------------------------------------------------------------------------


def test_circulating_makes_a_document_and_tells_those_who_may_read(held, manager, lille, douai) -> None:
    write(held, manager)
    member, stranger = make_member(lille), make_member(douai)
    for user in (member, stranger, manager):
        invite(held, user)
    minutes, told = actions.circulate_minutes(meeting=held, by=manager)
    assert (told, list(OutgoingMail.objects.values_list("to", flat=True))) == (1, [member.email])
    assert "/compte-rendu/" in OutgoingMail.objects.get().text
    print_waiting()
    minutes.refresh_from_db()
    document = minutes.document
    assert (document.folder.slug, document.space, document.extension) == ("comptes-rendus", lille, "pdf")
    held.refresh_from_db()
    assert held.state == MeetingState.CIRCULATED
    with pytest.raises(ValidationError, match="Rien n’a changé"):
        actions.circulate_minutes(meeting=held, by=manager)
    assert OutgoingMail.objects.count() == 1
    desk.add_item(meeting=held, by=manager, title="Oublié")
    actions.circulate_minutes(meeting=held, by=manager)
    print_waiting()
    minutes.refresh_from_db()
    assert (minutes.document, minutes.document.versions.count(), minutes.circulations) == (document, 2, 2)


def test_once_the_day_is_over_the_same_words_may_be_asked_about_again(circulated, held, manager) -> None:
    close_amendments()
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    assert (minutes.circulations, minutes.amend_until > timezone.localdate()) == (2, True)


def test_what_is_read_is_what_was_circulated(circulated, held, manager) -> None:
    item = held.items.get()
    desk.save_notes(meeting=held, item=item.uuid, by=manager, html="<p>Changé depuis.</p>", revision=1)
    circulated.refresh_from_db()
    assert "zygomorphe" in queries.read_content(circulated).items[0].notes


def test_a_meeting_to_come_has_no_minutes_yet(lille, manager) -> None:
    meeting = make_held(lille, manager, days=3)
    with pytest.raises(ValidationError, match="pas commencé"):
        actions.circulate_minutes(meeting=meeting, by=manager)


def test_an_amendment_is_answered_with_a_word_and_waits_before_approval(circulated, held, manager, lille) -> None:
    member = make_member(lille, Role.CONTRIBUTOR)
    with pytest.raises(PermissionDenied):
        actions.propose_amendment(minutes=circulated, by=make_member(lille), text="x")
    amendment = actions.propose_amendment(minutes=circulated, by=member, text="Lire 18 h", item=held.items.get())
    with pytest.raises(ValidationError, match="attend une réponse"):
        actions.approve_minutes(minutes=circulated, by=manager)
    with pytest.raises(PermissionDenied):
        actions.settle_amendment(amendment=amendment, by=member, accepted=True, answer="oui")
    with pytest.raises(ValidationError, match="en un mot"):
        actions.settle_amendment(amendment=amendment, by=manager, accepted=False, answer="  ")
    actions.settle_amendment(amendment=amendment, by=manager, accepted=False, answer="C’était bien 17 h")
    with pytest.raises(ValidationError, match="déjà reçu"):
        actions.settle_amendment(amendment=amendment, by=manager, accepted=True, answer="non")
    with pytest.raises(ValidationError, match="jusqu’au"):
        actions.approve_minutes(minutes=circulated, by=manager)
    close_amendments()
    assert actions.approve_minutes(minutes=circulated, by=manager).is_frozen


def test_after_the_deadline_no_amendment_comes_in(circulated, lille) -> None:
    Minutes.objects.update(amend_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ValidationError, match="délai est passé"):
        actions.propose_amendment(minutes=circulated, by=make_member(lille, Role.CONTRIBUTOR), text="x")


@pytest.mark.parametrize(("rule", "state"), [(Approval.TACIT, "approved"), (Approval.EXPRESS, "circulated")])
def test_silence_approves_where_the_rule_says_so(rule, state, lille, manager) -> None:
    body = add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT, approval=rule)
    held = make_held(lille, manager, body=body)
    write(held, manager)
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    assert actions.approve_tacitly() == 0
    Minutes.objects.update(amend_until=timezone.localdate() - timedelta(days=1))
    desk.save_notes(meeting=held, item=held.items.get().uuid, by=manager, html="<p>Jamais lu.</p>", revision=1)
    assert (actions.approve_tacitly(), actions.approve_tacitly()) == ((1, 0) if rule == Approval.TACIT else (0, 0))
    minutes.refresh_from_db()
    assert minutes.state == state
    assert "zygomorphe" in queries.read_content(minutes).items[0].notes  # silence approves what was read


# --- Approved means approved ----------------------------------------------------------------------------------------


@pytest.fixture
def approved(circulated, manager) -> Minutes:
    close_amendments()
    return actions.approve_minutes(minutes=circulated, by=manager)


def test_no_action_changes_what_is_approved(approved, held, manager) -> None:
    item, before = held.items.get(), Minutes.objects.values().get()
    for act in (
        lambda: desk.save_notes(meeting=held, item=item.uuid, by=manager, html="x", revision=1),
        lambda: desk.add_item(meeting=held, by=manager, title="x"),
        lambda: desk.take_decision(meeting=held, item=item.uuid, by=manager, text="x"),
        lambda: desk.note_action(meeting=held, item=item.uuid, by=manager, text="x", person=manager),
        lambda: desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="withdrawn"),
        lambda: desk.move_item(meeting=held, item=item.uuid, by=manager, step=1),
        lambda: desk.remove_line(meeting=held, by=manager, decision=held.decisions.get().uuid),
        lambda: actions.circulate_minutes(meeting=held, by=manager),
    ):
        with pytest.raises(ValidationError, match="approuvé"):
            act()
    actions.approve_minutes(minutes=approved, by=manager)
    assert Minutes.objects.values().get() == before
    assert approved.sha256 == queries.read_content(approved).sha256()


@pytest.mark.parametrize(
    "change",
    [
        {"content": {}},
        {"sha256": "0" * 64},
        {"state": MinutesState.DRAFT},
        {"approved_at": None},
        {"amend_until": None},
    ],
)
def test_the_database_itself_refuses(change, approved) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.filter(pk=approved.pk).update(**change)


def test_a_stale_object_cannot_write_over_the_approved_one(circulated, manager) -> None:
    close_amendments()
    stale = Minutes.objects.get()
    actions.approve_minutes(minutes=circulated, by=manager)
    stale.content = {}
    with pytest.raises(IntegrityError), transaction.atomic():
        stale.save()


def test_an_erratum_follows_and_changes_nothing(approved, manager) -> None:
    before = approved.content
    numbers = [actions.add_erratum(minutes=approved, by=manager, text=f"Lire {n}").number for n in (1, 2)]
    print_waiting()
    approved.refresh_from_db()
    assert (numbers, approved.content, approved.document.versions.count()) == ([1, 2], before, 4)
    with approved.document.file.open() as file, pikepdf.open(io.BytesIO(file.read())) as pdf:
        assert "compte-rendu.json" in pdf.attachments


def test_provisional_minutes_take_no_erratum(circulated, manager) -> None:
    with pytest.raises(ValidationError, match="pas encore approuvé"):
        actions.add_erratum(minutes=circulated, by=manager, text="x")


# --- What is left open ----------------------------------------------------------------------------------------------


def test_nothing_open_is_forgotten_and_nothing_comes_twice(lille, manager) -> None:
    body = add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    held = make_held(lille, manager, body=body)
    item = write(held, manager)
    desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="postponed")
    actions.circulate_minutes(meeting=held, by=manager)
    coming = make_held(lille, manager, days=20, body=body)
    assert (carry_over(body), carry_over(body), carry_over_everywhere()) == (0, 0, 0)
    titles = [one.title for one in queries.agenda_of(coming)]
    assert titles[0].startswith("Approbation du compte rendu du ")
    assert titles[1:] == ["Horaires"]
    assert coming.items.get(title="Horaires").carried_from == item
    assert [one.text for one in queries.open_actions_of_body(coming, manager)] == ["Afficher"]
    with pytest.raises(ValidationError, match="déjà à l’ordre du jour"):
        desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="open")


def test_another_body_gets_nothing(lille, douai, manager) -> None:
    body = add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    other = add_body(space=douai, slug="ctt", name="CTT", kind=BodyKind.CTT)
    item = write(held := make_held(lille, manager, body=body), manager)
    desk.set_item_state(meeting=held, item=item.uuid, by=manager, state="postponed")
    coming = make_held(douai, make_member(douai, Role.MANAGER), days=20, body=other)
    assert (carry_over_everywhere(), coming.items.count()) == (0, 0)


def test_somebody_without_mandate_is_nobody(circulated) -> None:
    assert not Minutes.objects.visible_to(make_user()).exists()


# --- Express approval -----------------------------------------------------------------------------------------------


def test_the_sitting_that_has_it_on_its_agenda_approves_before_the_day(lille, manager, client) -> None:
    body = add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    held = make_held(lille, manager, body=body)
    write(held, manager)
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    coming = make_held(lille, manager, days=20, body=body)
    with pytest.raises(ValidationError, match="dès l’ouverture de la séance du"):
        actions.approve_minutes(minutes=minutes, by=manager)
    client.force_login(manager)
    button = "Relire et approuver ce compte rendu"
    assert button in client.get(coming.get_absolute_url()).content.decode()
    client.force_login(make_member(lille))
    html = client.get(coming.get_absolute_url()).content.decode()
    assert (button in html, minutes.get_absolute_url() in html) == (False, True)
    mark = transaction.savepoint()
    postpone_meeting(meeting=coming, by=manager)
    with pytest.raises(ValidationError, match=r"se fait ensuite\."):
        actions.approve_minutes(minutes=minutes, by=manager)
    transaction.savepoint_rollback(mark)
    now = timezone.now()
    Meeting.objects.filter(pk=coming.pk).update(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1))
    assert actions.approve_minutes(minutes=minutes, by=manager).is_frozen
