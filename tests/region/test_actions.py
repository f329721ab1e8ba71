import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry

from directory.models import Network, Site, Structure, Territory
from documents.actions import create_folder, remove_folder
from documents.models import Folder
from pages.models import AnnouncementIndexPage, SpacePage
from region import actions, plan
from spaces import policy
from spaces.enums import Role, SpaceKind
from spaces.models import Space
from tests import factories
from tests.region.conftest import TINY

pytestmark = pytest.mark.django_db


def _folders(space: Space) -> list[tuple[str, str, str]]:
    return list(space.folders.values_list("slug", "name", "description"))


# --- Who may --------------------------------------------------------------------------------------------------------


def test_only_the_animation_adds_a_territory(tiny, tiny_file):
    actions.build_region(tiny)
    manager = factories.make_member(Space.objects.get(slug="sein"), Role.MANAGER)
    with pytest.raises(PermissionDenied):
        actions.add_territory(name="Molène", slug="molene", coordinator_network=None, by=manager)
    assert not Territory.objects.filter(slug="molene").exists()


def test_only_the_animation_builds_the_region_or_keeps_the_directory(tiny):
    actions.build_region(tiny)
    manager = factories.make_member(Space.objects.get(slug="sein"), Role.MANAGER)
    with pytest.raises(PermissionDenied):
        actions.build_region(tiny, by=manager)
    with pytest.raises(PermissionDenied):
        actions.save_structure(name="Phare", network=None, territory=None, by=manager)
    structure = Structure.objects.create(name="Phare de Sein")
    with pytest.raises(PermissionDenied):
        actions.save_site(
            structure=structure,
            network=Network.objects.get(slug="phare"),
            territory=Territory.objects.get(slug="sein"),
            name="Ar-Men",
            town="",
            is_labelled=True,
            by=manager,
        )
    assert not Site.objects.exists()


# --- Building -------------------------------------------------------------------------------------------------------


def test_a_region_is_built(tiny):
    summary = actions.build_region(tiny)
    assert summary.created == {"réseaux": 2, "territoires": 2, "espaces": 3, "dossiers": 6}
    assert list(Space.objects.values_list("slug", "name", "kind", "visibility", "description")) == [
        ("commun", "Le quai", "common", "registered", ""),
        ("ouessant", "Île de Ouessant", "territory", "members", "L’espace de Ouessant."),
        ("sein", "Île de Sein", "territory", "members", "L’espace de Sein."),
    ]
    sein = Space.objects.get(slug="sein")
    assert _folders(sein) == [("comptes-rendus", "Comptes rendus", ""), ("plan", "Plan de {nom}", "Pour Sein")]
    page = SpacePage.objects.get(space=sein)
    assert "Bienvenue à Sein &lt;ici&gt;." in page.body
    assert page.body.count("<p") == 2
    assert [(link.value["title"], link.value["url"]) for link in page.links] == [("Marées", "https://marees.example/")]
    assert AnnouncementIndexPage.objects.filter(space=sein).exists()
    assert Folder.objects.get(slug="vieilles-cartes").parent.slug == "cartes"


def test_twice_changes_nothing(tiny):
    actions.build_region(tiny)
    assert actions.build_region(tiny).is_empty


def test_a_new_name_in_the_file_is_followed_and_nothing_is_deleted(tiny):
    actions.build_region(tiny)
    page = SpacePage.objects.get(space__slug="sein")
    page.body = "<p>Écrit par quelqu’un.</p>"
    page.save()
    renamed = TINY.replace('nom = "Sein"', 'nom = "Sein-la-Belle"').replace(
        '    { identifiant = "plan", nom = "Plan de {nom}", description = "Pour {nom}" },\n', ""
    )
    summary = actions.build_region(plan.parse(renamed))
    assert summary.created == {}
    assert summary.updated == {"territoires": 1, "espaces": 1}
    sein = Space.objects.get(slug="sein")
    assert sein.name == "Île de Sein-la-Belle"
    assert sein.folders.filter(slug="plan").exists()
    assert SpacePage.objects.get(space=sein).title == "Île de Sein-la-Belle"
    assert SpacePage.objects.get(space=sein).body == "<p>Écrit par quelqu’un.</p>"


# --- Adding a territory -----------------------------------------------------------------------------------------------


def test_a_territory_added_has_what_the_others_have(tiny, tiny_file):
    actions.build_region(tiny)
    animation = factories.make_animation()
    space = actions.add_territory(
        name=" Molène ", slug="molene", coordinator_network=Network.objects.get(slug="bac"), by=animation
    )
    sein = Space.objects.get(slug="sein")
    assert (space.name, space.kind, space.visibility) == ("Île de Molène", SpaceKind.TERRITORY, sein.visibility)
    assert [slug for slug, *_ in _folders(space)] == [slug for slug, *_ in _folders(sein)]
    assert SpacePage.objects.filter(space=space, live=True).exists()
    assert AnnouncementIndexPage.objects.filter(space=space).exists()
    assert policy.can(animation, "manage_members", space)
    manager = factories.make_member(space, Role.MANAGER)
    assert manager.has_perm("spaces.manage_space", space)
    assert [one.slug for one in Territory.objects.all()] == ["ouessant", "sein", "molene"]
    entry = ModelLogEntry.objects.get(action="region.territory.add")
    assert (entry.user, entry.object_id) == (animation, str(space.territory_id))
    assert [event.title for event in space.events.all()] == ["Ouverture de l’espace Île de Molène"]


