"""Writes of the meetings. Each checks the right, writes, logs, records what happened and keeps the index, in one
transaction."""

from meetings.actions.agenda import add_item, change_item, choose_items, move_item, propose_item, remove_item
from meetings.actions.bodies import (
    add_body,
    add_body_guest,
    add_body_member,
    change_body,
    remove_body_member,
    seat_mandates,
)
from meetings.actions.convening import (
    close_past_meetings,
    convene_meeting,
    others_to_come,
    postpone_meeting,
    remind_now,
    remind_unanswered,
    resend_convocation,
)
from meetings.actions.forgetting import erase_guest_names
from meetings.actions.invitees import Person, add_invitees, answer_invitation, invite_body_members, remove_invitee
from meetings.actions.meetings import (
    announce_meeting,
    cancel_meeting,
    change_meeting,
    discard_draft,
    index_all,
    prepare_meeting,
    restore_meeting,
    schedule_meeting,
)
from meetings.actions.planning import plan_meetings
from meetings.actions.polls import answer_poll, choose_date, propose_dates, remind_poll, remind_polled

__all__ = [
    "Person",
    "add_body",
    "add_body_guest",
    "add_body_member",
    "add_invitees",
    "add_item",
    "announce_meeting",
    "answer_invitation",
    "answer_poll",
    "cancel_meeting",
    "change_body",
    "change_item",
    "change_meeting",
    "choose_date",
    "choose_items",
    "close_past_meetings",
    "convene_meeting",
    "discard_draft",
    "erase_guest_names",
    "index_all",
    "invite_body_members",
    "move_item",
    "others_to_come",
    "plan_meetings",
    "postpone_meeting",
    "prepare_meeting",
    "propose_dates",
    "propose_item",
    "remind_now",
    "remind_poll",
    "remind_polled",
    "remind_unanswered",
    "remove_body_member",
    "remove_invitee",
    "remove_item",
    "resend_convocation",
    "restore_meeting",
    "schedule_meeting",
    "seat_mandates",
]  # fmt: skip
