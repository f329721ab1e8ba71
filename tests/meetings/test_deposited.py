"""A file of the space stands for a meeting's minutes: for whoever reads it, and in the overview."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from documents import actions as documents
from documents.enums import DocumentKind
from documents.models import Document
from meetings import actions
from meetings.actions.deposited import attach_minutes, detach_minutes
from meetings.actions.desk import hold_meeting
from meetings.enums import BodyKind
from meetings.models import Body, DepositedMinutes
from meetings.queries import last_minutes
from meetings.queries.overview import overview
from spaces.enums import Role
from tests.factories import make_document, make_folder, make_meeting, make_member

pytestmark = pytest.mark.django_db
TITLE = "Relevé du comité"


@pytest.fixture
def body(lille, manager):
    return actions.add_body(
        space=lille, slug="ctt", name="Comité technique territorial", kind=BodyKind.CTT, minutes_due_days=15
    )


@pytest.fixture
def meeting(lille, manager, body):
    return make_meeting(lille, by=manager, in_days=-20, title="Comité", body=body)


def paper(space, manager, title=TITLE, **fields):
    made = make_document(make_folder(space), by=manager, title=title, **fields)
    Document.objects.filter(pk=made.pk).update(kind=DocumentKind.MINUTES)
    return made


def page(client, who, meeting) -> str:
    client.force_login(who)
    response = client.get(meeting.get_absolute_url())
    return response.content.decode() if response.status_code == 200 else str(response.status_code)


def attach(client, meeting, document):
    return client.post(reverse("meetings:attach_minutes", args=[meeting.uuid]), {"document": document}, follow=True)


def test_the_organiser_chooses_it_and_members_read_it(client, meeting, manager, lille, douai):
    document = paper(lille, manager)
    elsewhere = paper(douai, make_member(douai, Role.MANAGER), title="Ailleurs")
    assert (TITLE in page(client, manager, meeting), "Ailleurs" in page(client, manager, meeting)) == (True, False)
    reader = make_member(lille)
    assert TITLE not in page(client, reader, meeting)
    client.force_login(manager)
    assert "n’est plus dans l’espace" in attach(client, meeting, elsewhere.uuid).content.decode()
    assert "Choisissez le document" in attach(client, meeting, "rien").content.decode()
    assert "est maintenant le compte rendu" in attach(client, meeting, document.uuid).content.decode()
    assert TITLE in page(client, reader, meeting)
    assert "Compte rendu déposé" in client.get(reverse("meetings:space", args=["lille"])).content.decode()
    assert last_minutes(reader, lille).minutes_url == meeting.get_absolute_url()
    assert (last_minutes(reader, douai), last_minutes(make_member(douai), lille)) == (None, None)
    assert page(client, make_member(douai, Role.MANAGER), meeting) == "404"
    client.force_login(manager)
    client.post(reverse("meetings:detach_minutes", args=[meeting.uuid]))
    assert TITLE not in page(client, reader, meeting)


def test_a_circle_and_the_trash_hide_it(client, meeting, manager, lille):
    document = paper(lille, manager)
    attach_minutes(meeting=meeting, document=document.uuid, by=manager)
    reader = make_member(lille)
    documents.restrict_folder(folder=document.folder, members=[], by=manager)
    assert TITLE not in page(client, reader, meeting)
    assert "Compte rendu déposé" not in client.get(reverse("meetings:space", args=["lille"])).content.decode()
    assert last_minutes(reader, lille) is None
    document.folder.refresh_from_db()
    documents.open_folder(folder=document.folder, by=manager)
    documents.withdraw_document(document=Document.objects.get(pk=document.pk), by=manager)
    assert TITLE not in page(client, reader, meeting)


def test_counts_as_minutes_in_time(meeting, manager, body, lille):
    year = timezone.localtime(meeting.starts_at).year
    (row,) = overview(manager, year)
    assert (row.circulated, len(row.awaited)) == (0, 1)
    document = paper(lille, manager, published_at=timezone.now() - timezone.timedelta(days=10))
    attach_minutes(meeting=meeting, document=document.uuid, by=manager)
    (row,) = overview(manager, year)
    assert (row.circulated, row.in_time, len(row.awaited)) == (1, 1, 0)
    assert row.held[0].minutes_url == meeting.get_absolute_url()


def test_what_is_refused(meeting, manager, body, lille, douai):
    document = paper(lille, manager)
    later = make_meeting(lille, by=manager, in_days=3)
    other = make_meeting(lille, by=manager, in_days=-3)
    with pytest.raises(ValidationError, match="pas encore eu lieu"):
        attach_minutes(meeting=later, document=document.uuid, by=manager)
    with pytest.raises(PermissionDenied):
        attach_minutes(meeting=meeting, document=document.uuid, by=make_member(lille, Role.CONTRIBUTOR))
    for stranger in (make_member(douai, Role.MANAGER), make_member(douai, Role.READER)):
        with pytest.raises(Http404):
            attach_minutes(meeting=meeting, document=document.uuid, by=stranger)
        with pytest.raises(Http404):
            detach_minutes(meeting=meeting, by=stranger)
    attach_minutes(meeting=meeting, document=document.uuid, by=manager)
    with pytest.raises(ValidationError, match="une autre réunion"):
        attach_minutes(meeting=other, document=document.uuid, by=manager)
    assert DepositedMinutes.objects.count() == 1


def test_minutes_written_here_come_first(client, meeting, manager, lille):
    from meetings.actions import minutes

    document = paper(lille, manager)
    hold_meeting(meeting=meeting, by=manager)
    make_folder(lille, "comptes-rendus", name="Comptes rendus")
    minutes.circulate_minutes(meeting=meeting, by=manager)
    with pytest.raises(ValidationError, match="ne se remplace pas"):
        attach_minutes(meeting=meeting, document=document.uuid, by=manager)
    assert "Rattacher à cette réunion" not in page(client, manager, meeting)
    assert Body.objects.count() == 1
