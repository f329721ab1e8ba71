import pytest
from django.urls import reverse

from directory.models import Network, Site, Structure, Territory
from region import actions
from spaces.enums import Role
from spaces.models import Space
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def region(tiny, tiny_file):
    actions.build_region(tiny)
    phare, sein = Network.objects.get(slug="phare"), Territory.objects.get(slug="sein")
    structure = Structure.objects.create(name="Phares de Sein", network=phare, territory=sein)
    Site.objects.create(structure=structure, network=phare, territory=sein, name="Ar-Men")


def _addresses() -> list[str]:
    structure, site = Structure.objects.get(), Site.objects.get()
    return [
        reverse("region:add_territory"),
        reverse("region:territory", args=["sein"]),
        reverse("region:territory", args=["inconnu"]),
        reverse("region:add_structure"),
        reverse("region:change_structure", args=[structure.pk]),
        reverse("region:change_structure", args=[structure.pk + 5]),
        reverse("region:add_site"),
        reverse("region:change_site", args=[site.pk]),
        reverse("region:change_site", args=[site.pk + 5]),
    ]


@pytest.mark.parametrize("role", [None, Role.READER, Role.CONTRIBUTOR, Role.MANAGER])
def test_refused_to_everybody_else(client, region, role):
    """The same answer for what exists and for what does not."""
    sein = Space.objects.get(slug="sein")
    client.force_login(factories.make_member(sein, role) if role else factories.make_user())
    for address in _addresses():
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"name": "Molène", "slug": "molene"}).status_code == 403, address
    assert Territory.objects.count() == 2
    assert Structure.objects.get().name == "Phares de Sein"


def test_a_visitor_signs_in_first(client, region):
    for address in _addresses():
        assert client.get(address)["Location"].endswith(f"?next={address}")


def test_the_animation_opens_a_territory(client, region):
    client.force_login(factories.make_animation())
    phare = Network.objects.get(slug="phare")
    response = client.post(
        reverse("region:add_territory"),
        {"name": "L’Île-Molène", "slug": "", "coordinator_network": phare.pk},
        follow=True,
    )
    html = response.content.decode().replace("\u00a0", " ")
    assert response.redirect_chain == [("/region/territoires/lile-molene/", 302)]
    assert "Le territoire « Île de L’Île-Molène » est ouvert." in html
    assert "Inviter le coordinateur" in html
    assert "Comptes rendus" in html
    assert Territory.objects.get(slug="lile-molene").coordinator_network == phare


def test_errors_keep_what_was_typed(client, region):
    client.force_login(factories.make_animation())
    response = client.post(reverse("region:add_territory"), {"name": "Sein", "slug": "Sein !"})
    html = response.content.decode()
    assert 'value="Sein"' in html
    assert 'value="Sein !"' in html
    assert "Lettres minuscules sans accent" in html
    response = client.post(reverse("region:add_territory"), {"name": "Sein", "slug": "sein-2"})
    assert "Un territoire s’appelle déjà" in response.content.decode()
    response = client.post(reverse("region:add_territory"), {"name": "", "slug": ""})
    assert response.status_code == 200
    assert Territory.objects.count() == 2


def test_a_missing_coordinator_is_shown_until_somebody_is_there(client, region):
    animation = factories.make_animation()
    client.force_login(animation)
    address = reverse("region:territory", args=["sein"])
    assert "Inviter le coordinateur" in client.get(address).content.decode()
    manager = factories.make_member(Space.objects.get(slug="sein"), Role.MANAGER)
    html = client.get(address).content.decode()
    assert "Inviter le coordinateur" not in html
    assert str(manager) in html
    assert client.get(reverse("region:territory", args=["inconnu"])).status_code == 404


def test_the_animation_keeps_structures_and_sites(client, region):
    client.force_login(factories.make_animation())
    phare, sein = Network.objects.get(slug="phare"), Territory.objects.get(slug="sein")
    response = client.post(
        reverse("region:add_structure"), {"name": "Bacs de Sein", "network": "", "territory": sein.pk}, follow=True
    )
    assert response.redirect_chain == [("/annuaire/?territoire=sein", 302)]
    structure = Structure.objects.get(name="Bacs de Sein")
    response = client.post(
        reverse("region:change_structure", args=[structure.pk]),
        {"name": "Bacs", "network": phare.pk, "territory": sein.pk},
    )
    structure.refresh_from_db()
    assert (structure.name, structure.network) == ("Bacs", phare)
    client.post(
        reverse("region:add_site"),
        {"structure": structure.pk, "territory": sein.pk, "name": "Cale", "town": "Sein", "is_labelled": "on"},
    )
    site = Site.objects.get(name="Cale")
    assert (site.network, site.is_labelled) == (phare, True)
    client.post(
        reverse("region:change_site", args=[site.pk]),
        {"structure": structure.pk, "territory": sein.pk, "name": "Cale nord"},
    )
    site.refresh_from_db()
    assert (site.name, site.town, site.is_labelled) == ("Cale nord", "", False)


def test_a_double_is_told_and_what_was_typed_is_kept(client, region):
    client.force_login(factories.make_animation())
    sein = Territory.objects.get(slug="sein")
    response = client.post(
        reverse("region:add_structure"), {"name": "Phares de Sein", "network": "", "territory": sein.pk}
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "fr-alert--error" in html
    assert 'value="Phares de Sein"' in html
    assert Structure.objects.count() == 1


def test_links_propose_what_they_were_followed_from(client, region):
    client.force_login(factories.make_animation())
    structure = Structure.objects.get()
    sein = Territory.objects.get(slug="sein")
    assert (
        f'<option value="{sein.pk}" selected>'
        in client.get("/annuaire/structures/ajouter/?territoire=sein").content.decode()
    )
    html = client.get(f"/annuaire/lieux/ajouter/?structure={structure.pk}").content.decode()
    assert f'<option value="{structure.pk}" selected>' in html
    for odd in ("?structure=abc", "?structure=²", "?structure=99999999999999999999", "?structure="):
        assert client.get(f"/annuaire/lieux/ajouter/{odd}").status_code == 200
