"""Reading the directory. It holds no secret: whoever has an account reads it whole."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from directory.models import Network, Structure, Territory


@dataclass(frozen=True)
class LabelledRow:
    """A network's places that receive the public: how many are labelled, among how many."""

    network: str
    slug: str
    full_name: str
    labelled: int
    existing: int


@dataclass(frozen=True)
class LabelledTable:
    rows: Sequence[LabelledRow]

    @property
    def labelled(self) -> int:
        return sum(row.labelled for row in self.rows)

    @property
    def existing(self) -> int:
        return sum(row.existing for row in self.rows)


def labelled_table(territory: Territory | None = None) -> LabelledTable:
    """Labelled and existing sites by network, over the region or one territory. Counted from the sites: one query."""
    here = Q(sites__territory=territory) if territory else Q()
    rows = (
        Network.objects.annotate(
            labelled=Count("sites", filter=here & Q(sites__is_labelled=True)),
            existing=Count("sites", filter=here),
        )
        .order_by("position", "name")
        .values_list("name", "slug", "full_name", "labelled", "existing")
    )
    return LabelledTable([LabelledRow(*row) for row in rows])


@dataclass(frozen=True)
class SiteLine:
    pk: int
    name: str
    town: str
    is_labelled: bool


@dataclass
class StructureLine:
    pk: int
    name: str
    network: str
    territory: str
    sites: list[SiteLine] = field(default_factory=list)


def structures(*, territory: Territory | None = None, network: str = "", words: str = "") -> list[StructureLine]:
    """Structures and their sites, regional ones first, then by territory, network and name. One query.

    `network` is a slug. `words` is looked for in the names and towns, accents and capitals ignored; a structure found by its own name comes
    with all its sites, otherwise with the sites that were found."""
    rows = Structure.objects.order_by(
        "territory__position", "territory__name", "network__position", "name", "pk", "sites__town", "sites__name"
    )
    if territory:
        rows = rows.filter(territory=territory)
    if network:
        rows = rows.filter(network__slug=network)
    lines: dict[int, StructureLine] = {}
    for pk, name, network_name, territory_name, site, site_name, town, is_labelled in rows.values_list(
        "pk", "name", "network__name", "territory__name", "sites", "sites__name", "sites__town", "sites__is_labelled"
    ):
        line = lines.setdefault(pk, StructureLine(pk, name, network_name or "", territory_name or ""))
        if site:
            line.sites.append(SiteLine(site, site_name, town, is_labelled))
    found = sorted(lines.values(), key=lambda line: line.territory != "")  # engines disagree on where NULL sorts
    return [line for line in found if _keep(line, _plain(words).split())] if words.strip() else found


def _keep(line: StructureLine, words: list[str]) -> bool:
    def holds(*texts: str) -> bool:
        text = _plain(" ".join(texts))
        return all(word in text for word in words)

    if holds(line.name, line.network):
        return True
    line.sites = [site for site in line.sites if holds(line.name, line.network, site.name, site.town)]
    return bool(line.sites)


def _plain(text: str) -> str:
    """Without accents or capitals, apostrophes made one: what people type and what is written then meet."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