def test_a_territory_added_survives_the_set_up_and_follows_the_template(tiny, tiny_file):
    actions.build_region(tiny)
    space = actions.add_territory(name="Molène", slug="molene", coordinator_network=None, by=None)
    assert actions.build_region(tiny).is_empty
    grown = TINY.replace(
        '    { identifiant = "plan"', '    { identifiant = "carte", nom = "Carte" },\n    { identifiant = "plan"'
    )
    summary = actions.build_region(plan.parse(grown))
    assert summary.created == {"dossiers": 3}
    assert space.folders.filter(slug="carte").exists()


@pytest.mark.parametrize(
    ("name", "slug", "field"),
    [
        ("sein", "sein-2", "name"),
        ("Molène", "sein", "slug"),
        ("Molène", "commun", "slug"),
        ("Molène", "../x", "slug"),
        ("Molène", "Molène", "slug"),
        ("M" * 81, "molene", "name"),
        ("", "molene", "name"),
        ("Molène\x00", "molene", "name"),
    ],
)
def test_a_territory_that_cannot_be(tiny, tiny_file, name, slug, field):
    actions.build_region(tiny)
    animation = factories.make_animation()
    with pytest.raises(ValidationError) as caught:
        actions.add_territory(name=name, slug=slug, coordinator_network=None, by=animation)
    assert list(caught.value.message_dict) == [field]
    assert Space.objects.count() == 3


# --- Commands ---------------------------------------------------------------------------------------------------------


def test_commands(tiny_file, capsys):
    call_command("setup_region")
    assert capsys.readouterr().out == (
        "Région Îles du Ponant\n  créés : 2 réseaux, 2 territoires, 3 espaces, 6 dossiers\n"
    )
    call_command("setup_region", str(tiny_file))
    assert capsys.readouterr().out == "Région Îles du Ponant\n  Tout est déjà en place : rien à changer.\n"
    call_command("add_territory", "L’Île-Molène", "--network", "bac")
    assert capsys.readouterr().out == "Le territoire « Île de L’Île-Molène » est ouvert : /espaces/lile-molene/\n"
    assert Territory.objects.get(slug="lile-molene").coordinator_network.slug == "bac"
    with pytest.raises(CommandError, match="Un territoire s’appelle déjà « Sein »"):
        call_command("add_territory", "Sein")
    with pytest.raises(CommandError, match="Réseaux connus : phare, bac"):
        call_command("add_territory", "Batz", "--network", "cio")


def test_a_wrong_file_is_told_by_the_command(tmp_path):
    wrong = tmp_path / "region.toml"
    wrong.write_text("[region]\n")
    with pytest.raises(CommandError, match="clé « nom » : elle manque"):
        call_command("setup_region", str(wrong))
    assert not Space.objects.exists()


# --- Directory ----------------------------------------------------------------------------------------------------------


def test_keeping_the_directory(tiny):
    actions.build_region(tiny)
    animation = factories.make_animation()
    phare, sein = Network.objects.get(slug="phare"), Territory.objects.get(slug="sein")
    structure = actions.save_structure(name=" Phares de Sein ", network=phare, territory=sein, by=animation)
    site = actions.save_site(
        structure=structure, network=phare, territory=sein, name="Ar-Men", town="Sein", is_labelled=False, by=animation
    )
    actions.save_site(
        structure=structure,
        network=phare,
        territory=sein,
        name="Ar-Men",
        town="",
        is_labelled=True,
        by=animation,
        site=site,
    )
    assert list(Site.objects.values_list("name", "town", "is_labelled")) == [("Ar-Men", "", True)]
    assert Structure.objects.get().name == "Phares de Sein"
    assert list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "directory.structure.add",
        "directory.site.add",
        "directory.site.change",
    ]
    with pytest.raises(ValidationError):
        actions.save_structure(name="Phares de Sein", network=None, territory=sein, by=animation)


def test_panels_are_composed_and_composed_again(db):
    """What the file gains is added; what people have added stays."""
    from meetings.models import Body
    from panels.actions import add_theme
    from panels.models import Category, Seat, Theme

    described = plan.load(settings.BASE_DIR / "region" / "data" / "nord-pas-de-calais.toml")
    actions.build_region(described)
    panel = Body.objects.get(space__slug="lille", kind="user_panel")
    assert Category.objects.filter(body=panel).count() == 7
    assert Seat.objects.filter(category__body=panel).count() == 14
    assert Category.objects.exclude(body__kind="user_panel").count() == 0
    add_theme(body=panel, by=factories.make_animation(), name="Transports")
    assert actions.build_region(described).is_empty
    assert Theme.objects.filter(body=panel).count() == 7


# --- What managers have removed --------------------------------------------------------------------------------------


def _remove(slug: str, space: Space):
    by = factories.make_member(space, Role.MANAGER)
    remove_folder(folder=Folder.objects.get(space=space, slug=slug), by=by)
    return by


def test_a_folder_of_the_plan_that_a_manager_removes_does_not_come_back(tiny):
    actions.build_region(tiny)
    sein = Space.objects.get(slug="sein")
    by = _remove("plan", sein)
    assert actions.build_region(tiny).is_empty
    assert [slug for slug, _, _ in _folders(sein)] == ["comptes-rendus"]
    assert Folder.objects.filter(space__slug="ouessant", slug="plan").exists()
    create_folder(space=sein, name="Plan", by=by)
    actions.build_region(tiny)
    assert list(Folder.objects.filter(space=sein, slug="plan").values_list("position", flat=True)) == [1]


def test_nor_what_the_plan_has_put_in_it_since(tiny):
    actions.build_region(tiny)
    common = Space.objects.get(slug="commun")
    _remove("vieilles-cartes", common)
    _remove("cartes", common)
    more = TINY.replace(
        'dans = "cartes" },', 'dans = "cartes" },\n { identifiant = "neuves", nom = "Neuves", dans = "cartes" },'
    )
    actions.build_region(plan.parse(more))
    assert _folders(common) == []
