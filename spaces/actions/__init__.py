"""Writes: spaces, mandates, invitations, requests for access. Each checks the right, writes, logs, and brings the
projection into line, in one transaction."""

from spaces.actions.accounts import deactivate_account, reactivate_account
from spaces.actions.closing import ClosingReport, close_mandates
from spaces.actions.invitations import Invitee, Outcome, invite, resend_invitation, withdraw_invitation
from spaces.actions.mandates import (
    change_membership,
    end_animation,
    end_membership,
    grant_animation,
    grant_membership,
)
from spaces.actions.requests import ask_for_access, decline_request
from spaces.actions.spaces import open_space

__all__ = [
    "ClosingReport",
    "Invitee",
    "Outcome",
    "ask_for_access",
    "change_membership",
    "close_mandates",
    "deactivate_account",
    "decline_request",
    "end_animation",
    "end_membership",
    "grant_animation",
    "grant_membership",
    "invite",
    "open_space",
    "reactivate_account",
    "resend_invitation",
    "withdraw_invitation",
]
