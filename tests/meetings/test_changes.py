"""Attendance and agenda changed at the desk once the minutes are out are said to their organiser, as notes and decisions are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.actions import add_body, desk, erase_guest_names
from meetings.actions import minutes as actions
from meetings.enums import Approval, BodyKind, ItemState, MinutesState
from meetings.models import Invitee, Meeting, Minutes
from meetings.queries.changes import changes_since, items_now, people_now
from meetings.queries.minutes import read_content
from spaces.enums import Role
from tests.factories import make_member
from tests.meetings.test_minutes import make_held, write

NBSP = "\u00a0"


@pytest.fixture
def circulated(lille, manager) -> Minutes:
    """Two people and two items."""
    body = add_body(space=lille, slug="ctt-tacite", name="CTT", kind=BodyKind.CTT, approval=Approval.TACIT)
    held = make_held(lille, manager, body=body)
    held.invitees.all().delete()
    for name in ("Ada", "Grace"):
        Invitee.objects.create(meeting=held, name=name, email=f"{name}@test.example")
    write(held, manager)
    desk.add_item(meeting=held, by=manager, title="Divers")
    minutes, _ = actions.circulate_minutes(meeting=held, by=manager)
    return Minutes.objects.select_related("meeting__space", "meeting__body").get(pk=minutes.pk)


def changes(minutes: Minutes) -> list[str]:
    told = read_content(minutes)
    return changes_since(minutes, told, items_now(minutes), people_now(minutes, told))


def mark(meeting: Meeting, name: str, attendance: str, by, represented_by: str | None = None) -> None:
    invitee = meeting.invitees.get(name=name).uuid
    desk.mark_attendance(meeting=meeting, invitee=invitee, by=by, attendance=attendance, represented_by=represented_by)


def test_nothing_touched_says_nothing(circulated, manager, client) -> None:
    assert changes(circulated) == []
    client.force_login(manager)
    assert "Noté depuis la diffusion" not in client.get(circulated.get_absolute_url()).content.decode()


def test_attendance_and_agenda_are_said_until_they_are_circulated(
    circulated, manager, client, django_assert_num_queries
) -> None:
    meeting = circulated.meeting
    mark(meeting, "Ada", "present", manager)
    mark(meeting, "Grace", "represented", manager, "Rose")
    items = list(meeting.items.order_by("position"))
    desk.move_item(meeting=meeting, item=items[-1].uuid, by=manager, step=-1)
    desk.set_item_state(meeting=meeting, item=items[-1].uuid, by=manager, state=ItemState.POSTPONED)
    desk.add_item(meeting=meeting, by=manager, title="Imprévu")
    said = [
        f"Ada{NBSP}: présent, au lieu de présence non renseignée.",
        f"Grace{NBSP}: représenté par Rose, au lieu de présence non renseignée.",
        f"Point ajouté{NBSP}: «{NBSP}Imprévu{NBSP}».",
        f"«{NBSP}Divers{NBSP}»{NBSP}: reporté à la prochaine réunion.",
        "L’ordre des points.",
    ]
    with django_assert_num_queries(2):
        assert changes(circulated) == said
    client.force_login(manager)
    page = client.get(circulated.get_absolute_url()).content.decode()
    assert "n’est pas notée" not in page  # it counted those of the text that was circulated
    assert [line in page for line in said] == [True] * 5
    assert "Diffuser de nouveau, avec les changements" in page
    held = client.get(meeting.get_absolute_url()).content.decode()
    assert "Voici ce qu’elles avaient répondu" not in held  # nobody was asked
    Invitee.objects.update(told_sequence=1)
    held = client.get(meeting.get_absolute_url()).content.decode()
    assert f"Voici ce qu’elles avaient répondu{NBSP}; les présences se lisent dans" in held
    again, _ = actions.circulate_minutes(meeting=meeting, by=manager)
    assert changes(again) == []


def test_nobody_else_reads_of_it(circulated, manager, lille, douai, client) -> None:
    mark(circulated.meeting, "Ada", "excused", manager)
    for user, status in ((make_member(lille, Role.CONTRIBUTOR), 200), (make_member(douai, Role.MANAGER), 404)):
        client.force_login(user)
        answer = client.get(circulated.get_absolute_url())
        assert (answer.status_code, "au lieu de" in answer.content.decode()) == (status, False)


def test_put_back_as_it_was_is_no_change(circulated, manager) -> None:
    for attendance in ("present", "unknown"):
        mark(circulated.meeting, "Ada", attendance, manager)
    assert changes(circulated) == []


def test_approved_by_silence_it_still_says_what_the_text_does_not(circulated, manager, settings) -> None:
    mark(circulated.meeting, "Ada", "excused", manager)
    Minutes.objects.update(amend_until=timezone.localdate() - timedelta(days=1))
    assert actions.approve_tacitly() == 1
    frozen = Minutes.objects.select_related("meeting").get(state=MinutesState.APPROVED)
    assert changes(frozen) == [f"Ada{NBSP}: excusé, au lieu de présence non renseignée."]
    # A year later, names are erased: no change of the minutes.
    settings.GUEST_NAMES_DAYS = 0
    assert erase_guest_names() == 2
    assert changes(frozen) == []


def test_a_room_full_of_people_is_counted(circulated, manager) -> None:
    for number in range(12):
        Invitee.objects.create(meeting=circulated.meeting, name=f"Nom {number}", email=f"{number}@test.example")
    assert changes(circulated) == ["Présence de 12 personnes."]
