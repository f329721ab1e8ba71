"""Wagtail's own admin, in the hands of somebody who may do everything there: no version's bytes change or go."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents.integrity import differences
from documents.models import Document, Folder
from search.models import Entry
from tests.factories import make_document, make_user


@pytest.fixture
def document(folder):
    return make_document(folder, title="Avant", name="note.txt", content=b"un")


@pytest.fixture
def technician(client, db):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def edit(client, document, **given):
    data = {"title": "Avant", "description": "", "collection": document.collection_id} | given
    return client.post(reverse("wagtaildocs:edit", args=[document.pk]), data)


def test_a_file_given_there_is_the_next_version(client, document, technician):
    assert "Nouvelle version" in client.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    edit(client, document, title="Après", file=SimpleUploadedFile("deux.txt", b"deux"))
    after = Document.objects.get()
    assert (after.title, after.original_name, after.current_number) == ("Après", "deux.txt", 2)
    first, second = after.versions.order_by("number")
    assert (first.sha256, second.sha256, second.author) == (document.sha256, after.sha256, technician)
    assert document.file.storage.exists(first.file.name)
    assert Entry.objects.get(object_id=document.uuid).title == "Après"


@pytest.mark.parametrize(("name", "content"), [("note.txt", b"un"), ("note.exe", b"MZ"), ("vide.txt", b"")])
def test_a_file_that_the_door_refuses_changes_nothing(client, document, technician, name, content):
    assert edit(client, document, title="Après", file=SimpleUploadedFile(name, content)).status_code == 200
    after = Document.objects.get()
    assert (after.title, after.sha256, after.versions.count()) == ("Avant", document.sha256, 1)


def test_a_file_too_large_is_not_dropped_in_silence(client, document, technician, settings):
    settings.DOCUMENT_MAX_BYTES = 1000
    answer = edit(client, document, title="Après", file=SimpleUploadedFile("gros.txt", b"x" * 1001))
    assert (answer.status_code, "trop lourd" in answer.content.decode()) == (200, True)
    after = Document.objects.get()
    assert (after.title, after.versions.count()) == ("Avant", 1)
    assert edit(client, document, title="Après").status_code == 302


def test_a_title_alone_makes_no_version(client, document, technician):
    edit(client, document, title="Après")
    assert (Document.objects.get().title, document.versions.count()) == ("Après", 1)


@pytest.mark.parametrize(
    "path",
    ["/gestion/documents/delete/{pk}/", "/gestion/documents/multiple/{pk}/delete/", "/gestion/bulk/documents/document/delete/?id={pk}"],
)  # fmt: skip
def test_deleting_there_deletes_nothing(client, document, technician, path):
    assert client.post(path.format(pk=document.pk)).status_code == 404
    assert Document.objects.get().versions.count() == 1
    assert document.file.storage.exists(document.file.name)
    assert not [said for said in differences() if str(document.uuid) in said]


def test_a_folder_is_not_removed_there_though_it_is_empty(client, folder, technician):
    address = reverse("wagtailadmin_collections:delete", args=[folder.collection_id])
    assert f"dossier «\N{NO-BREAK SPACE}{folder.name}\N{NO-BREAK SPACE}»" in client.get(address).content.decode()
    assert client.post(address).status_code == 403
    assert Folder.objects.filter(pk=folder.pk).exists()
