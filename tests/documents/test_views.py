import unicodedata
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from documents import actions
from documents.models import Document, Folder
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import PDF, make_animation, make_document, make_folder, make_member, make_user


def addresses(folder, document):
    slug = folder.space.slug
    return {
        "space": reverse("documents:space", args=[slug]),
        "folder": reverse("documents:folder", args=[slug, folder.slug]),
        "upload": reverse("documents:upload", args=[slug]),
        "uploaded": reverse("documents:uploaded", args=[slug]) + f"?d={document.uuid}",
        "folder_new": reverse("documents:folder_new", args=[slug]),
        "folder_rename": reverse("documents:folder_rename", args=[slug, folder.slug]),
        "document": reverse("documents:document", args=[document.uuid]),
        "download": reverse("documents:download", args=[document.uuid]),
        "edit": reverse("documents:edit", args=[document.uuid]),
        "withdraw": reverse("documents:withdraw", args=[document.uuid]),
    }


READING = {"space": 200, "folder": 200, "document": 200, "download": 200, "uploaded": 404}
DENIED = {"upload": 403, "folder_new": 403, "folder_rename": 403, "edit": 403, "withdraw": 403}
OWN = {"upload": 200, "uploaded": 200, "edit": 200, "withdraw": 200}
ALL = {"upload": 200, "folder_new": 200, "folder_rename": 200, "edit": 200, "withdraw": 200}
NAMES = [*READING, *DENIED]
EXPECTED = {
    "anonymous": dict.fromkeys(NAMES, 302),
    "nobody": dict.fromkeys(NAMES, 404),
    "reader elsewhere": dict.fromkeys(NAMES, 404),
    "contributor elsewhere": dict.fromkeys(NAMES, 404),
    "manager elsewhere": dict.fromkeys(NAMES, 404),
    "ended": dict.fromkeys(NAMES, 404),
    "reader": READING | DENIED,
    "contributor": READING | DENIED | {"upload": 200},
    "author": READING | DENIED | OWN,
    "manager": READING | ALL,
    "animation": READING | ALL,
}


@pytest.fixture
def author(folder):
    return make_member(folder.space, Role.CONTRIBUTOR)


@pytest.fixture
def document(folder, author):
    return make_document(folder, by=author, title="Motplanté")


@pytest.fixture
def person(folder, douai, author):
    today = timezone.localdate()
    return {
        "anonymous": lambda: None,
        "nobody": make_user,
        "reader elsewhere": lambda: make_member(douai, Role.READER),
        "contributor elsewhere": lambda: make_member(douai, Role.CONTRIBUTOR),
        "manager elsewhere": lambda: make_member(douai, Role.MANAGER),
        "ended": lambda: make_member(
            folder.space, Role.MANAGER, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
        ),
        "reader": lambda: make_member(folder.space, Role.READER),
        "contributor": lambda: make_member(folder.space, Role.CONTRIBUTOR),
        "author": lambda: author,
        "manager": lambda: make_member(folder.space, Role.MANAGER),
        "animation": make_animation,
    }


def sign_in(client, user):
    if user is not None:
        client.force_login(user)


