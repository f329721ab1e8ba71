"""Reading meetings, their bodies and agendas."""

from meetings.queries.bodies import backlog, bodies_of, empty_seats, may_sit, members_of, seats_of, sitting
from meetings.queries.meetings import (
    Day,
    MeetingRow,
    Month,
    created_by,
    last_minutes,
    month,
    rows,
    state_of,
    upcoming_meetings,
)
from meetings.queries.page import (
    agenda,
    gestures,
    invitations_of,
    invited,
    minutes_to_read,
    next_step,
    waiting_answers,
)
from meetings.queries.polls import (
    answers_of,
    poll_answers_of,
    poll_grid,
    sees_answers,
    waiting_polls,
)

__all__ = [
    "Day",
    "MeetingRow",
    "Month",
    "agenda",
    "answers_of",
    "backlog",
    "bodies_of",
    "created_by",
    "empty_seats",
    "gestures",
    "invitations_of",
    "invited",
    "last_minutes",
    "may_sit",
    "members_of",
    "minutes_to_read",
    "month",
    "next_step",
    "poll_answers_of",
    "poll_grid",
    "rows",
    "seats_of",
    "sees_answers",
    "sitting",
    "state_of",
    "upcoming_meetings",
    "waiting_answers",
    "waiting_polls",
]
