import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import Network, Site, Structure, Territory
from spaces.enums import Role
from tests import factories

pytestmark = pytest.mark.django_db
EDITING = ("Ajouter une structure", "Modifier", "Ajouter un lieu")


@pytest.fixture
def structure() -> Structure:
    cio = Network.objects.create(slug="cio", name="CIO")
    territory = Territory.objects.create(slug="lille", name="Lille")
    structure = Structure.objects.create(name="CIO Lille", network=cio, territory=territory)
    Site.objects.create(structure=structure, network=cio, territory=territory, name="Antenne", is_labelled=True)
    return structure


def test_a_visitor_signs_in_first(client):
    response = client.get(reverse("directory:list"))
    assert response.status_code == 302
    assert response["Location"].endswith("?next=/annuaire/")


def test_everybody_reads_and_only_the_animation_edits(client, structure, lille):
    for user, edits in (
        (factories.make_user(), False),
        (factories.make_member(lille, Role.MANAGER), False),
        (factories.make_animation(), True),
    ):
        client.force_login(user)
        html = client.get(reverse("directory:list")).content.decode()
        assert "CIO Lille" in html
        assert [word in html for word in EDITING] == [edits] * 3


def test_filters(client, structure):
    client.force_login(factories.make_user())
    Structure.objects.create(name="Ailleurs")
    html = client.get("/annuaire/?territoire=lille&reseau=cio&q=antenne").content.decode()
    assert "1 structure, 1 lieu d’accueil" in html.replace("\u00a0", " ")
    assert "Ailleurs" not in html
    for nothing in ("?q=zzz", "?territoire=nulle-part&q=zzz"):
        assert "Aucune structure ni aucun lieu ne correspond" in client.get(f"/annuaire/{nothing}").content.decode()


@pytest.mark.parametrize(
    "query", ["?page=abc", "?page=99", "?q=%00", "?q=<script>alert(1)</script>", "?territoire=%27", "?q=" + "x" * 5000]
)
def test_odd_questions_are_answered(client, structure, query):
    client.force_login(factories.make_user())
    response = client.get("/annuaire/" + query)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_empty(client):
    client.force_login(factories.make_user())
    assert "L’annuaire est encore vide" in client.get("/annuaire/").content.decode()


def test_queries(client, structure, django_assert_max_num_queries):
    client.force_login(factories.make_user())
    client.get("/annuaire/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            client.get("/annuaire/")
        return len(made)

    before = cost()
    for number in range(15):
        one = Structure.objects.create(name=f"S{number}", network=structure.network, territory=structure.territory)
        Site.objects.create(structure=one, network=one.network, territory=one.territory, name=f"L{number}")
    assert cost() == before
    # Three for the session, the account and its mandates, one for the header's notices: three are ours.
    assert before <= 7