def read(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return content


@pytest.mark.parametrize("who", EXPECTED)
def test_who_reaches_what(client, who, person, folder, document):
    sign_in(client, person[who]())
    answers = {}
    for name, url in addresses(folder, document).items():
        response = client.get(url)
        answers[name] = response.status_code
        content = read(response)
        if response.status_code not in (200, 206):
            assert b"Motplant" not in content
    assert answers == EXPECTED[who]


@pytest.mark.parametrize("who", [who for who in EXPECTED if EXPECTED[who]["edit"] != 200])
def test_who_cannot_see_the_form_cannot_send_it(client, who, person, folder, document):
    sign_in(client, person[who]())
    urls = addresses(folder, document)
    for name in ("folder_new", "folder_rename", "edit", "withdraw"):
        data = {"title": "Volé", "name": "Volé", "description": "", "folder": folder.slug}
        assert client.post(urls[name], data).status_code == EXPECTED[who][name]
    if EXPECTED[who]["upload"] != 200:
        data = {"folder": folder.slug, "same_name": "skip", "files": SimpleUploadedFile("a.pdf", PDF)}
        assert client.post(urls["upload"], data).status_code == EXPECTED[who]["upload"]
    document.refresh_from_db()
    assert (document.title, document.withdrawn_at) == ("Motplanté", None)
    assert (Document.objects.count(), Folder.objects.filter(name="Volé").count()) == (1, 0)


@pytest.mark.parametrize("name", ["document", "download", "edit", "withdraw"])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_real_uuid_and_an_unknown_one_look_the_same(client, name, method, document, douai):
    client.force_login(make_member(douai, Role.MANAGER))
    headers = {"range": "bytes=0-1", "if-none-match": f'"{document.sha256}"'}
    answers = []
    for uuid in (document.uuid, uuid4()):
        response = getattr(client, method)(reverse(f"documents:{name}", args=[uuid]), headers=headers)
        answers.append((response.status_code, len(response.content), sorted(response.headers)))
    assert answers[0] == answers[1]
    assert answers[0][0] in (404, 405)


def test_a_real_space_and_an_unknown_one_look_the_same(client, folder, document, douai):
    client.force_login(make_member(douai, Role.MANAGER))
    for name in ("space", "folder", "upload", "uploaded", "folder_new", "folder_rename"):
        real = addresses(folder, document)[name]
        responses = [client.get(url) for url in (real, real.replace("/lille/", "/perdu/"))]
        assert [response.status_code for response in responses] == [404, 404]
        assert len(responses[0].content) == len(responses[1].content)


def test_a_folder_of_another_space_is_not_here(client, folder, douai):
    client.force_login(make_animation())
    make_folder(douai, "secret")
    assert client.get(reverse("documents:folder", args=["lille", "secret"])).status_code == 404


@pytest.mark.parametrize("who", ["author", "manager", "animation"])
def test_a_withdrawn_document_is_gone_for_everybody(client, who, person, folder, document):
    actions.withdraw_document(document=document, by=make_animation())
    sign_in(client, person[who]())
    urls = addresses(folder, document)
    for name in ("document", "download", "uploaded"):
        assert client.get(urls[name]).status_code == 404
    for name in ("space", "folder"):
        assert "Motplanté" not in client.get(urls[name]).content.decode()
    for name in ("edit", "withdraw"):  # they say where it is to who may change it: test_stale_pages.py
        assert client.get(urls[name]).status_code == 302


# --- Reading


def ask(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)  # session cached, processes warm
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["space", "folder"])
def test_lists_cost_the_same_with_ten_times_the_documents(client, name, folder, document):
    client.force_login(make_member(folder.space, Role.MANAGER))
    child = actions.add_folder(space=folder.space, slug="a", name="A", parent=folder)
    url = addresses(folder, document)[name]
    few = ask(client, url)
    for number in range(20):
        make_document(folder, by=document.uploaded_by_user)
        make_document(child, by=document.uploaded_by_user)
        if number % 2:
            actions.add_folder(space=folder.space, slug=f"f{number}", name=f"F{number}", parent=folder)
    assert ask(client, url) == few
    assert few <= 8


def test_a_download_costs_the_session_the_person_the_rights_and_the_row(
    client, document, folder, django_assert_max_num_queries
):
    client.force_login(make_member(folder.space))
    url = reverse("documents:download", args=[document.uuid])
    read(client.get(url))
    with django_assert_max_num_queries(4):
        response = client.get(url)
    read(response)


def test_pages_of_fifty(client, folder, author):
    for number in range(51):
        make_document(folder, by=author, title=f"Document {number:02}")
    client.force_login(author)
    url = reverse("documents:folder", args=["lille", folder.slug])
    first = client.get(url, {"tri": "titre"}).content.decode()
    assert ("Document 49" in first, "Document 50" in first, "51\u00a0documents" in first) == (True, False, True)
    assert "Document 50" in client.get(url, {"tri": "titre", "page": "2"}).content.decode()
    assert client.get(url, {"page": "douze"}).status_code == 200


def test_filter_by_format(client, folder, author):
    make_document(folder, by=author, title="Le PDF")
    make_document(folder, by=author, title="La note", name="a.txt", content=b"x")
    client.force_login(author)
    url = reverse("documents:folder", args=["lille", folder.slug])
    page = client.get(url, {"format": "txt"}).content.decode()
    assert ("La note" in page, "Le PDF" in page) == (True, False)
    assert "Aucun document de ce dossier ne répond" in client.get(url, {"format": "<b>"}).content.decode()


def test_naughty_titles_are_text(client, folder, author):
    document = make_document(folder, by=author, title="<script>alert('x')</script>", name='"><img src=x>.pdf')
    client.force_login(author)
    for url in addresses(folder, document).values():
        content = read(client.get(url))
        assert (b"<script>alert" in content, b"<img src=x" in content) == (False, False)


def test_buttons_follow_the_rights(client, folder, document):
    reader, manager = make_member(folder.space), make_member(folder.space, Role.MANAGER)
    url = reverse("documents:document", args=[document.uuid])
    for user, expected in ((reader, False), (document.uploaded_by_user, True), (manager, True)):
        client.force_login(user)
        page = client.get(url).content.decode()
        assert ("/modifier/" in page, "/retirer/" in page) == (expected, expected)


