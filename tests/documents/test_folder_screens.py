"""The screens of folders and of what they hold: what they say is true, and no choice that they offer is refused."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import actions, queries
from documents.actions import Facts, describe_document
from documents.models import Folder
from spaces.enums import Visibility
from spaces.models import Space
from tests import factories

pytestmark = pytest.mark.django_db

TO_ALL = "lisibles par tous les membres de l’espace"


@pytest.fixture
def chain(lille, manager):
    """Three folders, each in the one before."""
    made, parent = [], None
    for name in ("Un", "Deux", "Trois"):
        parent = actions.create_folder(space=lille, parent=parent, name=name, by=manager)
        made.append(parent)
    return made


@pytest.fixture
def page(client, manager):
    client.force_login(manager)

    def page(name, folder, posted=None):
        address = reverse(f"documents:{name}", args=[folder.space.slug, folder.slug])
        answer = client.get(address) if posted is None else client.post(address, posted, follow=True)
        return answer.content.decode()

    return page


def test_an_empty_folder_says_who_will_read_what_is_put_there(page, chain, lille, manager):
    assert TO_ALL in page("folder", chain[1])
    actions.restrict_folder(folder=chain[0], members=[], by=manager)
    restricted = page("folder", chain[1])
    assert (TO_ALL in restricted, "lisibles par son cercle et les animateurs" in restricted) == (False, True)
    actions.open_folder(folder=Folder.objects.get(pk=chain[0].pk), by=manager)
    Space.objects.filter(pk=lille.pk).update(visibility=Visibility.REGISTERED)
    Folder.objects.filter(pk=chain[1].pk).update(description="Autre")  # a space's visibility is the set-up's to change
    assert "lisibles par toute personne ayant un compte" in page("folder", chain[1])


def test_a_folder_inside_a_circle_says_which_one_has_it_and_offers_nothing_that_is_refused(page, chain, manager):
    actions.restrict_folder(folder=chain[0], members=[], by=manager)
    inside = page("folder_restrict", chain[2])
    assert reverse("documents:folder_restrict", args=["lille", chain[0].slug]) in inside
    assert ("Restreindre à ces personnes" in inside, 'name="ouvrir"' in inside) == (False, False)
    own = page("folder_restrict", chain[0])
    assert ("Restreindre à ces personnes" in own, 'name="ouvrir"' in own) == (True, True)
    assert "déjà dans un dossier restreint" in page("folder_restrict", chain[2], {"autre": "1"})


def test_what_is_restricted_below_is_named(chain, manager):
    actions.restrict_folder(folder=chain[2], members=[], by=manager)
    with pytest.raises(ValidationError, match="qu’il contient, est déjà restreint"):
        actions.restrict_folder(folder=chain[0], members=[], by=manager)


def test_a_folder_is_not_offered_a_place_below_itself(page, chain, lille, manager):
    beside = actions.create_folder(space=lille, name="À côté", by=manager)
    offered = page("folder_place", chain[1])
    assert [f'value="{one.slug}"' in offered for one in (chain[0], *chain[1:], beside)] == [True, False, False, True]


def test_a_rank_is_offered_where_there_is_one_to_take(page, chain, lille, manager):
    def offered(folder):
        told = page("folder_place", folder)
        return "Monter d’un rang" in told, "Descendre d’un rang" in told

    assert offered(chain[2]) == (False, False)
    last = actions.create_folder(space=lille, name="À côté", by=manager)
    assert (offered(chain[0]), offered(last)) == ((False, True), (True, False))
    assert "est déjà le dernier" in page("folder_order", last, {"sens": "descendre"})
    assert "a changé de rang" in page("folder_order", last, {"sens": "monter"})
    assert "est déjà le premier" in page("folder_order", last, {"sens": "monter"})


def test_a_name_is_the_same_however_many_spaces_it_has(chain, lille, manager):
    assert actions.create_folder(space=lille, name="  Bilans \u00a0 annuels ", by=manager).name == "Bilans annuels"
    for name in ("Bilans annuels", "bilans  annuels"):
        with pytest.raises(ValidationError, match="existe déjà"):
            actions.create_folder(space=lille, name=name, by=manager)
        with pytest.raises(ValidationError, match="existe déjà"):
            actions.rename_folder(folder=chain[0], name=name, by=manager)


def test_the_way_to_a_deep_folder_costs_what_a_shallow_one_does(chain, lille, manager):
    parent, costs = chain[-1], []
    for name in ("Quatre", "Cinq", "Six"):
        parent = actions.create_folder(space=lille, parent=parent, name=name, by=manager)
        found = Folder.objects.select_related("space", "parent").get(pk=parent.pk)
        with CaptureQueriesContext(connection) as asked:
            way = [one.name for one in queries.ancestors(found)]
        costs.append(len(asked))
    assert (costs, way) == ([1, 1, 1], ["Un", "Deux", "Trois", "Quatre", "Cinq"])


def test_what_is_over_is_not_said_to_be_in_force(client, chain, manager):
    document = factories.make_document(chain[0], by=manager, title="Convention")
    client.force_login(manager)
    addresses = [
        document.get_absolute_url(),
        f"{document.get_absolute_url()}v1/",
        f"{document.get_absolute_url()}historique/",
    ]
    assert ["n vigueur" in client.get(one).content.decode() for one in addresses] == [True, True, True]
    describe_document(document=document, by=manager, facts=Facts(valid_until=date(2020, 1, 31)))
    pages = [client.get(one).content.decode() for one in addresses]
    assert ["n vigueur" in one for one in pages] == [False, False, False]
    assert ["Échu depuis le 1er février 2020" in one for one in pages] == [True, True, False]


def test_a_version_that_the_current_one_repeats_is_not_offered_back(client, chain, manager):
    """It would be refused: the bytes are the same."""
    document = factories.make_document(chain[0], by=manager, name="a.txt", content=b"un")
    client.force_login(manager)
    base = document.get_absolute_url()
    for content, offered in ((b"deux", [True, True]), (b"un", [True, False])):
        actions.publish_version(document=document, file=ContentFile(content, name="a.txt"), by=manager)
        history, first = (client.get(f"{base}{path}").content.decode() for path in ("historique/", "v1/"))
        assert ["retablir/" in history, f"{base}v1/retablir/" in first] == offered
    assert (f"{base}v1/retablir/" in history, f"{base}v2/retablir/" in history) == (False, True)
