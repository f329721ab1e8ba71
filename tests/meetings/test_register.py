"""The register once actions are noted: what a filter shows, what proves that it is done, who is reminded."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from directory.models import Structure
from mail.models import OutgoingMail
from meetings.actions import desk, minutes, register
from meetings.models import Action, ActionUpdate, Meeting
from meetings.queries.register import NO_DECISIONS
from notifications import actions as notifications
from notifications.models import Delivery, Event
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_document, make_folder, make_meeting, make_member
from tests.meetings.test_minutes import close_amendments


@pytest.fixture
def structure(db) -> Structure:
    return Structure.objects.create(name="Mission locale")


@pytest.fixture
def held(lille, manager) -> Meeting:
    return make_meeting(lille, by=manager, in_days=-2)


def note(held, by, **who) -> Action:
    yesterday = timezone.localdate() - timedelta(days=1)
    return desk.note_action(meeting=held, item=None, by=by, text="Afficher", due_on=yesterday, **who)


def circulated(held, by):
    found, _ = minutes.circulate_minutes(meeting=held, by=by)
    OutgoingMail.objects.all().delete()
    return found


# --- Filters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["structure={}", "personne=jean", "etat=open", "retard=1", "miennes=1"])
def test_what_only_actions_have_leaves_decisions_out_and_says_so(query, held, manager, structure, client):
    item = desk.add_item(meeting=held, by=manager, title="Horaires").uuid
    desk.take_decision(meeting=held, item=item, by=manager, text="On ouvre le samedi.")
    note(held, manager, structure=structure)
    client.force_login(manager)
    query = query.format(structure.pk)
    page = client.get(f"{reverse('meetings:register')}?{query}").content.decode()
    assert ("On ouvre le samedi." in page, NO_DECISIONS in page) == (False, True)
    export = client.get(f"{reverse('meetings:register_export')}?{query}").content
    assert [row[1].value for row in openpyxl.load_workbook(io.BytesIO(export))["Décisions"]][1:] == [NO_DECISIONS]
    page = client.get(f"{reverse('meetings:register')}?mots=samedi&etat=inconnu").content.decode()
    assert ("On ouvre le samedi." in page, NO_DECISIONS in page) == (True, False)


@pytest.mark.parametrize("then", ["circulated", "approved", "silence"])
def test_what_is_noted_after_the_circulation_is_read_once_it_has_been_circulated(then, held, manager, lille, client):
    reader = make_member(lille)
    note(held, manager, person=manager)
    circulated(held, manager)
    late = note(held, manager, person=reader)
    desk.take_decision(meeting=held, item=None, by=manager, text="Jamais lue.")
    address, page = reverse("meetings:register"), reverse("meetings:minutes", args=[held.uuid])

    def read(user) -> tuple[bool, bool, bool]:
        client.force_login(user)
        html = client.get(address).content.decode()
        return "Jamais lue." in html, late.get_absolute_url() in html, late in Action.objects.visible_to(user)

    assert (read(reader), read(manager)) == ((False,) * 3, (True,) * 3)
    assert register.remind_late() == 1, "the manager's, not the reader's"
    assert "Noté depuis la diffusion" in client.get(page).content.decode()
    close_amendments()
    if then == "circulated":
        circulated(held, manager)
    else:
        minutes.approve_minutes(minutes=held.minutes, by=manager if then == "approved" else None)
    assert read(reader) == (then != "silence",) * 3
    client.force_login(manager)
    assert ("Noté depuis la diffusion" in client.get(page).content.decode()) == (then == "silence")


def test_a_register_without_a_line_says_what_to_do(held, manager, client):
    client.force_login(manager)
    address = reverse("meetings:register")
    assert "n’a encore de décision ni d’action" in client.get(address).content.decode()
    for query, found in (("?mots=samedi", False), ("?mots=afficher", True), ("?mots=&instance=", True)):
        if found and not Meeting.objects.filter(minutes__isnull=False).exists():
            note(held, manager, person=manager)
            circulated(held, manager)
        page = client.get(address + query).content.decode()
        assert ("Voir tout le registre" in page, ">Actions</h2>" in page) == (not found, found)


# --- Evidence -------------------------------------------------------------------------------------------------------


def test_a_document_of_the_space_that_one_reads_is_evidence(held, manager, lille, douai, client):
    action = note(held, manager, person=manager)
    circulated(held, manager)
    here, elsewhere = make_document(make_folder(lille), title="Zygomorphe"), make_document(make_folder(douai))
    client.force_login(manager)
    assert "Zygomorphe" in client.get(action.get_absolute_url()).content.decode()
    assert client.post(action.get_absolute_url(), {"status": "open", "document": elsewhere.uuid}).status_code == 200
    assert client.post(action.get_absolute_url(), {"status": "done", "document": here.uuid}).status_code == 302
    assert ActionUpdate.objects.get().document == here
    assert here.get_absolute_url() in client.get(action.get_absolute_url()).content.decode()
    with pytest.raises(ValidationError):
        register.update_action(action=action, by=manager, status="open", document=elsewhere)
    here.withdrawn_at = timezone.now()
    here.save(update_fields=["withdrawn_at"])
    client.force_login(make_member(lille))
    assert "Zygomorphe" not in client.get(action.get_absolute_url()).content.decode()


# --- Reminders ------------------------------------------------------------------------------------------------------


def test_a_structure_is_reminded_through_those_who_represent_it_there(held, manager, lille, douai, structure):
    here = make_member(lille, structure=structure)
    make_member(lille)
    make_member(douai, Role.MANAGER, structure=structure)
    note(held, manager, structure=structure)
    circulated(held, manager)
    assert (register.remind_late(), register.remind_late()) == (1, 0)
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [here.email]


def test_a_name_or_somebody_gone_is_reminded_through_the_coordinator(held, manager, lille, douai, structure):
    gone = make_member(lille)
    make_member(douai, Role.MANAGER)
    note(held, manager, person_name="Jean Dehors")
    note(held, manager, structure=structure)
    note(held, manager, person=gone)
    circulated(held, manager)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now())
    assert register.remind_late() == 1
    [mail] = OutgoingMail.objects.all()
    assert (mail.to, mail.text.count("Afficher"), "Jean Dehors" in mail.text) == (manager.email, 3, True)
    Action.objects.update(reminded_on=timezone.localdate() - timedelta(days=7))
    assert register.remind_late() == 1


# --- News -----------------------------------------------------------------------------------------------------------


def test_minutes_are_news_for_those_whom_no_letter_told(held, manager, lille, douai):
    reader, invited, stranger = make_member(lille), make_member(lille), make_member(douai, Role.MANAGER)
    held.invitees.create(user=invited, name=str(invited), email=invited.email, as_member=True)
    found = circulated(held, manager)
    close_amendments()
    minutes.approve_minutes(minutes=found, by=manager)
    minutes.add_erratum(minutes=found, by=manager, text="Lire 18 h.")
    told = {}
    for event in Event.objects.filter(kind__startswith="minutes."):
        notifications.tell(event.pk)
        told[event.kind] = set(Delivery.objects.filter(event=event).values_list("user", flat=True))
    assert told == {
        "minutes.circulated": {reader.pk},
        "minutes.approved": {reader.pk, invited.pk},
        "minutes.corrected": {reader.pk, invited.pk},
    }
    assert stranger.pk not in set().union(*told.values())
