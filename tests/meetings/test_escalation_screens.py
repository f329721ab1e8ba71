"""« Faire remonter » on screen: by plain forms from the minutes to the answer; who is told; what the screens cost."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from meetings import tasks
from meetings.actions import add_body, agenda, desk, minutes
from meetings.actions.escalations import escalate
from meetings.enums import BodyKind, MeetingState
from meetings.models import Action, Decision, Escalation, Meeting
from meetings.queries.escalations import SENT, Filter, escalations
from notifications.actions import tell
from notifications.models import Delivery, Event
from spaces.enums import Role, SpaceKind
from tests.factories import make_animation, make_member, make_space
from tests.meetings.escalations import answer, coming

LIST = reverse("meetings:escalations")


@pytest.mark.django_db(transaction=True)
def test_each_side_is_told_and_only_those_who_run_it() -> None:
    lille, cotec = make_space("lille"), make_space("cotec", kind=SpaceKind.COTEC)
    manager, facilitator = make_member(lille, Role.MANAGER), make_member(cotec, Role.MANAGER)
    make_member(lille), make_member(cotec)
    upper = add_body(space=cotec, slug="cotec", name="COTEC", kind=BodyKind.COTEC)
    sent = escalate(space=lille, to_body=upper, by=manager, title="Horaires", text="Qui les fixe ?")
    assert [(one.to, "Qui les fixe ?" in one.body) for one in mail.outbox] == [([facilitator.email], True)]
    answer(sent, facilitator)
    assert [(one.to, "Chaque structure." in one.body) for one in mail.outbox[1:]] == [([manager.email], True)]


def test_from_the_minutes_to_the_answer_by_plain_forms(client, held, upper, manager, facilitator) -> None:
    minutes.circulate_minutes(meeting=held, by=manager)
    client.force_login(manager)
    decision = Decision.objects.get()
    html = client.get(reverse("meetings:minutes", args=[held.uuid])).content.decode()
    address = f"{reverse('meetings:escalate', args=[held.uuid])}?decision={decision.number}"
    assert address in html
    html = client.get(address).content.decode()
    assert "On affiche les horaires." in html
    assert "sera lu par les membres de l’espace «\u00a0Cotec\u00a0»" in html
    refused = client.post(address, {"to_body": upper.pk, "title": "", "text": "Gardé", "purpose": "decision"})
    assert "Donnez un intitulé." in refused.content.decode()
    assert "Gardé" in refused.content.decode()
    data = {"to_body": upper.pk, "title": "Horaires", "text": "On affiche <b>quoi</b> ?", "purpose": "decision"}
    page = client.post(address, data, follow=True).content.decode()
    assert "Transmis." in page
    assert "&lt;b&gt;quoi" in page
    assert "Remontée (COTEC régional)" in client.get(reverse("meetings:register")).content.decode()
    [sent] = Escalation.objects.all()
    assert sent.subject == f"meetings.decision:{decision.pk}"
    client.force_login(facilitator)
    at = sent.get_absolute_url()
    assert "Écrivez la réponse" in client.post(at, {"do": "answer", "state": "treated"}).content.decode()
    page = client.post(at, {"do": "answer", "state": "returned", "answer": "Voyez sur place."}, follow=True)
    assert "Renvoyée, avec ce motif" in page.content.decode()
    assert client.post(at, {"do": "autre"}).status_code == 404
    client.force_login(manager)
    assert "a déjà reçu sa réponse" in client.post(at, {"do": "withdraw"}).content.decode()


def test_an_action_can_be_put_up_from_its_own_page(client, held, manager) -> None:
    minutes.circulate_minutes(meeting=held, by=manager)
    action = Action.objects.get()
    address = f"{reverse('meetings:escalate', args=[held.uuid])}?action={action.uuid}"
    client.force_login(manager)
    assert address in client.get(action.get_absolute_url()).content.decode()
    assert "Afficher" in client.get(address).content.decode()
    client.force_login(make_member(held.space, Role.CONTRIBUTOR))
    assert address not in client.get(action.get_absolute_url()).content.decode()


def test_the_answer_begins_with_what_was_decided(client, sent, upper, facilitator) -> None:
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    Decision.objects.create(meeting=session, item=sent.item, series="x", year=2026, rank=3, text="On ouvre en août.")
    client.force_login(facilitator)
    assert "Décision D-2026-003\u00a0: On ouvre en août." in client.get(sent.get_absolute_url()).content.decode()


def test_filters(client, sent, upper, lille, manager, facilitator) -> None:
    answer(sent, facilitator)
    second = escalate(space=lille, to_body=upper, by=manager, title="Autre", text="?")
    for wanted, found in (
        ({"state": "treated"}, [sent]), ({"state": "sent"}, [second]), ({"state": "x"}, [second, sent]),
        ({"body": upper.pk}, [second, sent]), ({"space": 999_999}, []),
    ):  # fmt: skip
        assert [row.uuid for row in escalations(manager, Filter(SENT, **wanted))] == [one.uuid for one in found]
    client.force_login(make_animation())
    assert "Autre" in client.get(LIST, {"instance": "²", "espace": "x" * 50}).content.decode()


@pytest.mark.parametrize("name", ["escalations", "escalation", "minutes", "meeting", "register"])
def test_screens_cost_the_same_with_ten_times_as_many(
    name, client, sent, held, lille, ctt, upper, manager, django_assert_max_num_queries
) -> None:
    minutes.circulate_minutes(meeting=held, by=manager)
    client.force_login(manager)
    of = {"escalation": [sent.uuid], "minutes": [held.uuid], "meeting": [held.uuid]}
    address = reverse(f"meetings:{name}", args=of.get(name, []))
    costs, shown = [], []
    for many in (2, 18):
        for n in range(many):
            about = Decision.objects.create(meeting=held, series="x", year=2026, rank=100 * many + n, text="Panneau")
            text = f"{many} {n}"
            escalate(
                space=lille, body=ctt, meeting=held, to_body=upper, by=manager, title="Panneau", text=text, about=about
            )
        client.get(address)
        with django_assert_max_num_queries(15 if name in {"minutes", "meeting"} else 12) as asked:
            html = client.get(address).content.decode()
        costs.append(len(asked))
        shown.append(html.count("Panneau"))
    assert costs[0] == costs[1]
    assert name == "escalation" or shown[1] >= 9 * shown[0] > 0


# --- Nothing forgotten ----------------------------------------------------------------------------------------------


def reminded() -> list[object]:
    """Those told of a question left without an answer, a week after the last time."""
    Escalation.objects.update(reminded_on=None)
    Event.objects.filter(kind="escalation.waiting").delete()
    tasks.remind_of_answers()
    for event in Event.objects.filter(kind="escalation.waiting"):
        tell(event.pk)
    return [one.user for one in Delivery.objects.filter(event__kind="escalation.waiting").select_related("user")]


def test_those_who_run_the_upper_body_are_reminded_of_what_was_spoken_of_and_not_answered(
    sent, upper, cotec, lille, douai, facilitator
) -> None:
    for space, role in ((cotec, Role.READER), (lille, Role.READER), (douai, Role.MANAGER)):
        make_member(space, role)
    session = coming(upper, facilitator, draft=False)
    agenda.choose_items(meeting=session, items=[sent.item], by=facilitator)
    assert reminded() == []  # it is to be spoken of
    past = timezone.now() - timedelta(days=1)
    Meeting.objects.filter(pk=session.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
    assert reminded() == [facilitator]
    assert tasks.remind_of_answers() == 0  # once a week
    desk.set_item_state(meeting=session, item=sent.item.uuid, by=facilitator, state="postponed")
    after = coming(upper, facilitator, days=20)
    assert (after.items.count(), reminded()) == (1, [])  # it will be spoken of there
    Meeting.objects.filter(pk=after.pk).update(state=MeetingState.HELD)
    assert reminded() == [facilitator]
    answer(sent, facilitator)
    assert reminded() == []
