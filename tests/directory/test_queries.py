import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import queries
from directory.models import Network, Site, Structure, Territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites() -> dict[str, Territory]:
    cio = Network.objects.create(slug="cio", name="CIO", position=1)
    pij = Network.objects.create(slug="pij", name="PIJ", position=0)
    douai = Territory.objects.create(slug="douai", name="Douai", position=1)
    lille = Territory.objects.create(slug="lille", name="Lille", position=0)
    for territory in (douai, lille):
        own = Structure.objects.create(name=f"CIO {territory}", network=cio, territory=territory)
        for number in range(3):
            Site.objects.create(
                structure=own,
                network=cio,
                territory=territory,
                name=f"Antenne {number}",
                town="Lomme",
                is_labelled=number < 2,
            )
    Structure.objects.create(name="C2RP")
    maison = Structure.objects.create(name="Maison de l’été", network=pij, territory=lille)
    Site.objects.create(structure=maison, network=pij, territory=lille, name="Étage", town="Mons-en-Barœul")
    return {"lille": lille, "douai": douai}


def test_labelled_table(sites):
    table = queries.labelled_table()
    assert [(row.network, row.labelled, row.existing) for row in table.rows] == [("PIJ", 0, 1), ("CIO", 4, 6)]
    assert (table.labelled, table.existing) == (4, 7)


def test_labelled_table_of_a_territory(sites, django_assert_num_queries):
    with django_assert_num_queries(1):
        table = queries.labelled_table(sites["douai"])
    assert [(row.network, row.labelled, row.existing) for row in table.rows] == [("PIJ", 0, 0), ("CIO", 2, 3)]


def test_structures(sites):
    lines = queries.structures()
    assert [(line.name, line.territory, len(line.sites)) for line in lines] == [
        ("C2RP", "", 0), ("Maison de l’été", "Lille", 1), ("CIO Lille", "Lille", 3), ("CIO Douai", "Douai", 3),
    ]  # fmt: skip
    assert [line.name for line in queries.structures(territory=sites["douai"])] == ["CIO Douai"]
    assert [line.name for line in queries.structures(network="pij")] == ["Maison de l’été"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ete", [("Maison de l’été", 1)]),
        ("l'ÉTÉ maison", [("Maison de l’été", 1)]),
        ("antenne 2 lille", [("CIO Lille", 1)]),
        ("lomme", [("CIO Lille", 3), ("CIO Douai", 3)]),
        ("cio lille", [("CIO Lille", 3)]),
        ("nulle part", []),
        ("%", []),
    ],
)
def test_search(sites, words, found):
    assert [(line.name, len(line.sites)) for line in queries.structures(words=words)] == found


def test_one_query_whatever_the_number(sites):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            queries.structures()
        return len(queries_made)

    before = cost()
    cio = Network.objects.get(slug="cio")
    for number in range(20):
        one = Structure.objects.create(name=f"Autre {number}", network=cio, territory=sites["lille"])
        Site.objects.create(structure=one, network=cio, territory=sites["lille"], name=f"Lieu {number}")
    assert (before, cost()) == (1, 1)
