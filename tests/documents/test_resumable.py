"""Large files by parts: whose they are, how a cut is mended, what a full disk says."""

import base64
import hashlib
import io
import os
import time

import pytest
from django.core.management import call_command
from django.urls import reverse

from documents import resumable, uploads
from documents.models import Document, IncomingUpload, document_store
from spaces.enums import Role
from tests.factories import PDF, make_document, make_member

CONTENT = PDF + b"x" * 5000
SIZE = len(CONTENT)
PART = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def _leave_the_store_clean():
    yield
    for path in document_store().incoming.glob("upload-*"):
        path.unlink()


@pytest.fixture
def author(folder):
    return make_member(folder.space, Role.CONTRIBUTOR)


@pytest.fixture
def sender(client, author):
    client.force_login(author)
    return client


def words(**values):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def start(client, folder, *, name="été.pdf", size=SIZE, **choices):
    told = words(filename=name, folder=folder.slug, **({"same_name": "skip"} | choices))
    address = reverse("documents:incoming", args=[folder.space.slug])
    return client.post(address, headers={"Upload-Length": str(size), "Upload-Metadata": told})


def patch(client, address, content, offset, **headers):
    headers = {
        "Content-Type": PART,
        "Upload-Offset": str(offset),
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    return client.patch(address, content, content_type=PART, headers=headers)


# --- Denied first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.CONTRIBUTOR, 201)])
def test_who_may_start(role, status, client, folder):
    client.force_login(make_member(folder.space, role))
    assert start(client, folder).status_code == status


@pytest.mark.parametrize("role", list(Role))
def test_a_space_of_others_does_not_exist(role, client, folder, douai):
    client.force_login(make_member(douai, role))
    assert start(client, folder).status_code == 404
    assert IncomingUpload.objects.count() == 0


@pytest.mark.parametrize("method", ["head", "patch", "delete"])
def test_another_account_gets_the_404_of_an_unknown_upload(method, client, sender, folder):
    address = start(sender, folder)["Location"]
    client.force_login(make_member(folder.space, Role.MANAGER))
    assert getattr(client, method)(address).status_code == 404
    assert IncomingUpload.objects.count() == 1


def test_a_right_lost_on_the_way_ends_it(sender, author, folder):
    address = start(sender, folder)["Location"]
    assert patch(sender, address, CONTENT[:100], 0).status_code == 204
    author.memberships.update(ended_at="2020-01-01T00:00Z")
    assert patch(sender, address, CONTENT[100:], 100).status_code == 404
    assert Document.objects.count() == 0


# --- A cut, and after ------------------------------------------------------------------------------------------------


class ShortFile(io.BytesIO):
    """Takes at most seven bytes at a time, as a disk nearly full may."""

    def write(self, data):
        return super().write(data[:7])


def test_a_file_that_takes_less_than_it_is_given_loses_nothing():
    file = ShortFile()
    resumable._write_whole(file, CONTENT)
    assert file.getvalue() == CONTENT


def test_parts_make_the_document(sender, author, folder):
    started = start(sender, folder)
    address = started["Location"]
    assert (started.status_code, "Upload-Expires" in started) == (201, True)
    first = patch(sender, address, CONTENT[:1000], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    asked = sender.head(address)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("1000", str(len(CONTENT)))
    last = patch(sender, address, CONTENT[1000:], 1000)
    assert (last.status_code, last.json()["accepted"][0]["title"]) == (201, "été")
    document = Document.objects.get()
    assert (document.original_name, document.uploaded_by_user) == ("été.pdf", author)
    assert document.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (IncomingUpload.objects.count(), sender.head(address).status_code) == (0, 404)
    assert not list(document.file.storage.incoming.glob(f"*{address.split('/')[-2]}"))


def test_a_part_out_of_place_changes_nothing(sender, folder):
    address = start(sender, folder)["Location"]
    patch(sender, address, CONTENT[:1000], 0)
    for offset in (0, 500, 2000):
        assert patch(sender, address, CONTENT[:1000], offset).status_code == 409
    assert sender.head(address)["Upload-Offset"] == "1000"


def test_a_damaged_part_is_thrown_away(sender, folder):
    address = start(sender, folder)["Location"]
    good = f"sha256 {base64.b64encode(hashlib.sha256(CONTENT[:1000]).digest()).decode()}"
    assert patch(sender, address, CONTENT[1:1001], 0, Upload_Checksum=good).status_code == 460
    assert sender.head(address)["Upload-Offset"] == "0"
    assert patch(sender, address, CONTENT[:1000], 0, Upload_Checksum=good).status_code == 204


def test_a_cut_keeps_what_came(sender, folder):
    upload = IncomingUpload.objects.get(uuid=start(sender, folder)["Location"].split("/")[-2])

    class Cut:
        parts = [CONTENT[:700]]

        def read(self, size):
            if not self.parts:
                raise OSError("connection reset")
            return self.parts.pop()

    assert resumable.append(upload, Cut(), offset=0) == 700


def test_more_than_announced_is_not_written(sender, folder):
    address = start(sender, folder)["Location"]
    assert patch(sender, address, CONTENT + b"more", 0).status_code == 201
    assert Document.objects.get().file_size == len(CONTENT)


def test_two_at_once(sender, folder):
    address = start(sender, folder)["Location"]
    upload = IncomingUpload.objects.get()
    with resumable.locked(upload):
        assert patch(sender, address, CONTENT, 0).status_code == 409
    assert patch(sender, address, CONTENT, 0).status_code == 201


# --- Questions and refusals -----------------------------------------------------------------------------------------


def test_a_name_already_there_asks_and_the_bytes_wait(sender, folder, author):
    make_document(folder, name="été.pdf", by=author)
    address = start(sender, folder)["Location"]
    asked = patch(sender, address, CONTENT, 0)
    assert (asked.status_code, asked.json()["refused"][0]["code"]) == (409, "same_name")
    answered = patch(sender, address, b"", len(CONTENT), Upload_Metadata=words(same_name="keep"))
    assert (answered.status_code, Document.objects.count()) == (201, 2)


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"size": 10**12}, 413, "trop lourd"),
        ({"name": "virus.exe"}, 400, "format"),
        ({"size": 0}, 400, "vide"),
        ({"size": "x"}, 400, ""),
    ],
)
def test_what_the_door_would_refuse_is_refused_at_once(changes, status, sentence, sender, folder):
    response = start(sender, folder, **changes)
    assert (response.status_code, sentence in response.content.decode()) == (status, True)
    assert IncomingUpload.objects.count() == 0


