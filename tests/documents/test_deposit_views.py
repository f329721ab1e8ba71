"""Depositing files, as whoever sends them meets it."""

import unicodedata

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.test import Client
from django.urls import reverse

from documents import uploads
from documents.models import Document
from spaces.enums import Role
from tests.factories import PDF, make_folder, make_member


@pytest.fixture
def author(folder):
    return make_member(folder.space, Role.CONTRIBUTOR)


@pytest.fixture
def deposit(client, folder, author):
    client.force_login(author)

    def deposit(*files, same_name="skip", folder_slug=folder.slug, **headers):
        data = {"folder": folder_slug, "same_name": same_name, "files": files}
        return client.post(reverse("documents:upload", args=["lille"]), data, headers=headers)

    return deposit


def pdf(name="a.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def test_the_good_ones_are_kept_and_the_bad_ones_said(client, deposit):
    response = deposit(pdf("bon.pdf"), pdf("vide.pdf", b""), pdf("virus.pdf", b"MZ00"), pdf("page.html"))
    document = Document.objects.get()
    assert (document.original_name, response.url) == ("bon.pdf", f"/espaces/lille/documents/deposes/?d={document.uuid}")
    page = client.get(response.url).content.decode()
    for name in ("vide.pdf", "virus.pdf", "page.html"):
        assert f"«\u00a0{name}\u00a0» n’a pas été déposé" in page


def test_nothing_good(deposit):
    response = deposit(pdf("vide.pdf", b""))
    assert (response.status_code, Document.objects.count()) == (400, 0)
    assert "ce fichier est vide (0 octet)." in response.content.decode()


def test_no_file_and_no_folder(deposit):
    page = deposit(folder_slug="").content.decode()
    assert ("Choisissez un dossier." in page, "Choisissez au moins un fichier." in page) == (True, True)


def test_a_folder_of_another_space_is_not_a_choice(deposit, douai):
    make_folder(douai, "ailleurs")
    assert deposit(pdf(), folder_slug="ailleurs").status_code == 400
    assert Document.objects.count() == 0


def test_too_many_files(deposit, settings):
    settings.DOCUMENT_MAX_FILES = 2
    response = deposit(pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"))
    assert (response.status_code, Document.objects.count()) == (400, 0)
    assert "2 fichiers au plus" in response.content.decode()


def test_the_same_name_is_asked_about(deposit):
    deposit(pdf("a.pdf"))
    response = deposit(pdf("A.pdf"))
    assert (response.status_code, Document.objects.count()) == (409, 1)
    assert "un fichier de ce nom est déjà dans ce dossier" in response.content.decode()
    deposit(pdf("a.pdf"), same_name="keep")
    assert sorted(Document.objects.values_list("title", flat=True)) == ["a", "a (2)"]
    deposit(pdf("Été (1)+[v2].pdf"))
    names = ("ÉTÉ (1)+[V2].PDF", "été (1)+[v2].pdf", "Ete (1)+[v2].pdf", "Été (1)+[v2]xpdf.pdf")
    assert [deposit(pdf(name)).status_code for name in names] == [409, 409, 302, 302]


def test_a_mac_s_accents_stay(deposit):
    deposit(pdf(unicodedata.normalize("NFD", "Évaluation été.pdf")))
    assert Document.objects.get().original_name == "Évaluation été.pdf"


def test_folders_in_a_name_are_dropped(deposit):
    deposit(pdf("../../x.pdf"))
    assert Document.objects.get().original_name == "x.pdf"


def test_too_large(deposit, settings):
    settings.DOCUMENT_MAX_BYTES = 100_000
    response = deposit(pdf("gros.pdf", PDF + b"0" * 3_000_000))
    assert (response.status_code, Document.objects.count()) == (413, 0)
    assert "ce fichier est trop lourd" in response.content.decode()


def test_too_large_beside_a_good_one(deposit, settings):
    settings.DOCUMENT_MAX_BYTES = 100_000
    deposit(pdf("gros.pdf", PDF + b"0" * 3_000_000), pdf("bon.pdf"))
    assert Document.objects.get().original_name == "bon.pdf"


def test_a_large_file_passes_by_the_store_s_volume_and_leaves_nothing(deposit):
    deposit(pdf("moyen.pdf", PDF + b"0" * 3_000_000))
    assert Document.objects.get().file_size == len(PDF) + 3_000_000
    assert uploads.sweep(older_than=-1) == 0


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_full_disk(deposit, size, full_disk):
    response = deposit(pdf("a.pdf", PDF + b"0" * size))
    assert (response.status_code, Document.objects.count()) == (507, 0)
    assert "il n’y a plus de place sur le serveur" in response.content.decode()
    assert uploads.sweep(older_than=-1) == 0


@pytest.fixture
def full_disk(monkeypatch, settings, tmp_path):
    """A store whose volume refuses every byte, as a full disk does."""
    import errno
    import tempfile

    real = tempfile.NamedTemporaryFile

    def full(*args, **kwargs):
        file = real(*args, **kwargs)

        def write(data):
            raise OSError(errno.ENOSPC, "No space left on device")

        file.write = write
        return file

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)


def test_the_drop_zone_gets_facts(deposit):
    response = deposit(pdf("a.pdf"), accept="application/json")
    document = Document.objects.get()
    assert (response.status_code, response.json()) == (
        201,
        {"accepted": [{"uuid": str(document.uuid), "title": "a"}], "refused": []},
    )
    response = deposit(pdf("a.pdf"), accept="application/json")
    assert (response.status_code, response.json()["refused"][0]["code"]) == (409, "same_name")


def test_titles_after(client, deposit):
    url = deposit(pdf("a.pdf"), pdf("b.pdf")).url
    one, two = Document.objects.order_by("original_name")
    data = {f"{one.uuid}-title": "Le premier", f"{two.uuid}-title": ""}
    assert "Donnez un titre au document." in client.post(url, data).content.decode()
    response = client.post(url, data | {f"{two.uuid}-title": "b"})
    assert response.url == "/espaces/lille/documents/comptes-rendus/"
    assert sorted(Document.objects.values_list("title", flat=True)) == ["Le premier", "b"]


def test_titles_of_somebody_else_s_documents(client, deposit, folder):
    url = deposit(pdf()).url
    client.force_login(make_member(folder.space, Role.MANAGER))
    assert client.get(url).status_code == 404
    assert client.get(url.replace("?d=", "?d=x")).status_code == 404


# --- Before anybody has signed in -----------------------------------------------------------------------------------


@pytest.fixture
def kept(monkeypatch):
    """The names of the files that a request made us keep, in memory or on the volume."""
    kept = []
    for handler in (MemoryFileUploadHandler, uploads.IncomingFileHandler):
        new_file = handler.new_file

        def noted(self, field, name, *args, new_file=new_file, **kwargs):
            kept.append(name)
            return new_file(self, field, name, *args, **kwargs)

        monkeypatch.setattr(handler, "new_file", noted)
    return kept


@pytest.mark.parametrize("address", ["/espaces/lille/documents/deposer/", "/gestion/images/add/", "/compte/connexion/"])
@pytest.mark.parametrize("enforce_csrf_checks", [True, False])
def test_no_file_of_an_anonymous_visitor_is_kept(lille, kept, address, enforce_csrf_checks):
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32  # without it the body is not even looked at
    data = {"csrfmiddlewaretoken": "b" * 32, "files": pdf(content=PDF * 100_000), "file": pdf("petit.pdf")}
    response = client.post(address, data)
    at_the_door = 200 if address == "/compte/connexion/" else 302
    assert (response.status_code, kept) == (403 if enforce_csrf_checks else at_the_door, [])


def test_the_files_of_who_is_signed_in_are_received(deposit, kept):
    assert deposit(pdf("a.pdf"), pdf("b.pdf", PDF * 100_000)).status_code == 302
    assert set(kept) == {"a.pdf", "b.pdf"}
