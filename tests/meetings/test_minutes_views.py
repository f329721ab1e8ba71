"""The desk, the minutes, the register, as screens."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from directory.models import Structure
from mail.models import OutgoingMail
from meetings.actions import desk, register
from meetings.actions import minutes as actions
from meetings.models import Action, ActionUpdate, AgendaItem, Invitee, Meeting, Notes
from meetings.queries.register import Filter, as_spreadsheet
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_minutes import close_amendments, invite, make_held, write

FETCH = {"headers": {"X-Requested-With": "fetch"}}


@pytest.fixture
def held(lille, manager):
    return make_held(lille, manager)


def at(name, meeting, *more):
    return reverse(f"meetings:{name}", args=[meeting.uuid, *more])


def test_the_desk_works_as_plain_forms(client, held, manager, lille) -> None:
    client.force_login(manager)
    member = invite(held, make_member(lille))
    address = at("desk", held)
    assert client.post(address, {"do": "open"}).status_code == 302
    client.post(address, {"do": "item", "title": "Horaires"})
    item = AgendaItem.objects.get()
    point = {"item": str(item.uuid)}
    for data in (
        {"do": "notes", "revision": "0", "text": "Dit *fort*\n- un\n- deux", **point},
        {"do": "attendance", "invitee": str(member.uuid), "attendance": "represented", "represented_by": "Jean"},
        {"do": "decision", "decision": "On affiche", **point},
        {"do": "action", "text": "Afficher", "who": "Jean", "due_on": timezone.localdate().isoformat(), **point},
        {"change": "state:treated", **point},
    ):
        assert client.post(address, data).status_code == 302, data
    assert Notes.objects.get().html == "<p>Dit <strong>fort</strong></p><ul><li>un</li><li>deux</li></ul>"
    html = client.get(address).content.decode()
    for said in ("Dit *fort*", "On affiche", "Afficher", "Traité", 'value="Jean"'):
        assert said in html
    html = client.get(at("minutes", held)).content.decode()
    assert "<strong>fort</strong>" in html
    assert "Diffuser aux participants" in html
    response = client.post(at("minutes", held), {"do": "circulate"}, follow=True)
    assert "1 personne sera prévenue par courriel" in response.content.decode()
    assert "approuvé et figé" not in response.content.decode()
    assert "Approuver et figer" not in response.content.decode()
    assert "demander des changements jusqu’au" in response.content.decode()
    close_amendments()
    assert "Approuvé le" in client.post(at("minutes", held), {"do": "approve"}, follow=True).content.decode()
    assert "il ne change plus" in client.get(address).content.decode()


def test_too_long_a_text_is_refused_and_stays_in_its_field(client, held, manager) -> None:
    client.force_login(manager)
    item = desk.add_item(meeting=held, by=manager, title="Horaires")
    said = {"do": "notes", "item": str(item.uuid), "revision": "0"}
    by_script = client.post(at("desk", held), said | {"html": "<p>" + "b" * 70_000 + "</p>"}, **FETCH)
    assert (by_script.status_code, "trop long" in by_script.json()["error"]) == (422, True)
    html = client.post(at("desk", held), said | {"text": "b" * 70_000}).content.decode()
    assert ("trop long" in html, "b" * 70_000 in html, Notes.objects.count()) == (True, True, 0)


def test_a_conflict_shows_both_texts_with_and_without_script(client, held, manager) -> None:
    client.force_login(manager)
    item = desk.add_item(meeting=held, by=manager, title="Horaires")
    desk.save_notes(meeting=held, item=item.uuid, by=manager, html="<p>leur texte</p>", revision=0)
    data = {"do": "notes", "item": str(item.uuid), "revision": "0", "text": "mon texte"}
    said = client.post(at("desk", held), data, **FETCH)
    assert (said.status_code, said.json()) == (
        409,
        {"html": "<p>leur texte</p>", "revision": 1, "by": str(manager)},
    )
    page = client.post(at("desk", held), data)
    html = page.content.decode()
    assert (page.status_code, "leur texte" in html, "mon texte" in html) == (409, True, True)
    data |= {"revision": "1", "text": "les deux"}
    assert client.post(at("desk", held), data, **FETCH).json()["revision"] == 2


def test_without_script_what_is_refused_stays_in_its_form(client, held, manager) -> None:
    client.force_login(manager)
    item = desk.add_item(meeting=held, by=manager, title="Horaires")
    data = {"do": "action", "item": str(item.uuid), "text": "Afficher", "who": "Jean", "due_on": "bientôt"}
    html = client.post(at("desk", held), data).content.decode()
    for said in ("Écrivez le jour ainsi", 'value="Afficher"', 'value="Jean"', 'value="bientôt"'):
        assert said in html
    assert not Action.objects.exists()


def test_a_line_sent_twice_is_noted_once(client, held, manager) -> None:
    client.force_login(manager)
    key = {"uuid": "7d0b4e0e-5f0e-4b39-9a37-0f6c7f4b1c11"}
    for data in (
        {"do": "decision", "decision": "Oui"},
        {"do": "action", "text": "Agir", "who": "Jean"},
        {"do": "item", "title": "Divers"},
    ):
        for _ in range(2):
            assert client.post(at("desk", held), data | key, **FETCH).status_code == 200
        other = make_held(held.space, manager)
        assert client.post(at("desk", other), data | key, **FETCH).status_code == 404  # the name of another's line
    assert (held.decisions.count(), held.actions.count(), held.items.count()) == (1, 1, 1)


def test_emptied_notes_are_empty(client, held, manager) -> None:
    client.force_login(manager)
    item = write(held, manager)
    data = {"do": "notes", "item": str(item.uuid), "revision": "1", "html": "", "text": "ancien"}
    client.post(at("desk", held), data, **FETCH)
    assert Notes.objects.get().html == ""


def test_who_is_a_member_a_structure_or_a_name(client, held, lille) -> None:
    structure = Structure.objects.create(name="CIO Centre")
    one, two = make_member(lille, structure=structure), make_member(lille)
    type(two).objects.filter(pk=two.pk).update(first_name=one.first_name, last_name=one.last_name)
    alone = make_member(lille, Role.MANAGER)
    client.force_login(alone)
    for who in (f"{one} (CIO Centre)", f"{one} ({two.email})", str(alone).upper(), "cio centre", "Jean"):
        client.post(at("desk", held), {"do": "action", "text": "x", "who": who}, **FETCH)
    noted = [(a.person, a.structure, a.person_name) for a in Action.objects.order_by("pk")]
    expected = [(one, structure, ""), (two, None, ""), (alone, None, ""), (None, structure, ""), (None, None, "Jean")]
    assert noted == expected


@pytest.mark.parametrize("state", ["draft", "cancelled", "postponed"])
def test_a_meeting_that_does_not_take_place_has_no_desk(state, client, held, manager) -> None:
    now = timezone.now() if state == "cancelled" else None
    type(held).objects.filter(pk=held.pk).update(state=state, cancelled_at=now)
    client.force_login(manager)
    html = client.get(at("desk", held)).content.decode()
    assert "data-desk=" not in html
    response = client.post(at("desk", held), {"do": "item", "title": "Divers"}, **FETCH)
    assert (response.status_code, held.items.count()) == (422, 0)


@pytest.mark.parametrize(
    "data",
    [
        {"do": "x"},
        {},
        {"do": "notes", "item": "x"},
        {"do": "decision", "item": "../x"},
        {"do": "attendance", "invitee": "1"},
    ],
)
def test_a_strange_form_is_not_found(data, client, held, manager) -> None:
    client.force_login(manager)
    assert client.post(at("desk", held), data).status_code == 404


@pytest.mark.parametrize("name", ["desk", "minutes", "register"])
def test_screens_cost_the_same_with_two_lines_and_twenty(
    name, client, held, manager, lille, django_assert_max_num_queries
) -> None:
    client.force_login(manager)
    address = reverse("meetings:register") if name == "register" else at(name, held)
    costs, shown = [], []
    for many in (2, 18):
        for n in range(many):
            write(held, manager, f"<p>{n}</p>")
            Invitee.objects.create(meeting=held, name=f"P{n}", email=f"p{many}-{n}@test.example")
        client.get(address)
        with django_assert_max_num_queries(15 if name != "register" else 12) as asked:
            html = client.get(address).content.decode()
        costs.append(len(asked))
        shown.append(html.count("On affiche les horaires."))
    assert costs[0] == costs[1]
    assert shown == [2, 20]


@pytest.mark.parametrize("kind", ["pdf", "odt", "docx"])
def test_the_files_of_the_minutes(kind, client, held, manager) -> None:
    write(held, manager)
    client.force_login(manager)
    response = client.get(at("minutes_file", held, kind))
    assert (response.status_code, response.content[:2] in {b"%P", b"PK"}) == (200, True)
    assert response["Content-Disposition"].endswith(f'.{kind}"')
    assert client.get(at("minutes_file", held, "html")).status_code == 404


def test_script_in_every_field_is_text(client, held, manager) -> None:
    script = "<script>alert(1)</script>"
    client.force_login(manager)
    item = desk.add_item(meeting=held, by=manager, title=script)
    Notes.objects.create(item=item, html=f"<p>{script}</p>", revision=1)  # as if it had come in by another door
    desk.take_decision(meeting=held, item=item.uuid, by=manager, text=script)
    action = desk.note_action(meeting=held, item=item.uuid, by=manager, text=script, person_name=script)
    actions.circulate_minutes(meeting=held, by=manager)
    actions.propose_amendment(minutes=held.minutes, by=manager, text=script)
    for address in (at("desk", held), at("minutes", held), reverse("meetings:register"), action.get_absolute_url()):
        assert script not in client.get(address).content.decode()


# --- The register ---------------------------------------------------------------------------------------------------


def test_the_register_holds_what_one_may_read_and_nothing_else(client, held, manager, lille, douai) -> None:
    write(held, manager)
    reader, stranger = make_member(lille), make_member(douai, Role.MANAGER)
    address = reverse("meetings:register")
    client.force_login(reader)
    assert "Afficher" not in client.get(address).content.decode()  # not circulated yet
    actions.circulate_minutes(meeting=held, by=manager)
    assert "Afficher" in client.get(address).content.decode()
    client.force_login(stranger)
    for other in (address, f"{address}?mots=Afficher", f"{address}?retard=1"):
        html = client.get(other).content.decode()
        assert (">Afficher<" in html, "horaires" in html) == (False, False)
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("meetings:register_export")).content))
    assert [sheet.max_row for sheet in book] == [1, 1]
    assert client.get(Action.objects.get().get_absolute_url()).status_code == 404


def test_filters_narrow_the_register(client, held, manager) -> None:
    item = desk.add_item(meeting=held, by=manager, title="x").uuid
    yesterday = timezone.localdate() - timedelta(days=1)
    desk.note_action(meeting=held, item=item, by=manager, text="En retard", person=manager, due_on=yesterday)
    desk.note_action(meeting=held, item=item, by=manager, text="Sans date", person_name="Jean")
    client.force_login(manager)
    for query, expected in {
        "retard=1": (True, False),
        "miennes=1": (True, False),
        "personne=jean": (False, True),
        "mots=sans": (False, True),
        "etat=done": (False, False),
        "instance=abc&structure=%00&mots=%00": (True, True),
    }.items():
        html = client.get(f"{reverse('meetings:register')}?{query}").content.decode()
        assert (">En retard</a>" in html, ">Sans date</a>" in html) == expected, query


def test_formulas_in_the_export_are_text(held, manager) -> None:
    desk.note_action(meeting=held, item=None, by=manager, text="=cmd|'/c calc'!A0", person_name="+1")
    cells = openpyxl.load_workbook(io.BytesIO(as_spreadsheet(manager, Filter())))["Actions"]
    assert [(cell.value, cell.data_type) for cell in cells[2]][:2] == [("'=cmd|'/c calc'!A0", "s"), ("'+1", "s")]


def test_an_action_gets_its_follow_up_with_a_proof(client, held, manager, lille, douai) -> None:
    write(held, manager)
    actions.circulate_minutes(meeting=held, by=manager)
    action = Action.objects.get()
    data = {"status": "done", "comment": "Affiché", "link": "https://a.example/preuve"}
    for role, where, status in [(Role.READER, lille, 403), (Role.MANAGER, douai, 404), (Role.CONTRIBUTOR, lille, 302)]:
        client.force_login(make_member(where, role))
        assert client.post(action.get_absolute_url(), data).status_code == status
    action.refresh_from_db()
    assert (action.status, ActionUpdate.objects.count()) == ("done", 1)
    assert "https://a.example/preuve" in client.get(action.get_absolute_url()).content.decode()
    assert (
        "javascript"
        not in client.post(action.get_absolute_url(), {"status": "done", "link": "javascript:alert(1)"})
        .content.decode()
        .split("<form")[0]
    )


def test_those_who_are_late_are_written_to_once_a_week(held, manager, lille) -> None:
    gone = make_member(lille)
    yesterday = timezone.localdate() - timedelta(days=1)
    for person in (manager, gone):
        desk.note_action(meeting=held, item=None, by=manager, text="Faire", person=person, due_on=yesterday)
    assert register.remind_late() == 0  # nobody has read of it yet
    actions.circulate_minutes(meeting=held, by=manager)
    gone.memberships.update(ended_at=timezone.now())
    OutgoingMail.objects.all().delete()
    assert (register.remind_late(), register.remind_late()) == (1, 0)
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [manager.email]


def test_the_index_can_be_made_again(held, manager) -> None:
    write(held, manager)
    actions.circulate_minutes(meeting=held, by=manager)
    call_command("rebuild_search")
    from search.models import Entry

    assert Entry.objects.filter(kind="minutes").count() == 1


def test_a_file_is_named_by_the_day_on_the_clock(client, lille, manager) -> None:
    held = make_held(lille, manager)
    Meeting.objects.filter(pk=held.pk).update(
        starts_at=datetime(2026, 3, 11, 23, 30, tzinfo=UTC), ends_at=datetime(2026, 3, 12, 1, tzinfo=UTC)
    )
    held.refresh_from_db()
    write(held, manager)
    client.force_login(manager)
    answer = client.get(at("minutes_file", held, "odt"))
    assert 'filename="compte-rendu-2026-03-12.odt"' in answer["Content-Disposition"]
