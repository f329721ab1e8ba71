"""The demo network's meetings, past and to come, on the days that the minutes speak of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from extranet.demo.dates import COORDINATORS_DAYS, COTEC_DAYS, RESOURCES_DAYS, ctt_days, in_days, panel_days
from extranet.demo.library import CTT_ROOMS, Place


@dataclass(frozen=True)
class Convened:
    space: str
    by: str
    """Beginning of the convener's address."""
    title: str
    day: date
    hour: int
    minute: int
    minutes: int
    """How long it lasts."""
    place: str
    description: str = ""
    link: str = ""


def meetings_of(space: str, place: Place | None) -> Iterator[Convened]:
    """The meetings of one space; none for a space that the demo network does not know."""
    if place is not None:
        yield from _of_territory(place)
    elif space == "commun":
        for day in COORDINATORS_DAYS:
            yield Convened(
                space, "animation", "Réunion des coordinateurs", in_days(day), 9, 30, 180, "C2RP, Lille, salle Descartes",
                "Tour des territoires, calendrier régional, questions diverses.", "https://visio.demo.example/coordinateurs",
            )  # fmt: skip
    elif space == "cotec":
        for day in COTEC_DAYS:
            yield Convened(
                space, "animation", "COTEC régional", in_days(day), 10, 0, 150, "Préfecture de région, Lille",
                "Les documents soumis à décision sont déposés une semaine avant la séance.",
            )  # fmt: skip
    elif space == "ressources":
        for day in RESOURCES_DAYS:
            yield Convened(
                space, "animation", "Groupe Projet Ressources", in_days(day), 14, 0, 150, "C2RP, Lille, salle Pascal",
                "Inventaire des ressources et outils communs.",
            )  # fmt: skip


def _of_territory(place: Place) -> Iterator[Convened]:
    by = f"coordination.{place.slug}"
    past, following = ctt_days(place.rank, place.slug)
    for step, day in enumerate([*reversed(past), following]):
        if day is None:
            continue
        morning = (place.rank + step) % 2 == 0
        yield Convened(
            place.slug, by, "Comité technique territorial", day, 9 if morning else 14, 30 if morning else 0, 150,
            CTT_ROOMS[(place.rank + step) % len(CTT_ROOMS)],
            "Plan d’action, tableau de bord, questions diverses. Le compte rendu suit dans les quinze jours.",
        )  # fmt: skip
    last, coming = panel_days(place.rank)
    for day in (last, coming):
        if day is not None:
            yield Convened(
                place.slug, by, "Groupe d’usagers", day, 17, 30, 90, "Maison des associations",
                "Quatorze usagers ; les structures font connaître la date autour d’elles.",
            )  # fmt: skip
