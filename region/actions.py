"""Building the region: from its file as a whole, then territory by territory; and keeping its directory.

The set-up may be run again at any time: it makes what is missing, brings names and texts of the file up to date, and
removes nothing. What people have written since (a space's welcome text, its links) is theirs and is left alone, and a folder that
they have removed does not come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.html import format_html_join

from accounts.journal import log
from directory.models import Network, Site, Structure, Territory
from documents.actions import add_folder
from documents.models import Folder
from meetings.actions import add_body
from meetings.enums import BodyKind
from meetings.models import Body
from notifications.actions import record_event
from pages.actions import add_space_pages
from panels.actions import compose_panel
from panels.models import Category, Theme
from region import plan as region_plan
from region.plan import PanelPlan, Plan, SpaceTemplate
from region.queries import left_out
from region.reading import SLUG
from spaces import policy
from spaces.actions import open_space
from spaces.enums import Ability, SpaceKind
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

T = TypeVar("T", bound=models.Model)

FIRST_TERRITORY_POSITION = 100
"""Territories come after the regional spaces in every list."""


@dataclass
class Summary:
    """What a set-up did, by kind of object (« espaces »…), for the person who ran it."""

    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.created and not self.updated


@transaction.atomic
def build_region(plan: Plan, *, by: "User | None" = None) -> Summary:
    """Make the region what its file says. `by` is None for the set-up command alone.

    Territories added from the screen are not in the file: they stay, and receive what the file's template has gained.
    Raises `PermissionDenied` when `by` is not of the regional animation."""
    if by is not None:
        policy.require(by, Ability.MANAGE_REGION)
    before = _photograph()
    for position, network in enumerate(plan.networks):
        Network.objects.update_or_create(
            slug=network.slug,
            defaults={"name": network.name, "full_name": network.full_name, "position": position},
        )
    networks = Network.objects.in_bulk(field_name="slug")
    for position, described in enumerate(plan.territories):
        Territory.objects.update_or_create(
            slug=described.slug,
            defaults={
                "name": described.name,
                "coordinator_network": networks.get(described.coordinator_network),
                "position": position,
            },
        )
    for position, space in enumerate(plan.spaces):
        open_space_from_template(
            template=space.template, slug=space.slug, name=space.template.name, kind=space.kind, position=position
        )
    for territory in Territory.objects.order_by("position", "name"):
        open_territory_space(territory=territory, template=plan.territory_template)
    _compose_panels(plan.panel)
    return _difference(before, _photograph())


@transaction.atomic
def add_territory(*, name: str, slug: str, coordinator_network: Network | None, by: "User | None") -> Space:
    """Open a territory with everything that the others have: space, folders, pages, rights. `by` is None for the command.

    Raises `PermissionDenied` when `by` is not of the regional animation, `ValidationError` (by field: `name`, `slug`)
    when one of them is unusable or taken, `region.plan.PlanError` when the region's file cannot be read."""
    if by is not None:
        policy.require(by, Ability.MANAGE_REGION)
    name, slug = name.strip(), slug.strip()
    _check_new_territory(name=name, slug=slug)
    plan = region_plan.load(settings.REGION_FILE)
    last = Territory.objects.aggregate(last=Max("position"))["last"]
    territory = Territory(
        slug=slug, name=name, coordinator_network=coordinator_network, position=0 if last is None else last + 1
    )
    territory.full_clean()
    territory.save()
    space = open_territory_space(territory=territory, template=plan.territory_template)
    _compose_panels(plan.panel, space)
    log(territory, "region.territory.add", user=by)
    record_event(
        space=space,
        kind="space.opened",
        about=space,
        title=f"Ouverture de l’espace {space.name}",
        url=space.get_absolute_url(),
        actor=by,
    )
    if by is not None:
        policy.forget(by)
    return space


def _compose_panels(plan: PanelPlan, space: Space | None = None) -> None:
    """Every user panel, or that of `space`, as the region's file wants it."""
    panels = Body.objects.filter(kind=BodyKind.USER_PANEL, **({"space": space} if space else {}))
    for body in panels.order_by("pk"):
        compose_panel(body=body, categories=plan.categories, themes=plan.themes)


def open_territory_space(*, territory: Territory, template: SpaceTemplate) -> Space:
    """The space of `territory`, made or completed after the region's template. Asks no right."""
    return open_space_from_template(
        template=template,
        slug=territory.slug,
        name=template.name.replace("{nom}", territory.name),
        kind=SpaceKind.TERRITORY,
        position=FIRST_TERRITORY_POSITION + territory.position,
        territory=territory,
    )


