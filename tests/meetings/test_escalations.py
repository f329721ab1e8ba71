"""« Faire remonter »: only two texts cross, one up, one down; and each once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from documents.models import DocumentVersion
from meetings.actions import add_body, agenda, cancel_meeting, discard_draft, minutes
from meetings.actions.carry_over import carry_over_everywhere
from meetings.actions.escalations import escalate, origin_of, withdraw_escalation
from meetings.enums import BodyKind, EscalationState, ItemState, MeetingState, Purpose
from meetings.models import AgendaItem, Body, Decision, Escalation, Meeting, Minutes
from meetings.queries.escalations import RECEIVED, SENT, Filter, escalations
from notifications.models import Event
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_member, make_space
from tests.meetings.escalations import answer, coming, step
from tests.meetings.test_minutes import close_amendments

LIST = reverse("meetings:escalations")


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "refusal"), [(Role.READER, PermissionDenied), (Role.CONTRIBUTOR, PermissionDenied)])
def test_only_those_who_run_a_side_write_for_it(role, refusal, lille, cotec, douai, upper, ctt, sent, manager, facilitator) -> None:  # fmt: skip
    for member in (make_member(lille, role), make_member(cotec, role)):
        with pytest.raises((refusal, Http404)):
            escalate(space=lille, to_body=upper, by=member, title="X", text="X")
        with pytest.raises((refusal, Http404)):
            answer(sent, member)
        with pytest.raises((refusal, Http404)):
            withdraw_escalation(escalation=sent, by=member)
    elsewhere = make_member(douai, Role.MANAGER)
    for write_ in (
        lambda: escalate(space=lille, to_body=upper, by=elsewhere, title="X", text="X"),
        lambda: answer(sent, elsewhere),
        lambda: answer(sent, manager),  # the territory does not answer itself
        lambda: withdraw_escalation(escalation=sent, by=elsewhere),
        lambda: withdraw_escalation(escalation=sent, by=facilitator),
    ):
        with pytest.raises(Http404):
            write_()
    assert Escalation.objects.get() == sent
    assert step(sent) == EscalationState.SENT


def test_the_upper_space_reads_the_text_and_nothing_else_of_the_territory(client, sent, held, facilitator) -> None:
    client.force_login(facilitator)
    html = client.get(sent.get_absolute_url()).content.decode()
    assert "Qui les fixe ?" in html
    assert "le CTT de Lille" in html
    for hidden in (str(held.uuid), "Séance d’origine", "sybarite", "On affiche"):
        assert hidden not in html
    for name in ("meeting", "minutes", "escalate"):
        assert client.get(reverse(f"meetings:{name}", args=[held.uuid])).status_code == 404
    assert not Meeting.objects.visible_to(facilitator).exists()


def test_the_territory_reads_the_answer_and_nothing_else_of_the_upper_space(
    client, sent, upper, manager, facilitator
) -> None:
    session = coming(upper, facilitator, draft=False)
    agenda.add_item(meeting=session, by=facilitator, title="Ordre secret")
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    answer(sent, facilitator)
    client.force_login(manager)
    for address in (sent.get_absolute_url(), LIST, sent.meeting.get_absolute_url()):
        html = client.get(address).content.decode()
        assert "Chaque structure." in html
        for hidden in (str(session.uuid), "Ordre secret", "/espaces/cotec/"):
            assert hidden not in html
    for name in ("meeting", "minutes"):
        assert client.get(reverse(f"meetings:{name}", args=[session.uuid])).status_code == 404
    assert client.get(reverse("meetings:body", args=["cotec", "cotec"])).status_code == 404


def test_a_neighbour_learns_of_nothing_not_even_a_count(client, douai, sent) -> None:
    client.force_login(make_member(douai, Role.MANAGER))
    assert client.get(sent.get_absolute_url()).status_code == 404
    for side in ("envoyees", "recues"):
        html = client.get(
            LIST, {"cote": side, "instance": sent.to_body_id, "espace": sent.from_space_id}
        ).content.decode()
        assert "Horaires" not in html
        assert "COTEC" not in html
        assert ">Lille<" not in html


def test_a_mandate_that_ends_closes_both_doors(client, sent, manager, facilitator) -> None:
    for who in (manager, facilitator):
        today = timezone.localdate()
        who.memberships.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
        client.force_login(who)
        assert client.get(sent.get_absolute_url()).status_code == 404


# --- The way up -----------------------------------------------------------------------------------------------------


def test_it_waits_in_the_upper_backlog_with_its_origin(sent, upper, facilitator) -> None:
    [item] = AgendaItem.objects.waiting().filter(body=upper)
    assert (item.title, item.description) == ("Horaires d’été", "Remonté par le CTT de Lille.\n\nQui les fixe ?")
    assert (item.proposed_by, item.documents.count()) == (None, 0)
    [row] = escalations(facilitator, Filter(RECEIVED))
    assert (row.origin, row.state_label) == ("le CTT de Lille", "Transmise")
    assert escalations(facilitator, Filter(SENT)) == []


def test_it_is_entered_once_people_are_told_of_the_agenda(sent, upper, facilitator) -> None:
    draft = coming(upper, facilitator)
    agenda.choose_items(meeting=draft, items=[sent.item], by=facilitator)
    assert step(sent) == EscalationState.SENT
    Meeting.objects.filter(pk=draft.pk).update(state=MeetingState.CONVENED)
    assert step(sent) == EscalationState.ENTERED
    sent.item.refresh_from_db()
    agenda.remove_item(item=sent.item, by=facilitator)
    assert step(sent) == EscalationState.SENT
    assert AgendaItem.objects.waiting().get().pk == sent.item_id


def test_a_discarded_draft_leaves_it_waiting(sent, upper, facilitator) -> None:
    draft = coming(upper, facilitator)
    agenda.choose_items(meeting=draft, items=[sent.item], by=facilitator)
    discard_draft(meeting=draft, by=facilitator)
    assert AgendaItem.objects.waiting().get().pk == sent.item_id


def test_not_to_any_body_nor_twice_nor_empty(lille, ctt, upper, held, manager) -> None:
    def up(**fields):
        return escalate(**{"space": lille, "to_body": upper, "by": manager, "title": "T", "text": "X", **fields})

    for wrong in ({"to_body": ctt}, {"text": "  "}, {"title": ""}, {"title": "a\u202eb"}, {"text": "x" * 3501}):
        with pytest.raises(ValidationError):
            up(**wrong)
    decision = Decision.objects.get()
    up(about=decision)
    with pytest.raises(ValidationError, match="déjà saisie"):
        up(about=decision, title="Autrement")
    up(title="Libre")
    with pytest.raises(ValidationError, match="déjà saisie"):
        up(title="Libre")
    other = add_body(space=make_space("calais"), slug="ctt", name="CTT", kind=BodyKind.CTT)
    with pytest.raises(ValidationError, match="autre espace"):
        up(body=other, text="Y")
    Body.objects.filter(pk=upper.pk).update(is_active=False)
    with pytest.raises(ValidationError):
        up(text="Z")
    assert Escalation.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Lille", BodyKind.CTT, "le CTT de Lille"),
        ("Artois-Ternois", BodyKind.USER_PANEL, "le groupe d’usagers d’Artois-Ternois"),
        ("Étaples", BodyKind.CTT, "le CTT d’Étaples"),
        ("COTEC", BodyKind.COTEC, "Instance (COTEC)"),
        ("Lille", None, "l’espace Lille"),
    ],
)
def test_the_origin_reads_as_french(name, kind, words) -> None:
    assert origin_of(Space(name=name), Body(name="Instance", kind=kind) if kind else None) == words


# --- The way back ---------------------------------------------------------------------------------------------------


def test_the_answer_comes_back_beside_minutes_that_do_not_change(
    client, sent, held, upper, manager, facilitator
) -> None:
    minutes.circulate_minutes(meeting=held, by=manager)
    close_amendments()
    frozen = minutes.approve_minutes(minutes=held.minutes, by=manager)
    before = (frozen.content, frozen.sha256, DocumentVersion.objects.count())
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    answer(sent, facilitator)
    frozen = Minutes.objects.get(pk=frozen.pk)
    assert (frozen.content, frozen.sha256, DocumentVersion.objects.count()) == before
    client.force_login(make_member(held.space))
    html = client.get(frozen.get_absolute_url()).content.decode()
    assert "Chaque structure." in html
    assert "Faire remonter" not in html
    assert b"Chaque structure" not in client.get(reverse("meetings:minutes_file", args=[held.uuid, "odt"])).content


def test_the_answer_comes_onto_the_next_agenda_once(sent, ctt, manager, facilitator) -> None:
    answer(sent, facilitator)
    assert carry_over_everywhere() == 0
    following = coming(ctt, manager)
    carry_over_everywhere()
    [item] = AgendaItem.objects.filter(meeting=following, title__startswith="Réponse de l’instance régionale")
    assert (item.purpose, item.description) == (Purpose.INFORMATION, "COTEC régional\u00a0: Chaque structure.")
    carry_over_everywhere()
    item.delete()
    assert carry_over_everywhere() == 0


@pytest.mark.parametrize("state", [EscalationState.TREATED, EscalationState.RETURNED])
def test_answered_from_the_backlog_it_waits_no_more(state, sent, facilitator) -> None:
    with pytest.raises(ValidationError, match="Écrivez la réponse"):
        answer(sent, facilitator, "  ", state)
    with pytest.raises(ValidationError, match="traitée ou renvoyée"):
        answer(sent, facilitator, "Oui", EscalationState.WITHDRAWN)
    answer(sent, facilitator, "Hors de notre compétence.", state)
    assert (step(sent), AgendaItem.objects.waiting().count()) == (state, 0)
    with pytest.raises(ValidationError, match="déjà reçu"):
        answer(sent, facilitator, "Autre chose", state)


def test_what_was_said_upstairs_stays_as_it_was(sent, upper, facilitator) -> None:
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    Meeting.objects.filter(pk=session.pk).update(state=MeetingState.APPROVED)
    answer(sent, facilitator)
    assert AgendaItem.objects.get(pk=sent.item_id).state == ItemState.OPEN


# --- Taking it back -------------------------------------------------------------------------------------------------


def test_withdrawn_the_upper_space_reads_it_no_more(client, sent, upper, cotec, manager, facilitator) -> None:
    withdraw_escalation(escalation=sent, by=manager)
    assert not AgendaItem.objects.filter(body=upper).exists()
    assert not Event.objects.filter(space=cotec).exists()
    client.force_login(facilitator)
    assert client.get(sent.get_absolute_url()).status_code == 404
    assert escalations(facilitator, Filter(RECEIVED)) == []
    client.force_login(manager)
    assert "Retirée" in client.get(sent.get_absolute_url()).content.decode()
    for again in (lambda: withdraw_escalation(escalation=sent, by=manager), lambda: answer(sent, facilitator)):
        with pytest.raises(ValidationError, match="retirée"):
            again()


def test_withdrawn_from_an_announced_agenda_it_says_so(sent, upper, manager, facilitator) -> None:
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    withdraw_escalation(escalation=sent, by=manager)
    item = AgendaItem.objects.get(pk=sent.item_id)
    assert (item.state, item.description) == (ItemState.WITHDRAWN, "Retiré par le CTT de Lille.")


def test_once_spoken_of_it_is_not_withdrawn(sent, upper, manager, facilitator) -> None:
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    Meeting.objects.filter(pk=session.pk).update(state=MeetingState.HELD)
    with pytest.raises(ValidationError, match="déjà été examiné"):
        withdraw_escalation(escalation=sent, by=manager)
    answer(sent, facilitator)
    with pytest.raises(ValidationError, match="déjà reçu"):
        withdraw_escalation(escalation=sent, by=manager)


def test_a_cancelled_session_does_not_lose_it(sent, upper, manager, facilitator) -> None:
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    cancel_meeting(meeting=session, by=facilitator)
    assert step(sent) == EscalationState.SENT
    answer(sent, facilitator)
