"""« Ressources »: the cards of a space, and all of them in one archive."""

import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.actions import Facts, describe_document, restrict_folder
from documents.enums import DocumentKind
from documents.models import Document, DownloadRecord
from spaces.enums import Role
from tests.documents import samples
from tests.factories import make_document, make_folder, make_member


@pytest.fixture
def manager(commun):
    return make_member(commun, Role.MANAGER)


@pytest.fixture
def kit(commun):
    return make_folder(commun, "kit", name="Kit")


def put(folder, by, title, kind, print_format=""):
    document = make_document(folder, by=by, title=title, name=f"{title}.png", content=samples.picture())
    describe_document(document=document, by=by, facts=Facts(kind=kind, print_format=print_format))
    return document


def address(name="resources", slug="commun"):
    return reverse(f"documents:{name}", args=[slug])


def unpacked(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


@pytest.mark.parametrize("name", ["resources", "resources_zip"])
@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_finds_nothing(client, folder, douai, name, role):
    put(folder, make_member(folder.space, Role.MANAGER), "Carte secrète", DocumentKind.MAP)
    client.force_login(make_member(douai, role))
    real, unknown = client.get(address(name, "lille")), client.get(address(name, "nulle"))
    assert (real.status_code, len(real.content)) == (404, len(unknown.content))


def test_cards_in_groups_with_what_one_wants_to_know(client, kit, manager):
    put(kit, manager, "Plaque", DocumentKind.KIT, "plaque 20 × 30 cm")
    put(kit, manager, "Affiche", DocumentKind.KIT, "affiche 40 × 60 cm")
    put(kit, manager, "Carte des réseaux", DocumentKind.MAP)
    put(kit, manager, "Compte rendu", DocumentKind.MINUTES)
    client.force_login(make_member(make_folder(kit.space).space))
    page = client.get(address()).content.decode()
    order = ["Cartographies", "Carte des réseaux", "Kit de communication", "Affiche 40 × 60 cm", "Plaque 20 × 30 cm"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "Compte rendu" not in page
    assert "3\u00a0ressources" in page
    assert page.count("/telecharger/") == 3
    assert address("resources_zip") in page


def test_the_archive_holds_what_its_reader_may_read_and_is_recorded(client, commun, kit, manager):
    closed = make_folder(commun, "clos")
    put(kit, manager, "Affiche", DocumentKind.KIT)
    put(closed, manager, "Brouillon de carte", DocumentKind.MAP)
    restrict_folder(folder=closed, members=[], by=manager)
    reader = make_member(commun)
    client.force_login(reader)
    page = client.get(address()).content.decode()
    assert ("Affiche" in page, "Brouillon" in page, "1\u00a0ressource" in page) == (True, False, True)
    client.head(address("resources_zip"))
    assert DownloadRecord.objects.count() == 0
    assert set(unpacked(client.get(address("resources_zip"))).namelist()) == {
        "LISEZ-MOI.csv",
        "Kit de communication/Affiche.png",
    }
    taken = DownloadRecord.objects.values_list("document__title", "version_number", "user")
    assert list(taken.order_by()) == [("Affiche", 1, reader.pk)]


def test_reached_from_the_tab_and_from_a_space_whose_folders_hold_some(client, commun, folder):
    member = make_member(folder.space)
    client.force_login(member)
    assert address() in client.get("/").content.decode()
    assert address() in client.get(reverse("documents:space", args=["commun"])).content.decode()
    ours = reverse("documents:space", args=["lille"])
    assert address(slug="lille") not in client.get(ours).content.decode()
    type(folder).objects.filter(pk=folder.pk).update(default_kind=DocumentKind.KIT)
    assert address(slug="lille") in client.get(ours).content.decode()
    assert "pas encore de carte" in client.get(address(slug="lille")).content.decode()


def test_the_same_queries_for_ten_times_as_many(client, kit, manager):
    client.force_login(manager)
    costs = []
    for count in (3, 30):
        for number in range(count):
            put(kit, manager, f"Carte {count}-{number}", DocumentKind.MAP)
        client.get(address())
        with CaptureQueriesContext(connection) as asked:
            client.get(address())
        costs.append(len(asked))
    assert (costs[0], costs[0] <= 6) == (costs[1], True)
    assert Document.objects.count() == 33
