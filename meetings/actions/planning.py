"""« Planifier l’année »: drafts of a body's coming meetings."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from meetings import dates
from meetings.actions.meetings import prepare_meeting
from meetings.models import Body, Meeting
from meetings.planning import MAX_DATES
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

USUAL_START = time(14)
"""For a body that has no usual hour."""


@transaction.atomic
def plan_meetings(*, body: Body, days: Iterable[date], by: "User") -> list[Meeting]:
    """A draft on each of `days`, with the body's hour, length, place and agenda; none where the body meets that day
    already, so that planning twice plans once. Nobody is told.

    Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError` for a day that is past, or more
    than `MAX_DATES`."""
    policy.require(by, Ability.CONVENE_MEETING, body.space)
    wanted = sorted(set(days))
    if len(wanted) > MAX_DATES:
        raise ValidationError(f"{MAX_DATES} dates au plus à la fois.")
    if wanted and wanted[0] <= timezone.localdate():
        past = dates.long_day(wanted[0])
        raise ValidationError(f"Le {past} n’est pas à venir\u00a0: changez cette date, ou videz-la pour y renoncer.")
    Body.objects.select_for_update().get(pk=body.pk)  # two clicks at once plan once
    planned = Meeting.objects.filter(body=body, cancelled_at=None).values_list("starts_at", flat=True)
    taken = {timezone.localdate(moment) for moment in planned}
    return [_draft(body, day, by) for day in wanted if day not in taken]


def _draft(body: Body, day: date, by: "User") -> Meeting:
    starts_at = dates.at_wall_clock(day, body.default_start or USUAL_START)
    return prepare_meeting(
        space=body.space,
        body=body,
        by=by,
        title=body.name,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=body.duration),
        place=body.place,
        link=body.link,
    )
