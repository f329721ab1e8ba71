"""What a meeting may hold, and what its papers may cost: too much is refused in words, before it can hang anybody."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from documents.models import Document
from meetings.actions import add_body, add_item, choose_items, desk, propose_item, room
from meetings.actions import minutes as actions
from meetings.actions.papers import print_waiting
from meetings.enums import BodyKind
from meetings.models import AgendaItem, Decision, Minutes, Notes
from meetings.papers import ItemContent, MinutesContent, UnprintableError, apart, minutes_pdf, minutes_word
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_minutes import make_held
from tests.meetings.test_papers import DAY

NOTHING = "n’a pas pu être mis en page"


@pytest.fixture
def held(lille, manager):
    return make_held(lille, manager, body=add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT))


def file_of(meeting, kind="pdf"):
    return reverse("meetings:minutes_file", args=[meeting.uuid, kind])


def fill(meeting, many):
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=rank, title=f"Point {rank}") for rank in range(many)
    )


def too_much():
    """Small in characters, and more than the gigabyte of a paper once set: a hundred thousand paragraphs."""
    notes = "<p>a b c</p>" * 100_000
    return MinutesContent("CTT", "Lille", "CTT", "hier", "2026-03-12", items=[ItemContent(1, "Point", notes=notes)])


# --- What is taken --------------------------------------------------------------------------------------------------


def test_an_agenda_has_room_for_three_hundred_items_at_the_desk_as_elsewhere(held, manager):
    fill(held, room.MAX_ITEMS - 1)
    waiting = [propose_item(body=held.body, by=manager, title=f"En attente {n}") for n in range(2)]
    with pytest.raises(ValidationError, match="300 points au plus"):
        choose_items(meeting=held, items=waiting, by=manager)
    desk.add_item(meeting=held, by=manager, title="Le dernier")
    for add in (add_item, desk.add_item):
        with pytest.raises(ValidationError, match="300 points au plus"):
            add(meeting=held, by=manager, title="De trop")
    assert AgendaItem.objects.filter(meeting=held).count() == 300


def test_minutes_have_an_end_and_shortening_is_always_possible(held, manager, client, monkeypatch):
    first, second = (desk.add_item(meeting=held, by=manager, title=title) for title in ("Un", "Deux"))
    desk.save_notes(meeting=held, item=first.uuid, by=manager, html=f"<p>{'a' * 80}</p>", revision=0)
    monkeypatch.setattr(room, "MAX_TEXT", 100)
    for write in (
        lambda: desk.save_notes(meeting=held, item=second.uuid, by=manager, html=f"<p>{'b' * 30}</p>", revision=0),
        lambda: desk.take_decision(meeting=held, item=None, by=manager, text="c" * 30),
        lambda: desk.note_action(meeting=held, item=None, by=manager, text="d" * 30, person=manager),
    ):
        with pytest.raises(ValidationError, match="dépasserait"):
            write()
    monkeypatch.setattr(room, "MAX_TEXT", 50)
    desk.save_notes(meeting=held, item=first.uuid, by=manager, html=f"<p>{'a' * 70}</p>", revision=1)
    client.force_login(manager)
    typed = {"do": "notes", "item": str(first.uuid), "revision": "2", "text": "Zygomorphe " * 20}
    page = client.post(reverse("meetings:desk", args=[held.uuid]), typed)
    assert "dépasserait" in page.content.decode()
    assert page.content.decode().count("Zygomorphe") == 20, "what was typed is still there"
    assert (Notes.objects.get(item=first).revision, Decision.objects.count()) == (2, 0)


# --- What papers cost -----------------------------------------------------------------------------------------------


@pytest.mark.markup
def test_what_cannot_be_printed_is_said_and_stops_nobody():
    for make in (
        lambda: minutes_pdf(too_much(), state="x", day=DAY),
        lambda: apart.make(b"", ["/bin/sh", "-c", "head -c 99999999 /dev/zero > paper"]),
        lambda: apart.make(b"", ["/bin/true"]),
    ):
        with pytest.raises(UnprintableError, match=NOTHING):
            make()


@pytest.mark.markup
def test_time_is_counted(monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 1)
    for command in (["/bin/sleep", "20"], ["/bin/sh", "-c", "while :; do :; done"]):
        with pytest.raises(UnprintableError):
            apart.make(b"", command)
    with pytest.raises(UnprintableError):
        minutes_word(too_much(), "docx", state="x")


@pytest.mark.markup
def test_two_hundred_full_items_are_printed():
    notes = f"<p>{'Les structures présentes ont décrit leurs horaires. ' * 40}</p>"
    items = [ItemContent(number, f"Point {number}", notes=notes) for number in range(1, 201)]
    content = MinutesContent("CTT", "Lille", "CTT", "hier", "2026-03-12", items=items)
    assert minutes_pdf(content, state="x", day=DAY).startswith(b"%PDF")


def test_circulated_minutes_are_handed_over_and_not_made_again(held, manager, lille, douai, client, monkeypatch):
    desk.add_item(meeting=held, by=manager, title="Point")
    client.force_login(manager)
    assert client.get(file_of(held)).status_code == 200
    actions.circulate_minutes(meeting=held, by=manager)
    print_waiting()
    monkeypatch.setattr(apart, "SECONDS", 0)  # whatever is made from now on is too late
    with Document.objects.get().file.open() as file:
        circulated = file.read()
    for reader in (manager, make_member(lille)):
        client.force_login(reader)
        for _ in range(2):
            given = client.get(file_of(held))
            assert b"".join(given.streaming_content) == circulated
            given.close()
    client.force_login(make_member(douai, Role.MANAGER))
    assert client.get(file_of(held)).status_code == 404


def test_a_file_that_cannot_be_made_brings_back_to_the_page_with_the_reason(held, manager, client, monkeypatch):
    desk.add_item(meeting=held, by=manager, title="Point")
    desk.hold_meeting(meeting=held, by=manager)
    monkeypatch.setattr(apart, "SECONDS", 0)
    client.force_login(manager)
    for kind in ("pdf", "odt"):
        assert NOTHING in client.get(file_of(held, kind), follow=True).content.decode()
    sheet = reverse("meetings:attendance_sheet", args=[held.uuid])
    assert NOTHING in client.get(sheet, follow=True).content.decode()
    client.post(reverse("meetings:minutes", args=[held.uuid]), {"do": "circulate"})
    assert print_waiting() == 0
    assert NOTHING in client.get(reverse("meetings:minutes", args=[held.uuid])).content.decode()
    assert Minutes.objects.get().document is None