def test_download(client, folder, author):
    name = unicodedata.normalize("NFD", "Réunion « été » 🙂.pdf")
    document = make_document(folder, by=author, name=name)
    client.force_login(author)
    url = reverse("documents:download", args=[document.uuid])
    response = client.get(url)
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''R%C3%A9union%20")
    assert (response["Content-Type"], read(response)) == ("application/pdf", PDF)
    response = client.get(url, {"inline": "1"})
    assert response["Content-Disposition"].startswith("inline;")
    response.close()
    response = client.get(url, headers={"range": "bytes=0-3"})
    assert (response.status_code, read(response)) == (206, b"%PDF")
    assert client.get(url, headers={"if-none-match": f'"{document.sha256}"'}).status_code == 304
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("name", ["a.svg", "a.csv"])
def test_active_files_are_never_shown(client, folder, author, name):
    document = make_document(folder, by=author, name=name, content=b"<svg onload='alert(1)'/>")
    client.force_login(author)
    response = client.get(reverse("documents:download", args=[document.uuid]), {"inline": "1"})
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"].endswith("sandbox")
    response.close()


# --- Changing


def test_edit_and_withdraw(client, folder, document):
    client.force_login(document.uploaded_by_user)
    make_folder(folder.space, "guide")
    url = reverse("documents:edit", args=[document.uuid])
    assert "Donnez un titre" in client.post(url, {"title": "", "folder": "guide"}).content.decode()
    response = client.post(url, {"title": "Neuf", "description": "Oui", "folder": "guide", "kind": "guide"})
    document.refresh_from_db()
    assert (response.url, document.title, document.folder.slug) == (f"/documents/{document.uuid}/", "Neuf", "guide")
    response = client.post(reverse("documents:withdraw", args=[document.uuid]))
    assert response.url == f"/espaces/lille/documents/guide/?corbeille={document.uuid}"
    page = client.get(response.url).content.decode()
    assert "«\u00a0Neuf\u00a0» a été mis à la corbeille." in page
    response = client.post(f"/documents/{document.uuid}/remettre/")  # « Annuler », by whoever threw it
    assert response.url == f"/documents/{document.uuid}/"
    assert "est de retour dans" in client.get(response.url).content.decode()


def test_what_was_thrown_is_named_while_it_can_be_read(client, folder, document, douai):
    author = document.uploaded_by_user
    make_member(douai, Role.CONTRIBUTOR, user=author)
    elsewhere = make_folder(douai, "ailleurs")
    actions.withdraw_document(document=document, by=author)
    client.force_login(author)
    addresses = [f"{one.get_absolute_url()}?corbeille={document.uuid}" for one in (folder, elsewhere)]
    told = [document.title in client.get(address).content.decode() for address in addresses]
    Membership.objects.filter(user=author, space=folder.space).update(ended_at=timezone.now())
    assert (told, document.title in client.get(addresses[1]).content.decode()) == ([True, True], False)


def test_manager_makes_and_renames_folders(client, folder):
    client.force_login(make_member(folder.space, Role.MANAGER))
    new = reverse("documents:folder_new", args=["lille"])
    assert "Donnez un nom au dossier." in client.post(new, {"name": ""}).content.decode()
    assert "existe déjà ici" in client.post(new, {"name": "Comptes rendus"}).content.decode()
    assert client.post(f"{new}?dans=comptes-rendus", {"name": "Archives"}).url == "/espaces/lille/documents/archives/"
    made = Folder.objects.get(slug="archives")
    assert made.parent == folder
    client.post(reverse("documents:folder_rename", args=["lille", "archives"]), {"name": "Vieux papiers"})
    made.refresh_from_db()
    assert made.name == "Vieux papiers"
    assert client.get(f"{new}?dans=nulle-part").status_code == 404


def test_empty_space_says_what_to_do(client, lille):
    client.force_login(make_member(lille, Role.MANAGER))
    assert "Créez-en un" in client.get(reverse("documents:space", args=["lille"])).content.decode()
    assert "Il faut d’abord un dossier" in client.get(reverse("documents:upload", args=["lille"])).content.decode()


def test_the_way_to_a_document_names_every_folder_above(client, folder):
    below = actions.add_folder(space=folder.space, slug="annexes", name="Annexes", parent=folder)
    deepest = actions.add_folder(space=folder.space, slug="cartes", name="Cartes", parent=below)
    document = make_document(deepest)
    client.force_login(make_member(folder.space))
    page = client.get(document.get_absolute_url()).content.decode()
    trail = page.partition("fr-breadcrumb__list")[2].partition("</ol>")[0]
    names = [one.partition(">")[2].partition("<")[0] for one in trail.split("fr-breadcrumb__link")[1:]]
    assert names[-4:] == ["Comptes rendus", "Annexes", "Cartes", document.title]


@pytest.mark.parametrize(("role", "is_offered"), [(Role.READER, False), (Role.CONTRIBUTOR, True)])
def test_files_are_dropped_on_a_folder_by_who_may_deposit(role, is_offered, client, folder):
    client.force_login(make_member(folder.space, role))
    page = client.get(folder.get_absolute_url()).content.decode()
    assert [word in page for word in ("data-drop-here", "data-drop-place", "extranet/drop.js")] == [is_offered] * 3
