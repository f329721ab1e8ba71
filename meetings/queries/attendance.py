"""Who comes: rates by network and by structure over a period, from what was noted at the desk. User panels are left out: their
members are protected, and belong to no network."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.alphabet import alphabetical
from meetings.enums import Attendance, BodyKind
from meetings.models import Invitee
from meetings.spreadsheets import Sheet
from spaces import policy

if TYPE_CHECKING:
    from accounts.models import User

NO_NETWORK, NO_STRUCTURE = "Hors réseau", "Sans structure"
_SEEN = (Attendance.PRESENT, Attendance.REPRESENTED, Attendance.EXCUSED, Attendance.ABSENT)


@dataclass(frozen=True)
class Rate:
    """Seats, not people: somebody called to three meetings counts three times."""

    name: str
    present: int
    represented: int
    excused: int
    absent: int

    @property
    def total(self) -> int:
        return self.present + self.represented + self.excused + self.absent

    @property
    def there(self) -> int:
        return self.present + self.represented

    @property
    def percent(self) -> int:
        """Rounded down: 100 is said only when every seat was held."""
        return 100 * self.there // self.total if self.total else 0


@dataclass(frozen=True)
class Attended:
    networks: list[Rate]
    structures: list[Rate]
    """The least present first."""
    whole: Rate


def attended(user: "User", first: date, last: date) -> Attended:
    """Rates in the spaces that `user` manages, from `first` to `last` included. One query, which brings a row a structure."""
    rows = _seats(user, first, last)
    by_network: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    by_structure: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for network, structure, territory, *counts in rows:
        where = f" ({territory})" if territory and territory not in structure else ""
        by_network[network or NO_NETWORK].append(tuple(counts))
        by_structure[f"{structure}{where}" if structure else NO_STRUCTURE].append(tuple(counts))
    networks = sorted(_rates(by_network), key=lambda rate: (rate.name == NO_NETWORK, alphabetical(rate.name)))
    structures = sorted(_rates(by_structure), key=lambda rate: (rate.percent, -rate.total, alphabetical(rate.name)))
    return Attended(networks, structures, _sum("Ensemble", [row[3:] for row in rows]))


def _seats(user: "User", first: date, last: date) -> list[tuple[Any, ...]]:
    start, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
    seen = (
        Invitee.objects.visible_to(user)
        .filter(
            Q(meeting__body=None) | ~Q(meeting__body__kind=BodyKind.USER_PANEL),
            meeting__space_id__in=policy.reader_of(user).managed_ids,
            meeting__starts_at__gte=start,
            meeting__starts_at__lt=end,
            attendance__in=_SEEN,
        )
        .order_by()
        .annotate(network_name=Coalesce("network__name", "structure__network__name"))
    )
    counts = {f"n_{word}": Count("pk", filter=Q(attendance=word)) for word in _SEEN}
    names = ("network_name", "structure__name", "structure__territory__name")
    return list(seen.values(*names, "structure").annotate(**counts).values_list(*names, *counts))


def _rates(groups: dict[str, list[tuple[int, ...]]]) -> list[Rate]:
    return [_sum(name, counts) for name, counts in groups.items()]


def _sum(name: str, counts: Iterable[tuple[int, ...]]) -> Rate:
    totals = [sum(column) for column in zip(*counts, strict=True)] or [0, 0, 0, 0]
    return Rate(name, *totals)


def as_sheets(found: Attended) -> list[Sheet]:
    def sheet(name: str, rates: list[Rate]) -> Sheet:
        head = [name, "Présents", "Représentés", "Excusés", "Absents", "Convoqués", "Taux de présence (%)"]
        return Sheet(
            "Réseaux" if name == "Réseau" else "Structures",
            head,
            [[r.name, r.present, r.represented, r.excused, r.absent, r.total, r.percent] for r in rates],
        )

    return [sheet("Réseau", found.networks), sheet("Structure", found.structures)]