def open_space_from_template(
    *,
    template: SpaceTemplate,
    slug: str,
    name: str,
    kind: SpaceKind,
    position: int,
    territory: Territory | None = None,
) -> Space:
    """Make a space with its groups, folders and pages, or complete the existing one of that slug. Idempotent.

    The one path of the set-up, of the command and of the screen, so that no space lacks what the others have.
    Asks no right: its callers do."""

    def filled(text: str) -> str:
        return text.replace("{nom}", territory.name if territory else name)

    space = open_space(
        slug=slug,
        name=name,
        kind=kind,
        visibility=template.visibility,
        description=filled(template.description)[:300],
        territory=territory,
        position=position,
    )
    folders: dict[str, Folder] = {}
    removed = left_out(space, [(folder.slug, folder.parent) for folder in template.folders])
    for rank, folder in enumerate(template.folders):
        if folder.slug in removed:
            continue
        folders[folder.slug] = add_folder(
            space=space,
            slug=folder.slug,
            name=folder.name,
            description=filled(folder.description)[:200],
            default_kind=folder.kind,
            position=rank,
            parent=folders.get(folder.parent),
        )
    for body in template.bodies:
        add_body(
            space=space,
            slug=body.slug,
            name=filled(body.name),
            kind=body.kind,
            rrule=body.rrule,
            default_start=body.default_start,
            duration=body.duration,
            place=body.place,
            agenda_template="\n".join(body.agenda),
            quorum=body.quorum,
            approval=body.approval,
            amendment_days=body.amendment_days,
            minutes_due_days=body.minutes_due_days,
        )
    add_space_pages(
        space=space,
        body=_paragraphs(filled(template.welcome)),
        links=[(link.title, link.url) for link in template.links],
    )
    return space


# --- The directory (its room knows no rights; the region's animation keeps it) ---------------------------------------


@transaction.atomic
def save_structure(
    *,
    name: str,
    network: Network | None,
    territory: Territory | None,
    by: "User",
    structure: Structure | None = None,
) -> Structure:
    """Add a structure to the directory, or change `structure`.

    Raises `PermissionDenied` when `by` is not of the regional animation, `ValidationError` when the name is taken there."""
    policy.require(by, Ability.MANAGE_REGION)
    return _save(
        structure or Structure(), {"name": name.strip(), "network": network, "territory": territory}, "structure", by
    )


@transaction.atomic
def save_site(
    *,
    structure: Structure,
    network: Network,
    territory: Territory,
    name: str,
    town: str,
    is_labelled: bool,
    by: "User",
    site: Site | None = None,
) -> Site:
    """Add a place that receives the public, or change `site`; the label's figures follow, being counted.

    Raises `PermissionDenied` when `by` is not of the regional animation, `ValidationError` when the network already has
    a place of that name on the territory."""
    policy.require(by, Ability.MANAGE_REGION)
    fields = {
        "structure": structure,
        "network": network,
        "territory": territory,
        "name": name.strip(),
        "town": town.strip(),
        "is_labelled": is_labelled,
    }
    return _save(site or Site(), fields, "site", by)


def _save(instance: T, fields: Mapping[str, Any], kind: str, by: "User") -> T:
    is_new = instance.pk is None
    for name, value in fields.items():
        setattr(instance, name, value)
    instance.full_clean()
    instance.save()
    log(instance, f"directory.{kind}.{'add' if is_new else 'change'}", user=by)
    return instance


# --- Details ----------------------------------------------------------------------------------------------------------


def _check_new_territory(*, name: str, slug: str) -> None:
    errors: dict[str, str] = {}
    if not name.isprintable():
        errors["name"] = "Ce nom contient un caractère invisible ; retapez-le."
    elif Territory.objects.filter(name__iexact=name).exists():
        errors["name"] = f"Un territoire s’appelle déjà « {name} »."
    elif any(ord(character) < 32 for character in name):
        errors["name"] = "Ce nom contient des caractères invisibles : tapez-le de nouveau."
    if not SLUG.fullmatch(slug):
        errors["slug"] = (
            "Lettres minuscules sans accent, chiffres et tirets seulement, par exemple « avesnois-thierache »."
        )
    elif Territory.objects.filter(slug=slug).exists() or Space.objects.filter(slug=slug).exists():
        errors["slug"] = f"L’identifiant « {slug} » est déjà celui d’un autre espace."
    if errors:
        raise ValidationError(errors)


def _paragraphs(text: str) -> str:
    """Plain text as escaped HTML paragraphs."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return format_html_join("", "<p>{}</p>", ((part,) for part in parts if part))


_KINDS: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "réseaux": (Network, ("slug", "name", "full_name", "position")),
    "territoires": (Territory, ("slug", "name", "coordinator_network_id", "position")),
    "espaces": (Space, ("slug", "name", "kind", "visibility", "description", "position")),
    "dossiers": (Folder, ("slug", "name", "description", "position", "parent_id")),
    "instances": (Body, ("slug", "name", "space_id")),
    "catégories d’usagers": (Category, ("slug", "name", "position")),
    "thèmes d’observation": (Theme, ("slug", "name", "position")),
}


def _photograph() -> dict[str, dict[int, tuple[Any, ...]]]:
    return {
        kind: {row[0]: row[1:] for row in model._default_manager.order_by().values_list("pk", *fields)}
        for kind, (model, fields) in _KINDS.items()
    }


def _difference(before: dict[str, dict[int, tuple[Any, ...]]], after: dict[str, dict[int, tuple[Any, ...]]]) -> Summary:
    summary = Summary()
    for kind, rows in after.items():
        created = len(rows.keys() - before[kind].keys())
        updated = sum(rows[pk] != row for pk, row in before[kind].items() if pk in rows)
        if created:
            summary.created[kind] = created
        if updated:
            summary.updated[kind] = updated
    return summary
