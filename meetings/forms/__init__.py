"""What people type about meetings."""

from meetings.forms.agenda import ItemForm
from meetings.forms.bodies import BodyForm, GuestForm, MembersForm
from meetings.forms.invitees import AnswerForm, ConveneForm, InviteesForm
from meetings.forms.meetings import MeetingForm, initial_of
from meetings.forms.polls import ClosingForm, PollAnswerForm, default_closing, spans_formset

__all__ = [
    "AnswerForm", "BodyForm", "ClosingForm", "ConveneForm", "GuestForm", "InviteesForm", "ItemForm", "MeetingForm", "MembersForm",
    "PollAnswerForm", "default_closing", "initial_of", "spans_formset",
]  # fmt: skip
