"""The pictures of one exact version: the rights of the version itself, whether it is in force or has been replaced."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from documents import actions, tasks
from documents.enums import ScanState
from documents.models import Scan
from spaces.enums import Role
from tests.documents import samples
from tests.factories import make_document, make_member, make_user


@pytest.fixture
def document(folder):
    document = make_document(folder, name="affiche.png", content=samples.picture(size=(600, 800)))
    new = ContentFile(samples.picture(size=(300, 200)), name="affiche.png")
    actions.publish_version(document=document, file=new, by=document.uploaded_by_user)
    document.refresh_from_db()
    assert tasks.draw_previews() == 2
    return document


def addresses(document, number):
    return [
        reverse("documents:version_thumbnail", args=[document.uuid, number]),
        reverse("documents:version_page", args=[document.uuid, number, 1]),
    ]


def statuses(client, document, number):
    found = []
    for address in addresses(document, number):
        response = client.get(address)
        response.close()
        found.append(response.status_code)
    return found


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_sees_neither_the_old_nor_the_new(role, number, client, document, douai):
    client.force_login(make_member(douai, role))
    for address in addresses(document, number):
        unknown = client.get(address.replace(str(document.uuid), str(uuid4())))
        real = client.get(address, headers={"if-none-match": "*"})
        assert (real.status_code, unknown.status_code, len(real.content)) == (404, 404, len(unknown.content))


@pytest.mark.parametrize("number", [1, 2])
def test_whom_a_share_opens_the_document_sees_no_version_by_its_number(number, client, document, douai):
    guest = make_user()
    manager = make_member(document.space, Role.MANAGER)
    tomorrow = timezone.localdate() + timedelta(days=1)
    actions.share_document(document=document, by=manager, to_user=guest, ends_on=tomorrow, reason="Relecture")
    client.force_login(guest)
    assert statuses(client, document, number) == [404, 404]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("role", list(Role))
def test_each_version_has_its_own_for_who_reads_the_space(role, number, client, document):
    client.force_login(make_member(document.space, role))
    page = client.get(reverse("documents:version", args=[document.uuid, number])).content.decode()
    history = client.get(reverse("documents:history", args=[document.uuid])).content.decode()
    thumbnail, first = addresses(document, number)
    assert (f'src="{first}?' in page, f'src="{thumbnail}?' in history) == (True, True)
    response = client.get(first)
    picture = Image.open(io.BytesIO(b"".join(response.streaming_content)))
    assert picture.size == {1: (600, 800), 2: (300, 200)}[number]
    response.close()
    assert client.get(reverse("documents:version_page", args=[document.uuid, number, 2])).status_code == 404
    assert statuses(client, document, 3) == [404, 404]


@pytest.mark.parametrize(
    ("state", "own", "other"),
    [
        (ScanState.INFECTED, 404, 404),
        (ScanState.PENDING, 200, 404),
        (ScanState.UNSCANNED, 200, 404),
        (ScanState.CLEAN, 200, 200),
    ],
)
def test_what_the_antivirus_holds_back_shows_no_picture(state, own, other, client, document):
    Scan.objects.create(sha256=document.versions.get(number=1).sha256, state=state)
    for person, expected in ((document.uploaded_by_user, own), (make_member(document.space), other)):
        client.force_login(person)
        assert statuses(client, document, 1) == [expected] * 2
        assert statuses(client, document, 2) == [200, 200]


def test_nothing_of_the_trash_is_shown(client, document):
    client.force_login(document.uploaded_by_user)
    actions.withdraw_document(document=document, by=document.uploaded_by_user)
    assert [statuses(client, document, number) for number in (1, 2)] == [[404, 404]] * 2


def test_a_replaced_version_shows_no_text_of_another(client, folder):
    document = make_document(folder, name="note.txt", content=b"ancien")
    by = document.uploaded_by_user
    actions.publish_version(document=document, file=ContentFile(b"nouveau", name="note.txt"), by=by)
    tasks.read_document(document.pk)
    client.force_login(by)
    page = client.get(reverse("documents:version", args=[document.uuid, 1])).content.decode()
    assert ("Un fichier TXT n’a pas d’aperçu" in page, "nouveau" in page.partition("<main")[2]) == (True, False)
