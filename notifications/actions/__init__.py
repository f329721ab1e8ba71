"""Recording what happened, telling those whom it concerns, and keeping what they have chosen."""

from notifications.actions.choosing import (
    choose,
    choose_from_mail,
    follow,
    resume_mail,
    retry_mail,
    set_rhythm,
    unfollow,
)
from notifications.actions.digests import forget_old_deliveries, send_digest
from notifications.actions.leaving import refused_mail
from notifications.actions.recording import (
    bound_events,
    forget_told,
    hide_events,
    mark_all_read,
    mark_read,
    record_event,
    rename_events,
    show_events,
    withdraw_events,
)
from notifications.actions.telling import tell
from notifications.subjects import subject_for as subject_of

__all__ = [
    "bound_events",
    "choose",
    "choose_from_mail",
    "follow",
    "forget_old_deliveries",
    "forget_told",
    "hide_events",
    "mark_all_read",
    "mark_read",
    "record_event",
    "refused_mail",
    "rename_events",
    "resume_mail",
    "retry_mail",
    "send_digest",
    "set_rhythm",
    "show_events",
    "subject_of",
    "tell",
    "unfollow",
    "withdraw_events",
]
