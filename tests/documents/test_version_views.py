"""The screens of versions, of the reservation and of the trash."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents import actions
from documents.models import Document
from spaces.enums import Role
from tests.factories import make_document, make_member


@pytest.fixture
def author(folder):
    return make_member(folder.space, Role.CONTRIBUTOR)


@pytest.fixture
def document(folder, author):
    made = make_document(folder, by=author, title="Motplanté", name="note.txt", content=b"un")
    second = ContentFile(b"deux", name="note.txt")
    actions.publish_version(document=made, file=second, by=author, reason="Les chiffres de 2026")
    made.refresh_from_db()
    return made


def address(name, document, *more):
    return reverse(f"documents:{name}", args=[document.uuid, *more])


def bytes_of(response):
    content = b"".join(response.streaming_content)
    response.close()
    return content


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_gets_no_version(client, role, document, douai):
    client.force_login(make_member(douai, role))
    for name in ("version", "version_download", "version_restore", "version_name"):
        assert client.get(address(name, document, 1)).status_code == 404
        assert client.post(address(name, document, 1)).status_code in (404, 405)
    for name in ("history", "version_new"):
        assert client.get(address(name, document)).status_code == 404
    for name in ("reserve", "release", "put_back"):
        assert client.post(address(name, document)).status_code == 404
    assert document.versions.count() == 2


def test_the_address_of_a_version_gives_its_own_bytes(client, document):
    client.force_login(make_member(document.space))
    assert bytes_of(client.get(address("version_download", document, 1))) == b"un"
    assert bytes_of(client.get(address("version_download", document, 2))) == b"deux"
    assert bytes_of(client.get(address("download", document))) == b"deux"
    assert client.get(address("version_download", document, 3)).status_code == 404


def test_a_superseded_version_says_so_and_leads_to_the_current_one(client, document):
    client.force_login(make_member(document.space))
    page = client.get(address("version", document, 1)).content.decode()
    assert "n’est plus en vigueur" in page
    assert f'href="{address("version", document, 2)}">version 2</a>' in page
    assert f'href="{document.get_absolute_url()}">Voir la version en vigueur (2)' in page
    current = client.get(address("version", document, 2)).content.decode()
    assert ("Version en vigueur depuis" in current, "n’est plus" in current) == (True, False)


def test_the_document_tells_what_changed(client, document):
    client.force_login(make_member(document.space))
    page = client.get(document.get_absolute_url()).content.decode()
    assert ("Les chiffres de 2026" in page, "2\u00a0versions" in page) == (True, True)
    assert "nouvelle-version" not in page  # a reader adds nothing


def test_the_history_costs_the_same_with_twenty_versions(client, document, author, django_assert_num_queries):
    client.force_login(make_member(document.space, Role.MANAGER))
    for name in ("history", "document"):
        client.get(address(name, document))
    for number in range(18):
        actions.publish_version(document=document, file=ContentFile(f"{number}".encode(), name="n.txt"), by=author)
    client.get(address("history", document))  # the bell counts again after what has happened
    with django_assert_num_queries(5):
        page = client.get(address("history", document)).content.decode()
    assert all(f"/v{number}/telecharger/" in page for number in range(1, 21))


def test_depositing_a_version(client, document, author):
    client.force_login(author)
    url = address("version_new", document)
    page = client.post(url, {"reason": "Corrigé"}).content.decode()
    assert ("Choisissez un fichier." in page, 'value="Corrigé"' in page) == (True, True)
    response = client.post(url, {"file": SimpleUploadedFile("x.txt", b"deux"), "reason": ""})
    assert (response.status_code, "octet pour octet" in response.content.decode()) == (400, True)
    response = client.post(url, {"file": SimpleUploadedFile("x.txt", b"trois"), "reason": "Corrigé"})
    assert response.url == document.get_absolute_url()
    assert "La version 3 est en vigueur." in client.get(response.url).content.decode()
    assert document.versions.get(number=3).reason == "Corrigé"


def test_a_version_too_large_is_said_so(client, document, author, settings):
    settings.DOCUMENT_MAX_BYTES = 100_000
    client.force_login(author)
    response = client.post(address("version_new", document), {"file": SimpleUploadedFile("x.txt", b"0" * 200_000)})
    assert (response.status_code, "ce fichier est trop lourd" in response.content.decode()) == (413, True)


def test_restoring_and_naming(client, document, author):
    client.force_login(author)
    response = client.post(address("version_restore", document, 1), {"reason": ""})
    assert "La version 1 est rétablie" in client.get(response.url).content.decode()
    assert bytes_of(client.get(address("download", document))) == b"un"
    refused = client.post(address("version_restore", document, 3), {"reason": ""}).content.decode()
    assert "n’a pas été rétablie" in refused
    response = client.post(address("version_name", document, 1), {"label": "Validée en COTEC"})
    assert "Version 1 – Validée en COTEC" in client.get(response.url).content.decode()


def test_a_reservation_is_seen_and_kept(client, document, author):
    manager = make_member(document.space, Role.MANAGER)
    client.force_login(author)
    assert "Vous avez réservé" in client.get(client.post(address("reserve", document)).url).content.decode()
    client.force_login(manager)
    said = f"{author} a réservé ce document"
    assert said in client.get(document.get_absolute_url()).content.decode()
    assert f"par {author} jusqu’au" in client.get(document.folder.get_absolute_url()).content.decode()
    page = client.get(address("version_new", document)).content.decode()
    assert (said in page, 'type="file"' in page) == (True, False)
    sent = client.post(address("version_new", document), {"file": SimpleUploadedFile("x.txt", b"trois")})
    assert (sent.status_code, document.versions.count()) == (409, 2)
    assert client.post(address("reserve", document)).status_code == 302
    client.post(address("release", document))
    document.refresh_from_db()
    assert not document.is_reserved


def test_the_trash_is_the_manager_s(client, document, author, douai):
    client.force_login(author)
    client.post(address("withdraw", document))
    trash = reverse("documents:trash", args=["lille"])
    assert client.get(trash).status_code == 403
    for user in (
        make_member(document.space),
        make_member(document.space, Role.CONTRIBUTOR),
        make_member(douai, Role.MANAGER),
    ):
        client.force_login(user)
        assert client.post(address("put_back", document)).status_code == 404
    assert client.get(trash).status_code == 404
    client.force_login(make_member(document.space, Role.MANAGER))
    page = client.get(trash).content.decode()
    assert ("Motplanté" in page, "Jeté aujourd’hui" in page) == (True, True)
    client.post(address("put_back", document))
    assert "La corbeille est vide." in client.get(trash).content.decode()
    assert [version.number for version in Document.objects.get(withdrawn_at=None).versions.order_by("number")] == [1, 2]
    assert client.get(address("version", document, 1)).status_code == 200


def test_a_full_trash_has_pages(client, document, author, monkeypatch):
    monkeypatch.setattr("documents.queries.PAGE_SIZE", 2)
    for rank in range(3):
        thrown = make_document(
            document.folder, by=author, title=f"Note {rank}", name=f"n{rank}.txt", content=b"%d" % rank
        )
        actions.withdraw_document(document=thrown, by=author)
    client.force_login(make_member(document.space, Role.MANAGER))
    trash = reverse("documents:trash", args=["lille"])
    first, second = (client.get(trash, {"page": page}).content.decode() for page in (1, 2))
    assert "3\u00a0documents, les derniers jetés d’abord, page 1 sur 2" in first
    assert [[f"Note {rank}" in page for rank in range(3)] for page in (first, second)] == [
        [False, True, True],
        [True, False, False],
    ]


def test_no_version_of_a_document_in_the_trash_is_reached(client, document, author):
    actions.withdraw_document(document=document, by=author)
    client.force_login(make_member(document.space, Role.MANAGER))
    for name in ("version", "version_download"):
        assert client.get(address(name, document, 1)).status_code == 404


# --- Depositing a file whose name is there


def deposit(client, folder, content, same_name, **headers):
    data = {"folder": folder.slug, "same_name": same_name, "files": SimpleUploadedFile("NOTE.txt", content)}
    return client.post(reverse("documents:upload", args=["lille"]), data, headers=headers)


def test_a_file_whose_name_is_there_may_be_its_next_version(client, document, author):
    client.force_login(author)
    response = deposit(client, document.folder, b"trois", "version")
    assert response.url == document.get_absolute_url()
    assert "en est à la version 3." in client.get(response.url).content.decode()
    answer = deposit(client, document.folder, b"quatre", "version", accept="application/json")
    assert (answer.status_code, answer.json()["accepted"][0]["url"]) == (201, document.get_absolute_url())
    assert (Document.objects.count(), document.versions.count()) == (1, 4)


def test_somebody_else_s_document_is_not_replaced_by_a_name(client, document):
    client.force_login(make_member(document.space, Role.CONTRIBUTOR))
    response = deposit(client, document.folder, b"trois", "version")
    assert (response.status_code, "n’est pas le vôtre" in response.content.decode()) == (400, True)
    assert document.versions.count() == 2


def test_a_reserved_document_is_not_replaced_by_a_name(client, document, author):
    actions.reserve_document(document=document, by=author)
    client.force_login(make_member(document.space, Role.MANAGER))
    response = deposit(client, document.folder, b"trois", "version")
    assert (response.status_code, "l’a réservé pour modification" in response.content.decode()) == (409, True)
    assert document.versions.count() == 2


def test_what_a_reservation_would_refuse_is_not_offered(client, document, author):
    manager = make_member(document.space, Role.MANAGER)
    actions.reserve_document(document=document, by=author)
    for user, is_offered in ((author, True), (manager, False)):
        client.force_login(user)
        page = client.get(document.get_absolute_url()).content.decode()
        assert ("/nouvelle-version/" in page, "pour modification, jusqu" in page) == (is_offered, True)


def test_the_trash_costs_the_same_with_ten_times_the_documents(client, folder, manager, django_assert_max_num_queries):
    client.force_login(manager)
    trash, counts = reverse("documents:trash", args=["lille"]), []
    for more in (2, 18):
        for _ in range(more):
            actions.withdraw_document(document=make_document(folder, by=manager), by=manager)
        client.get(trash)
        with django_assert_max_num_queries(20) as asked:
            client.get(trash)
        counts.append(len(asked))
    assert counts[0] == counts[1]
