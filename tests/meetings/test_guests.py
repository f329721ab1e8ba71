"""Minutes for those who were there and do not read the space: a link to one document, and to nothing else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.actions import revoke_link
from documents.models import SignedLink
from mail.actions import deliver_batch
from mail.enums import State
from mail.models import OutgoingMail
from meetings.actions import minutes as actions
from meetings.actions.papers import print_waiting
from meetings.enums import Attendance
from meetings.models import Invitee, Meeting
from spaces.enums import Role
from spaces.models import Boundary
from tests.factories import make_member, make_user
from tests.meetings.test_minutes import close_amendments, make_held, write


@pytest.fixture
def held(lille, manager) -> Meeting:
    held = make_held(lille, manager)
    write(held, manager)
    return held


def guest(meeting: Meeting, name: str = "Rose Lit", *, came=Attendance.PRESENT, user=None, **facts) -> Invitee:
    email = user.email if user else f"{name.split(maxsplit=1)[0].lower()}@dehors.example"
    return Invitee.objects.create(meeting=meeting, name=name, email=email, attendance=came, user=user, **facts)


def circulate(meeting: Meeting, by) -> list[str]:
    """Returns the addresses of the links that have left."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    actions.circulate_minutes(meeting=meeting, by=by)
    print_waiting()
    sent = OutgoingMail.objects.exclude(pk__in=before).filter(holds_secret=True).order_by("pk")
    return [re.search(r"https?://[^/]+(/\S+)", mail.text.partition("Ouvrir le compte rendu")[2])[1] for mail in sent]  # type: ignore[index]


def opens(client, address: str) -> bool:
    return client.get(address).status_code == 200


# --- Denied first ---------------------------------------------------------------------------------------------------


def test_who_gets_a_link_and_who_does_not(held, manager, lille, douai) -> None:
    guest(held, "Rose Lit")
    guest(held, "Jean Bon", came=Attendance.REPRESENTED, represented_by="Paul")
    guest(held, "Absent", came=Attendance.ABSENT)
    guest(held, "Excusé", came=Attendance.EXCUSED)
    guest(held, "Inconnu", came=Attendance.UNKNOWN)
    guest(held, user=make_member(lille))  # reads the space: the letter of the members
    elsewhere = make_member(douai, Role.MANAGER)
    guest(held, user=elsewhere)
    guest(held, user=make_user(is_active=False))  # a closed account
    guest(held, user=make_user(), as_member=True)  # was a member, and is one no more
    circulate(held, manager)
    told = set(OutgoingMail.objects.filter(holds_secret=True).values_list("to", flat=True))
    assert told == {"rose@dehors.example", "jean@dehors.example", elsewhere.email}


def test_forged_expired_and_revoked_links_open_nothing(client, held, manager) -> None:
    guest(held)
    (address,) = circulate(held, manager)
    assert opens(client, address)
    assert not opens(client, address[:-2] + "x/")
    link = SignedLink.objects.get()
    SignedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not opens(client, address)
    SignedLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    revoke_link(link=link, by=manager)
    assert not opens(client, address)


def test_it_opens_the_minutes_of_that_meeting_and_no_others(client, held, manager, lille) -> None:
    other = make_held(lille, manager, title="Autre séance")
    write(other, manager, "<p>Tout autre chose.</p>")
    guest(held)
    (address,) = circulate(held, manager)
    assert circulate(other, manager) == []  # nobody from outside was there
    html = client.get(address).content.decode()
    assert ("Autre séance" in html, "CTT" in html) == (False, True)
    assert SignedLink.objects.get().document == Meeting.objects.get(pk=held.pk).minutes.document
    for name in ("minutes", "meeting", "desk"):  # nor any page of the site
        assert client.get(reverse(f"meetings:{name}", args=[held.uuid])).status_code == 302


def test_it_dies_with_the_right_of_whoever_circulated(client, held, manager) -> None:
    guest(held)
    (address,) = circulate(held, manager)
    manager.memberships.update(ended_at=timezone.now())
    assert not opens(client, address)


def test_nothing_leaves_a_circle(held, manager, lille) -> None:
    guest(held)
    circulate(held, manager)
    minutes = Meeting.objects.get(pk=held.pk).minutes
    circle = Boundary.objects.create(space=lille)
    minutes.document.boundary = circle
    minutes.document.save(update_fields=["boundary"])
    guest(held, "Jean Bon")
    assert circulate(held, manager) == []
    assert not SignedLink.objects.open().exists()


# --- What it gives --------------------------------------------------------------------------------------------------


def test_the_next_circulation_closes_the_links_of_the_one_before(client, held, manager) -> None:
    rose, jean = guest(held), guest(held, "Jean Bon")
    first = circulate(held, manager)
    Invitee.objects.filter(pk=jean.pk).update(attendance=Attendance.ABSENT)  # noted by mistake
    (second,) = circulate(held, manager)
    assert [opens(client, address) for address in (*first, second)] == [False, False, True]
    rose.refresh_from_db()
    assert SignedLink.objects.open().get() == rose.minutes_link


def test_it_follows_the_minutes_to_their_approval(client, held, manager) -> None:
    guest(held)
    (address,) = circulate(held, manager)
    close_amendments()
    minutes = Meeting.objects.get(pk=held.pk).minutes
    actions.approve_minutes(minutes=minutes, by=manager)
    print_waiting()
    assert SignedLink.objects.count() == 1  # an approval sends no other
    taken = b"".join(client.post(address).streaming_content)
    minutes.document.refresh_from_db()
    assert (minutes.document.current_number, len(taken)) == (2, minutes.document.file_size)
    assert SignedLink.objects.get().download_count == 1


def test_a_guest_whose_account_closes_is_not_written_to(held, manager, douai) -> None:
    user = make_member(douai)
    guest(held, user=user)
    circulate(held, manager)
    user.is_active = False
    user.save(update_fields=["is_active"])
    mail = OutgoingMail.objects.get(to=user.email)
    deliver_batch([mail.pk])
    mail.refresh_from_db()
    assert (mail.state, mail.text) == (State.RECALLED, "")


def test_the_organiser_reads_before_and_after_who_gets_one_and_takes_it_back(client, held, manager, lille) -> None:
    guest(held)
    client.force_login(manager)
    address = reverse("meetings:minutes", args=[held.uuid])
    assert (
        "1\xa0personne présente ou représentée n’a pas accès à l’espace (Rose Lit)"
        in client.get(address).content.decode()
    )
    told = client.post(address, {"do": "circulate"}, follow=True).content.decode()
    assert "recevra un lien" in told
    print_waiting()
    minutes = Meeting.objects.get(pk=held.pk).minutes
    html = client.get(address).content.decode()
    assert ("Rose Lit" in html, reverse("documents:share", args=[minutes.document.uuid]) in html) == (True, True)
    who = client.get(reverse("documents:document_who", args=[minutes.document.uuid])).content.decode()
    assert "Rose Lit (compte rendu de la réunion)" in who
    client.force_login(make_member(lille))
    assert "documents:share" not in client.get(address).content.decode()
    assert "Rose Lit (" not in client.get(address).content.decode()
