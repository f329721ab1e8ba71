"""Wagtail's own admin, in the hands of somebody who may do everything there: no version's bytes change or go."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents.integrity import differences
from documents.models import Document
from tests.factories import make_document, make_user


@pytest.fixture
def document(folder):
    return make_document(folder, title="Avant", name="note.txt", content=b"un")


@pytest.fixture
def technician(client, db):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def test_editing_there_leaves_the_file_alone(client, document, technician):
    data = {"title": "Après", "description": "", "collection": document.collection_id}
    data["file"] = SimpleUploadedFile("note.txt", b"deux")
    client.post(reverse("wagtaildocs:edit", args=[document.pk]), data)
    after = Document.objects.get()
    assert (after.sha256, after.file.name, after.versions.count()) == (document.sha256, document.file.name, 1)
    assert document.file.storage.exists(document.file.name)


@pytest.mark.parametrize(
    "path",
    ["/gestion/documents/delete/{pk}/", "/gestion/documents/multiple/{pk}/delete/", "/gestion/bulk/documents/document/delete/?id={pk}"],
)  # fmt: skip
def test_deleting_there_deletes_nothing(client, document, technician, path):
    assert client.post(path.format(pk=document.pk)).status_code == 404
    assert Document.objects.get().versions.count() == 1
    assert document.file.storage.exists(document.file.name)
    assert not [said for said in differences() if str(document.uuid) in said]
