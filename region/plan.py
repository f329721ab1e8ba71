"""The region as its data file describes it: read, checked, and turned into frozen objects.

The file is written by people who do not program, in French, so every mistake is answered by a French sentence that names
the place (`PlanError`): « territoires, 3e entrée (Béthune-Bruay), ligne 48 : … ».
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from documents.enums import DocumentKind
from meetings.enums import Approval, BodyKind
from meetings.models.bodies import is_rrule
from region.reading import PlanError, Source, Table
from spaces.enums import SpaceKind, Visibility

_CONTENTS = {slugify(kind.label): kind for kind in DocumentKind}
_KINDS = {"commun": SpaceKind.COMMON, "cotec": SpaceKind.COTEC, "ressources": SpaceKind.RESOURCES}
_BODY_KINDS = {
    "ctt": BodyKind.CTT, "coordinateurs": BodyKind.COORDINATORS, "regionale": BodyKind.REGIONAL, "cotec": BodyKind.COTEC,
    "ressources": BodyKind.GPR, "usagers": BodyKind.USER_PANEL, "autre": BodyKind.OTHER,
}  # fmt: skip
_APPROVALS = {"expresse": Approval.EXPRESS, "tacite": Approval.TACIT}
_VISIBILITIES = {"membres": Visibility.MEMBERS, "inscrits": Visibility.REGISTERED}


@dataclass(frozen=True)
class NetworkPlan:
    slug: str
    name: str
    full_name: str = ""


@dataclass(frozen=True)
class TerritoryPlan:
    slug: str
    name: str
    coordinator_network: str
    """Slug of the network of the coordinator's own structure; empty when it is not settled."""


@dataclass(frozen=True)
class FolderPlan:
    slug: str
    name: str
    description: str = ""
    kind: DocumentKind = DocumentKind.OTHER
    parent: str = ""
    """Slug of a folder declared before it; empty at the root of the space."""


@dataclass(frozen=True)
class LinkPlan:
    title: str
    url: str


@dataclass(frozen=True)
class BodyPlan:
    """A body that meets in the space, and the habits of its meetings. `duration` is in minutes."""

    slug: str
    name: str
    kind: BodyKind
    rrule: str
    default_start: time | None
    duration: int
    place: str
    agenda: tuple[str, ...]
    quorum: int | None
    approval: Approval
    amendment_days: int
    minutes_due_days: int


@dataclass(frozen=True)
class PanelPlan:
    """What every user panel of the region is made of."""

    categories: tuple[tuple[str, str, int], ...] = ()
    """(identifier, name, seats)"""
    themes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SpaceTemplate:
    """What a space is made of. In the territories' template, `{nom}` stands for the territory's name."""

    name: str
    visibility: Visibility
    description: str
    welcome: str
    """Plain text; an empty line parts two paragraphs."""
    links: tuple[LinkPlan, ...]
    folders: tuple[FolderPlan, ...]
    bodies: tuple[BodyPlan, ...] = ()


@dataclass(frozen=True)
class SpacePlan:
    slug: str
    kind: SpaceKind
    template: SpaceTemplate


@dataclass(frozen=True)
class Plan:
    name: str
    networks: tuple[NetworkPlan, ...]
    territories: tuple[TerritoryPlan, ...]
    spaces: tuple[SpacePlan, ...]
    territory_template: SpaceTemplate
    panel: PanelPlan


def load(path: Path | str) -> Plan:
    """Read the region's file. Raises `PlanError`, in French, when it is missing, is not TOML, or says something wrong."""
    path = Path(path)
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError(f"Le fichier de la région est introuvable : {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            f"Le fichier de la région ne peut pas être lu (texte UTF-8 attendu) : {path} ({error})"
        ) from error
    return parse(source, where=path.name)


