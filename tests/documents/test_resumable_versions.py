"""A new version that goes by parts, or is asked for by the form's own script: the rights and refusals of the form itself."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents import actions
from documents.models import IncomingUpload, document_store
from spaces.enums import Role
from tests.documents.test_resumable import CONTENT, SIZE, patch, start, words
from tests.factories import make_document, make_folder, make_member

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _leave_the_store_clean():
    yield
    for path in document_store().incoming.glob("upload-*"):
        path.unlink()


@pytest.fixture
def author(folder):
    return make_member(folder.space, Role.CONTRIBUTOR)


@pytest.fixture
def document(folder, author):
    return make_document(folder, by=author, name="guide.pdf")


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_a_document_of_another_space_and_none_answer_alike(role, client, document, douai):
    outsider = make_member(douai, role)
    client.force_login(outsider)
    here = make_folder(douai, "guide")
    real, unknown = (start(client, here, document=str(uuid)) for uuid in (document.uuid, uuid4()))
    assert real.status_code == unknown.status_code == (403 if role == Role.READER else 404)
    assert (len(real.content), IncomingUpload.objects.count()) == (len(unknown.content), 0)


def test_a_document_is_given_no_version_through_another_space(client, document, douai):
    both = make_member(document.space, Role.MANAGER)
    make_member(douai, Role.MANAGER, user=both)
    client.force_login(both)
    assert start(client, make_folder(douai, "guide"), document=str(document.uuid)).status_code == 404


@pytest.mark.parametrize(("opened", "status"), [(False, 403), (True, 201)])
def test_a_contributor_gives_a_version_to_what_is_open_to_them(opened, status, client, folder, document, author):
    same = {"title": document.title, "description": "", "folder": folder}
    actions.change_document(document=document, by=author, is_open=opened, **same)
    client.force_login(make_member(folder.space, Role.CONTRIBUTOR))
    assert start(client, folder, document=str(document.uuid)).status_code == status


def test_a_right_lost_on_the_way_publishes_nothing(client, folder, document, author):
    client.force_login(author)
    address = start(client, folder, document=str(document.uuid))["Location"]
    actions.withdraw_document(document=document, by=author)
    assert patch(client, address, CONTENT, 0).status_code == 404
    assert document.versions.count() == 1


def test_a_reserved_document_is_said_before_the_bytes_are_sent(client, folder, document, author):
    actions.reserve_document(document=document, by=author)
    client.force_login(make_member(folder.space, Role.MANAGER))
    refused = start(client, folder, document=str(document.uuid))
    assert (refused.status_code, refused.json()["refused"][0]["code"]) == (409, "reserved")


# --- What it does ---------------------------------------------------------------------------------------------------


def test_by_parts_after_a_cut(client, folder, document, author):
    client.force_login(author)
    address = start(client, folder, document=str(document.uuid), reason="Carte refaite")["Location"]
    assert patch(client, address, CONTENT[:3000], 0).status_code == 204
    assert client.head(address)["Upload-Offset"] == "3000"
    made = patch(client, address, CONTENT[3000:], 3000)
    assert (made.status_code, made.json()["accepted"][0]["url"]) == (201, document.get_absolute_url())
    latest = document.versions.get(number=2)
    assert (latest.size, latest.reason, latest.author) == (SIZE, "Carte refaite", author)
    assert IncomingUpload.objects.count() == 0
    assert "La version 2 est en vigueur." in client.get(document.get_absolute_url()).content.decode()


def test_the_form_answers_its_script(client, document, author):
    client.force_login(author)
    address = reverse("documents:version_new", args=[document.uuid])
    made = client.post(address, {"file": SimpleUploadedFile("a.txt", b"deux"), "reason": "Relu"}, headers=JSON)
    assert (made.status_code, made.json()["accepted"][0]["url"]) == (201, document.get_absolute_url())
    assert document.versions.get(number=2).reason == "Relu"
    same = client.post(address, {"file": SimpleUploadedFile("a.txt", b"deux")}, headers=JSON)
    [refusal] = same.json()["refused"]
    assert (same.status_code, refusal["name"], refusal["code"]) == (400, "a.txt", "same")
    assert refusal["reason"].startswith("c’est déjà, octet pour octet")


def test_a_deposit_that_becomes_a_version_says_why(client, folder, document, author):
    client.force_login(author)
    typed = {"folder": folder.slug, "same_name": "version", "reason": "Dates corrigées"}
    client.post(
        reverse("documents:upload", args=[folder.space.slug]),
        typed | {"files": SimpleUploadedFile("guide.pdf", CONTENT)},
    )
    assert document.versions.get(number=2).reason == "Dates corrigées"
    address = start(client, folder, name="guide.pdf", size=SIZE + 1)["Location"]
    assert patch(client, address, CONTENT + b"y", 0).status_code == 409
    answer = patch(client, address, b"", SIZE + 1, Upload_Metadata=words(same_name="version", reason="Encore"))
    assert (answer.status_code, document.versions.get(number=3).reason) == (201, "Encore")
