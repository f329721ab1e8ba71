"""What the regional animation sees of its territories at a glance; and what its set-up leaves out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from directory.models import Structure, Territory
from documents.models import Document, Folder, RemovedFolder
from meetings.models import Meeting
from spaces import policy
from spaces.enums import Role, SpaceKind
from spaces.models import AccessRequest, AccessRequestState, Membership, Space

if TYPE_CHECKING:
    from accounts.models import User

MINUTES_FOLDER = "comptes-rendus"
LATE_AFTER_DAYS = 120
"""Without minutes for longer than that, a territory is shown as late: a CTT meets about every quarter."""


@dataclass(frozen=True)
class TerritoryLine:
    """One territory in a line of « Les territoires en un regard »."""

    name: str
    slug: str
    coordinator_network: str
    next_meeting_title: str
    next_meeting_at: datetime | None
    next_meeting_url: str
    minutes_title: str
    minutes_at: datetime | None
    minutes_url: str
    minutes_are_late: bool
    members: int
    pending_requests: int
    has_manager: bool


def territories_overview(user: "User") -> list[TerritoryLine]:
    """One line for each territory, in order; nothing for whoever is not of the regional animation. One query, beside the
    policy's own.

    Minutes are late when the last document of « Comptes rendus » is older than `LATE_AFTER_DAYS`, or when there is none."""
    if not policy.reader_of(user).is_animation:
        return []
    late_before = timezone.now() - timedelta(days=LATE_AFTER_DAYS)
    meeting = Meeting.objects.visible_to(user).upcoming().filter(space=OuterRef("pk"), cancelled_at=None)
    minutes = (
        Document.objects.visible_to(user)
        .filter(space=OuterRef("pk"), folder__slug=MINUTES_FOLDER, published_at__lte=timezone.now())
        .order_by("-published_at", "-pk")
    )
    in_force = Membership.objects.in_force().filter(space=OuterRef("pk"), user__is_active=True)
    requests = AccessRequest.objects.filter(territory=OuterRef("territory"), state=AccessRequestState.PENDING)
    spaces = (
        Space.objects.visible_to(user)
        .filter(kind=SpaceKind.TERRITORY)
        .annotate(
            next_title=Subquery(meeting.values("title")[:1]),
            next_at=Subquery(meeting.values("starts_at")[:1]),
            next_uuid=Subquery(meeting.values("uuid")[:1]),
            minutes_title=Subquery(minutes.values("title")[:1]),
            minutes_at=Subquery(minutes.values("published_at")[:1]),
            minutes_uuid=Subquery(minutes.values("uuid")[:1]),
            member_count=_count(in_force, "space"),
            manager_count=_count(in_force.filter(role=Role.MANAGER), "space"),
            request_count=_count(requests, "territory"),
        )
        .values(
            "name", "slug", "territory__coordinator_network__name", "next_title", "next_at", "next_uuid",
            "minutes_title", "minutes_at", "minutes_uuid", "member_count", "manager_count", "request_count",
        )
    )  # fmt: skip
    return [_line(row, late_before) for row in spaces]


def _count(rows: QuerySet, by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


def _line(row: Mapping[str, Any], late_before: datetime) -> TerritoryLine:
    return TerritoryLine(
        name=row["name"],
        slug=row["slug"],
        coordinator_network=row["territory__coordinator_network__name"] or "",
        next_meeting_title=row["next_title"] or "",
        next_meeting_at=row["next_at"],
        next_meeting_url=reverse("meetings:meeting", args=[row["next_uuid"]]) if row["next_uuid"] else "",
        minutes_title=row["minutes_title"] or "",
        minutes_at=row["minutes_at"],
        minutes_url=reverse("documents:document", args=[row["minutes_uuid"]]) if row["minutes_uuid"] else "",
        minutes_are_late=row["minutes_at"] is None or row["minutes_at"] < late_before,
        members=row["member_count"],
        pending_requests=row["request_count"],
        has_manager=row["manager_count"] > 0,
    )


def territory_setup(territory: Territory) -> dict[str, Any]:
    """What a territory has so far: folders, members, structures (names and counts). For the regional animation's screen."""
    members = Membership.objects.in_force().filter(space__territory=territory)
    return {
        "folders": list(Folder.objects.filter(space__territory=territory).values_list("name", "description")),
        "member_count": members.count(),
        "managers": [mandate.user for mandate in members.filter(role=Role.MANAGER).select_related("user")],
        "structure_count": Structure.objects.filter(territory=territory).count(),
    }


def left_out(space: Space, planned: Iterable[tuple[str, str]]) -> set[str]:
    """Of the folders that the region's plan wants in a space (slug and parent's slug, parents first), those that its managers have
    removed, and those that would be made in one of them. Two queries."""
    there = set(Folder.objects.filter(space=space).values_list("slug", flat=True))
    removed = set(RemovedFolder.objects.filter(space=space).values_list("slug", flat=True)) - there
    for slug, parent in planned:
        if parent in removed and slug not in there:
            removed.add(slug)
    return removed