def test_bytes_that_are_not_the_format_leave_nothing(sender, folder):
    address = start(sender, folder, size=4)["Location"]
    response = patch(sender, address, b"MZ\x00\x00", 0)
    assert (response.status_code, response.json()["refused"][0]["code"]) == (400, "content")
    assert (Document.objects.count(), IncomingUpload.objects.count()) == (0, 0)


def test_unfinished_uploads_are_bounded(sender, folder):
    for _ in range(resumable.MAX_WAITING):
        assert start(sender, folder).status_code == 201
    assert "inachevés" in start(sender, folder).json()["refused"][0]["reason"]


def test_cancelling_frees_the_place(sender, folder):
    address = start(sender, folder)["Location"]
    path = IncomingUpload.objects.get().path
    assert sender.delete(address).status_code == 204
    assert (path.exists(), IncomingUpload.objects.count()) == (False, 0)


def test_what_is_abandoned_is_swept(sender, folder, capsys):
    address = start(sender, folder)["Location"]
    upload = IncomingUpload.objects.get()
    before = time.time() - uploads.LEFTOVER_AGE - 1
    os.utime(upload.path, (before, before))
    IncomingUpload.objects.update(created_at="2020-01-01T00:00Z")
    call_command("sweep_uploads")
    assert (IncomingUpload.objects.count(), sender.head(address).status_code) == (0, 404)
