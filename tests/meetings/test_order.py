"""Lists of people come as in a French dictionary, on both databases."""

import pypdfium2
from django.urls import reverse

from directory.models import Structure
from meetings import actions, queries
from meetings.enums import BodyKind
from meetings.models import Invitee
from meetings.queries import minutes as minutes_queries
from tests.factories import make_member, make_user
from tests.meetings.test_minutes import make_held

NAMES = ["Zoé Alard", "élise Petit", "Fabien Roy", "Éloi Bon", "Elodie Zay"]
IN_ORDER = ["élise Petit", "Elodie Zay", "Éloi Bon", "Fabien Roy", "Zoé Alard"]


def test_the_members_of_a_body_then_those_without_an_account(lille, manager, client) -> None:
    body = actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT)
    for number, name in enumerate(NAMES):
        actions.add_body_guest(body=body, by=manager, name=name, email=f"p{number}@dehors.example")
    for name in ("Évrard", "Zola", "Fabre"):
        user = make_user(f"{name[1:]}@lille.example", first_name="Max", last_name=name)
        actions.add_body_member(body=body, user=make_member(lille, user=user), by=manager)
    found = [seat.name for seat in queries.members_of(body)]
    assert found == ["Max Évrard", "Max Fabre", "Max Zola", *IN_ORDER]
    meeting = make_held(lille, manager, days=5, body=body)
    actions.invite_body_members(meeting=meeting, by=manager)
    client.force_login(manager)
    html = client.get(reverse("meetings:invitees", args=[meeting.uuid])).content.decode()
    html = html.partition("dans l’ordre alphabétique")[2]
    assert sorted(IN_ORDER, key=html.index) == IN_ORDER


def test_the_attendance_sheet_and_the_minutes_by_structure_then_by_name(lille, manager) -> None:
    held = make_held(lille, manager)
    structures = [Structure.objects.create(name=name) for name in ("CIO Évin", "CIO Arras", "CIO Fives")]
    for number, name in enumerate(NAMES):
        where = [*structures, structures[1], None][number]
        Invitee.objects.create(meeting=held, name=name, email=f"p{number}@dehors.example", structure=where)
    expected = ["élise Petit", "Éloi Bon", "Zoé Alard", "Fabien Roy", "Elodie Zay"]  # Arras twice, Évin, Fives, nowhere
    pages = pypdfium2.PdfDocument(minutes_queries.attendance_sheet(held))
    sheet = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert sorted(expected, key=sheet.index) == expected
    ((_, people),) = minutes_queries.content_of(held).groups
    assert [one.name for one in people] == expected
