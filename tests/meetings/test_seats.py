"""Settling a body by the screen: its habits, and who sits in it."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdfium2 import PdfDocument

from directory.models import Network, Structure, Territory
from mail.models import OutgoingMail
from meetings import actions, queries
from meetings.actions import desk
from meetings.actions.minutes import circulate_minutes
from meetings.actions.papers import print_waiting
from meetings.enums import Approval, BodyKind
from meetings.models import Body, BodyMember, Invitee
from meetings.papers import MinutesContent
from meetings.queries.minutes import paper_of, pdf_of
from meetings.rhythm import Rhythm
from spaces.enums import Role, Visibility
from spaces.models import Membership, Space
from tests.factories import make_meeting, make_member, make_space, make_user


@pytest.fixture
def ctt(lille):
    return actions.add_body(space=lille, slug="ctt", name="CTT", kind=BodyKind.CTT, rrule="FREQ=MONTHLY;BYDAY=2TH")


@pytest.fixture
def cio(db):
    return Structure.objects.create(name="CIO Centre", network=Network.objects.create(slug="cio", name="CIO"))


def _address(name, **more):
    return reverse(f"meetings:{name}", kwargs={"slug": "lille", "body_slug": "ctt"} | more)


SETTINGS = {
    "name": "CTT de Lille", "every": "2", "rank": "-1", "day": "TU", "default_start": "14:30", "duration": "90",
    "place": "Salle 2", "link": "", "agenda_template": "Tour de table\nPlan d’action", "quorum": "6", "approval": "tacit",
    "amendment_days": "10", "minutes_due_days": "8",
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_settles_and_seats_nothing(role, ctt, lille, douai, client):
    stranger = make_member(douai, role)
    seat = actions.add_body_member(body=ctt, user=make_member(lille), by=None)
    mandate = Membership.objects.get(user=make_member(lille))
    for write in (
        lambda: actions.change_body(body=ctt, by=stranger, name="À moi"),
        lambda: actions.seat_mandates(body=ctt, by=stranger, mandates=[mandate]),
        lambda: actions.add_body_guest(body=ctt, by=stranger, name="Moi", email="moi@ailleurs.example"),
        lambda: actions.remove_body_member(member=seat, by=stranger),
    ):
        with pytest.raises(Http404):
            write()
    client.force_login(stranger)
    assert client.post(_address("body_settings"), SETTINGS).status_code == 404
    assert client.post(_address("body_members"), {"mandates": [mandate.pk]}).status_code == 404
    assert client.post(_address("remove_body_member", pk=seat.pk)).status_code == 404
    assert (Body.objects.get().name, BodyMember.objects.get().left_at) == ("CTT", None)


def test_the_habits_are_settled_by_the_screen(ctt, manager, client):
    client.force_login(manager)
    assert 'value="2" selected' in client.get(_address("body_settings")).content.decode(), "2e jeudi"
    assert client.post(_address("body_settings"), SETTINGS).status_code == 302
    ctt.refresh_from_db()
    assert (ctt.name, ctt.rrule, ctt.default_start) == (
        "CTT de Lille", "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1TU", time(14, 30),
    )  # fmt: skip
    assert (ctt.duration, ctt.quorum, ctt.approval) == (90, 6, Approval.TACIT)
    assert (ctt.amendment_days, ctt.minutes_due_days) == (10, 8)
    assert ctt.agenda_lines == ["Tour de table", "Plan d’action"]
    page = client.get(ctt.get_absolute_url()).content.decode()
    assert "Se réunit le dernier mardi, tous les deux mois, Salle 2." in page
    assert client.post(_address("body_settings"), SETTINGS | {"every": "", "quorum": ""}).status_code == 302
    ctt.refresh_from_db()
    assert (ctt.rrule, ctt.quorum) == ("", None)
    refused = client.post(_address("body_settings"), SETTINGS | {"duration": "0", "name": "", "rank": ""})
    assert refused.status_code == 200


def test_a_rhythm_that_no_list_expresses_is_kept(ctt, manager, client):
    Body.objects.update(rrule="FREQ=YEARLY;BYMONTH=3,9;BYDAY=1MO")
    client.force_login(manager)
    assert "Garder le rythme actuel" in client.get(_address("body_settings")).content.decode()
    client.post(_address("body_settings"), SETTINGS | {"every": "kept"})
    assert Body.objects.get().rrule == "FREQ=YEARLY;BYMONTH=3,9;BYDAY=1MO"
    assert (Rhythm.of("FREQ=WEEKLY"), Rhythm.of("")) == (None, None)


def test_several_are_seated_at_once_for_the_structure_of_their_mandate(ctt, lille, douai, manager, cio, client):
    first = make_member(lille, structure=cio, function="conseillère")
    second, elsewhere = make_member(lille), make_member(douai)
    over = make_member(
        lille, starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1)
    )
    client.force_login(manager)
    page = client.get(_address("body_members")).content.decode()
    assert (str(first) in page, str(elsewhere) in page, str(over) in page) == (True, False, False)
    assert page.count(" checked") == 3, "an empty body offers everybody, ticked"
    mandates = {one.user: one.pk for one in Membership.objects.all()}
    client.post(_address("body_members"), {"mandates": [mandates[first], mandates[second]]})
    assert client.post(_address("body_members"), {"mandates": [mandates[elsewhere]]}).status_code == 200
    assert {one.user: (one.structure, one.network) for one in ctt.members.all()} == {
        first: (cio, cio.network),
        second: (None, None),
    }
    [seat] = [one for one in queries.members_of(ctt) if one.structure]
    assert seat.facts == "CIO Centre · CIO · conseillère"
    assert " checked" not in client.get(_address("body_members")).content.decode()
    assert OutgoingMail.objects.count() == 0


def test_a_guest_sits_with_or_without_an_account_until_taken_off(ctt, lille, manager, cio, client):
    client.force_login(manager)
    known = make_user("connue@ailleurs.example")
    for name, email in (("Rose Dehors", "Rose@ailleurs.example"), ("Connue Ailleurs", known.email)):
        sent = {"guest-name": name, "guest-email": email, "guest-structure": cio.pk}
        assert client.post(_address("body_members"), sent).status_code == 302
    again = {"guest-name": "Rose", "guest-email": "rose@ailleurs.example"}
    assert "Cette personne siège déjà." in client.post(_address("body_members"), again).content.decode()
    meeting = make_meeting(lille, by=manager, body=ctt)
    actions.invite_body_members(meeting=meeting, by=manager)
    assert set(Invitee.objects.values_list("name", "email", "user", "structure__name", "network__name")) == {
        ("Rose Dehors", "rose@ailleurs.example", None, "CIO Centre", "CIO"),
        ("Connue Ailleurs", known.email, known.pk, "CIO Centre", "CIO"),
    }
    rose = ctt.members.get(user=None)
    client.post(_address("remove_body_member", pk=rose.pk))
    rose.refresh_from_db()
    assert rose.left_at is not None
    assert [seat.name for seat in queries.members_of(ctt)] == ["Connue Ailleurs"]
    client.post(_address("body_members"), again)
    assert len(queries.members_of(ctt)) == 2


def test_whoever_lost_their_mandate_is_shown_apart_and_may_come_back_as_a_guest(ctt, lille, manager, client):
    gone = make_member(lille)
    actions.add_body_member(body=ctt, user=gone, by=manager)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now())
    client.force_login(manager)
    page = client.get(_address("body_members")).content.decode()
    assert ("n’a plus de mandat dans l’espace" in page, str(gone) in page) == (True, True)
    actions.add_body_guest(body=ctt, by=manager, name="Revenue", email=gone.email)
    assert [(seat.name, seat.is_guest) for seat in queries.members_of(ctt)] == [("Revenue", True)]
    assert queries.empty_seats(ctt) == []


def test_a_body_without_members_leads_to_choosing_them(ctt, lille, manager, client):
    meeting = make_meeting(lille, by=manager, body=ctt)
    client.force_login(manager)
    assert "Personne ne siège encore" in client.get(reverse("meetings:invitees", args=[meeting.uuid])).content.decode()
    sent = client.post(reverse("meetings:invite_members", args=[meeting.uuid]))
    assert sent["Location"] == _address("body_members")


def test_the_coordinators_meeting_is_filled_with_those_who_run_a_territory(lille, douai, manager):
    Space.objects.filter(pk=lille.pk).update(territory=Territory.objects.create(slug="lille", name="Lille"))
    commun = make_space("commun", visibility=Visibility.REGISTERED)
    body = actions.add_body(space=commun, slug="coordinateurs", name="Coordinateurs", kind=BodyKind.COORDINATORS)
    make_member(lille)
    make_member(douai, Role.MANAGER)
    assert [one.user for one in queries.may_sit(body)] == [manager]


def test_the_same_queries_with_nine_seats_and_with_eighteen(ctt, lille, manager, client):
    client.force_login(manager)
    counts = []
    for _ in range(2):
        for _ in range(9):
            actions.add_body_member(body=ctt, user=make_member(lille), by=manager)
            make_member(lille)
        client.get(_address("body_members"))
        with CaptureQueriesContext(connection) as asked:
            client.get(_address("body_members"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_guest_with_a_wrong_address_is_refused(ctt, manager):
    with pytest.raises(ValidationError):
        actions.add_body_guest(body=ctt, by=manager, name="Rose", email="pas une adresse")


# --- What people represent, and whether they are enough -------------------------------------------------------------


def test_whoever_is_invited_by_address_represents_the_structure_of_their_mandate(lille, douai, manager, cio, client):
    meeting = make_meeting(lille, by=manager)
    member, stranger = make_member(lille, structure=cio), make_member(douai, structure=cio)
    other = Structure.objects.create(name="Mission locale")
    people = f"{member.email}\n{stranger.email}\nRose <rose@ailleurs.example>"
    client.force_login(manager)
    page = client.post(reverse("meetings:invitees", args=[meeting.uuid]), {"people": people, "structure": other.pk})
    assert page.status_code == 302
    assert {one.email: (one.structure, one.network) for one in meeting.invitees.all()} == {
        member.email: (cio, cio.network),
        stranger.email: (other, None),
        "rose@ailleurs.example": (other, None),
    }


def test_the_quorum_is_said_at_the_desk_and_in_the_minutes(ctt, lille, manager, client):
    Body.objects.update(quorum=3)
    meeting = make_meeting(lille, by=manager, body=Body.objects.get(), in_days=-1)
    for rank in range(4):
        Invitee.objects.create(meeting=meeting, name=f"Nom{rank}", email=f"n{rank}@ailleurs.example")
    desk.hold_meeting(meeting=meeting, by=manager)
    first, second, third, _ = Invitee.objects.filter(meeting=meeting).order_by("pk")
    desk.mark_attendance(meeting=meeting, invitee=first.uuid, by=manager, attendance="present")
    client.force_login(manager)
    page = client.get(reverse("meetings:desk", args=[meeting.uuid])).content.decode()
    assert "Quorum\xa0: 1\xa0présent sur 4\xa0attendus, il en faut\xa03" in page
    for one in (second, third):
        desk.mark_attendance(
            meeting=meeting, invitee=one.uuid, by=manager, attendance="represented", represented_by="Rose"
        )
    minutes, _ = circulate_minutes(meeting=meeting, by=manager)
    words = "Quorum atteint\xa0: 3\xa0présents, dont 2\xa0représentés, sur 4\xa0attendus, il en fallait\xa03"
    assert minutes.content["quorum"] == words
    assert words in client.get(minutes.get_absolute_url()).content.decode()
    print_waiting()
    assert client.get(reverse("meetings:minutes_file", args=[meeting.uuid, "odt"])).status_code == 200
    printed = PdfDocument(pdf_of(paper_of(minutes)))[0].get_textpage().get_text_bounded()
    assert "il en fallait" in " ".join(printed.split())


def test_what_was_frozen_before_the_quorum_was_said_keeps_its_fingerprint():
    data = {
        "title": "",
        "space": "",
        "body": "",
        "when": "",
        "day": "",
        "place": "",
        "people": [],
        "items": [],
        "actions": [],
    }
    assert MinutesContent.from_data(data).as_data() == data