def parse(source: str, *, where: str = "fichier de la région") -> Plan:
    """The plan written in `source`. Raises `PlanError` as `load` does."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        position = re.search(r"at line (\d+), column (\d+)", str(error))
        place = f", ligne {position[1]}, colonne {position[2]}" if position else ""
        raise PlanError(f"{where}{place} : ce n’est pas du TOML correct ({error}).") from error
    root = Table(data, "", Source(where, source))
    region = root.table("region")
    name = region.text("nom")
    region.done()
    networks = tuple(_network(table) for table in root.tables("reseaux"))
    slugs = {network.slug for network in networks}
    plan = Plan(
        name=name,
        networks=networks,
        territories=tuple(_territory(table, slugs) for table in root.tables("territoires")),
        spaces=tuple(_space(table) for table in root.tables("espaces")),
        territory_template=_template(root.table("modele_territoire"), needs_name=True),
        panel=_panel(root.table("groupe_usagers", default={})),
    )
    root.done()
    _refuse_doubles(root, "reseaux", [network.slug for network in plan.networks])
    _refuse_doubles(root, "territoires", [territory.slug for territory in plan.territories])
    _refuse_doubles(root, "territoires", [territory.name for territory in plan.territories], key="nom")
    _refuse_doubles(root, "espaces", [space.slug for space in plan.spaces])
    taken = {territory.slug for territory in plan.territories}
    for index, space in enumerate(plan.spaces):
        if space.slug in taken:
            raise root.error(f"espaces[{index}]", "identifiant", f"« {space.slug} » est déjà celui d’un territoire")
    if sum(space.kind is SpaceKind.COMMON for space in plan.spaces) != 1:
        raise root.error("", "espaces", "il faut un espace de nature « commun », et un seul")
    return plan


def _panel(table: Table) -> PanelPlan:
    categories, themes = [], []
    for one in table.tables("categories", optional=True):
        seats = one.number("sieges", default=2, at_least=1, at_most=20) or 2
        categories.append((one.slug(limit=80), one.text("nom", limit=120), seats))
        one.done()
    for one in table.tables("themes", optional=True):
        themes.append((one.slug(limit=80), one.text("nom", limit=120)))
        one.done()
    table.done()
    _refuse_doubles(table, "groupe_usagers.categories", [slug for slug, _, _ in categories])
    _refuse_doubles(table, "groupe_usagers.themes", [slug for slug, _ in themes])
    return PanelPlan(tuple(categories), tuple(themes))


def _network(table: Table) -> NetworkPlan:
    network = NetworkPlan(table.slug(), table.text("nom", limit=60), table.text("nom_complet", default="", limit=160))
    table.done()
    return network


def _territory(table: Table, networks: set[str]) -> TerritoryPlan:
    network = table.text("reseau_coordinateur", default="")
    if network and network not in networks:
        raise table.error_at("reseau_coordinateur", f"« {network} » n’est l’identifiant d’aucun réseau du fichier")
    territory = TerritoryPlan(table.slug(), table.text("nom", limit=80), network)
    table.done()
    return territory


def _space(table: Table) -> SpacePlan:
    slug, kind = table.slug(), table.choice("nature", _KINDS)
    return SpacePlan(slug, kind, _template(table))


def _template(table: Table, *, needs_name: bool = False) -> SpaceTemplate:
    name = table.text("nom", limit=120)
    if needs_name and "{nom}" not in name:
        raise table.error_at("nom", "le nom du modèle doit contenir {nom}, sans quoi tous les espaces auraient le même")
    template = SpaceTemplate(
        name=name,
        visibility=table.choice("lisible", _VISIBILITIES, default="membres"),
        description=table.text("description", default="", limit=300),
        welcome=table.text("accueil", default=""),
        links=tuple(_link(link) for link in table.tables("liens", optional=True)),
        folders=tuple(_folders(table.tables("dossiers", optional=True))),
        bodies=tuple(_bodies(table.tables("instances", optional=True))),
    )
    table.done()
    return template


def _link(table: Table) -> LinkPlan:
    link = LinkPlan(table.text("titre", limit=255), table.text("adresse"))
    if not re.match(r"https?://[^\s/]+", link.url):
        raise table.error_at("adresse", f"« {link.url} » n’est pas une adresse (https://… attendu)")
    table.done()
    return link


def _folders(tables: Iterable[Table]) -> Iterable[FolderPlan]:
    seen: set[str] = set()
    for table in tables:
        folder = FolderPlan(
            slug=table.slug(limit=80),
            name=table.text("nom", limit=120),
            description=table.text("description", default="", limit=200),
            kind=table.choice("contenu", _CONTENTS, default="autre"),
            parent=table.text("dans", default=""),
        )
        if folder.slug in seen:
            raise table.error_at("identifiant", f"« {folder.slug} » est déjà celui d’un dossier de cet espace")
        if folder.parent and folder.parent not in seen:
            raise table.error_at("dans", f"« {folder.parent} » n’est pas un dossier déclaré avant celui-ci")
        seen.add(folder.slug)
        table.done()
        yield folder


def _bodies(tables: Iterable[Table]) -> Iterable[BodyPlan]:
    seen: set[str] = set()
    has_panel = False
    for table in tables:
        body = BodyPlan(
            slug=table.slug(),
            name=table.text("nom", limit=160),
            kind=table.choice("nature", _BODY_KINDS, default="autre"),
            rrule=_rhythm(table),
            default_start=_hour(table),
            duration=table.number("duree", default=120, at_least=5, at_most=1440) or 120,
            place=table.text("lieu", default="", limit=200),
            agenda=table.texts("ordre_du_jour"),
            quorum=table.number("quorum", at_least=1, at_most=500),
            approval=table.choice("approbation", _APPROVALS, default="expresse"),
            amendment_days=table.number("delai_amendement", default=15, at_most=365) or 0,
            minutes_due_days=table.number("delai_compte_rendu", default=15, at_most=365) or 0,
        )
        if body.slug in seen:
            raise table.error_at("identifiant", f"« {body.slug} » est déjà celui d’une instance de cet espace")
        if has_panel and body.kind is BodyKind.USER_PANEL:
            raise table.error_at("nature", "cet espace a déjà un groupe d’usagers\u00a0: un seul par espace")
        has_panel = has_panel or body.kind is BodyKind.USER_PANEL
        seen.add(body.slug)
        table.done()
        yield body


def _rhythm(table: Table) -> str:
    rrule = table.text("rythme", default="", limit=200)
    try:
        if rrule:
            is_rrule(rrule)
    except ValidationError:
        raise table.error_at(
            "rythme", f"« {rrule} » n’est pas une règle RRULE, par exemple « FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU »"
        ) from None
    return rrule


def _hour(table: Table) -> time | None:
    text = table.text("debut", default="")
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise table.error_at("debut", f"« {text} » n’est pas une heure, par exemple « 14:30 »") from None


def _refuse_doubles(root: Table, table: str, values: Sequence[str], *, key: str = "identifiant") -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise root.error(f"{table}[{index}]", key, f"« {value} » est déjà pris par une entrée précédente")
