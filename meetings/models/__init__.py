"""Bodies, their meetings, what is on the agenda and who is invited."""

from meetings.models.agenda import AgendaItem, AgendaItemQuerySet
from meetings.models.bodies import Body, BodyMember, BodyQuerySet
from meetings.models.deposited import DepositedMinutes, DepositedMinutesQuerySet
from meetings.models.escalations import Escalation, EscalationQuerySet
from meetings.models.invitees import Invitee, InviteeQuerySet
from meetings.models.letters import LetterRight
from meetings.models.meetings import Meeting, MeetingQuerySet
from meetings.models.minutes import Action, ActionUpdate, Amendment, Decision, DecisionSeries, Erratum, Minutes, Notes
from meetings.models.papers import Paper
from meetings.models.polls import Ballot, Poll, PollAnswer, PollDate, PollQuerySet
from meetings.models.reminders import BodyReminder
from meetings.models.texts import no_control_character

__all__ = [
    "Action",
    "ActionUpdate",
    "AgendaItem",
    "AgendaItemQuerySet",
    "Amendment",
    "Ballot",
    "Body",
    "BodyMember",
    "BodyQuerySet",
    "BodyReminder",
    "Decision",
    "DecisionSeries",
    "DepositedMinutes",
    "DepositedMinutesQuerySet",
    "Erratum",
    "Escalation",
    "EscalationQuerySet",
    "Invitee",
    "InviteeQuerySet",
    "LetterRight",
    "Meeting",
    "MeetingQuerySet",
    "Minutes",
    "Notes",
    "Paper",
    "Poll",
    "PollAnswer",
    "PollDate",
    "PollQuerySet",
    "no_control_character",
]
