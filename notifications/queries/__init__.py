"""What somebody has not seen yet, whom an event concerns, what waits for a digest, what each has chosen. Every list that reaches
a user starts from `Event.objects.visible_to`."""

from notifications.queries.choices import (
    Choice,
    follow_of,
    followable,
    my_choices,
    my_exceptions,
    my_follows,
    rhythm_of,
)
from notifications.queries.lists import (
    NEWS_PER_SPACE,
    UNREAD_LIMIT,
    Day,
    Notice,
    SpaceNews,
    activity,
    by_day,
    news_by_space,
    notices,
    personal_data,
    unread_count,
    unread_events,
)
from notifications.queries.waiting import Digest, people_due, waiting_digest, waiting_events

__all__ = [
    "NEWS_PER_SPACE",
    "UNREAD_LIMIT",
    "Choice",
    "Day",
    "Digest",
    "Notice",
    "SpaceNews",
    "activity",
    "by_day",
    "follow_of",
    "followable",
    "my_choices",
    "my_exceptions",
    "my_follows",
    "news_by_space",
    "notices",
    "people_due",
    "personal_data",
    "rhythm_of",
    "unread_count",
    "unread_events",
    "waiting_digest",
    "waiting_events",
]
