"""The audit log's words for what happens to accounts."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

ACTIONS = {
    "accounts.invitation.send": "Invitation envoyée",
    "accounts.invitation.withdraw": "Invitation retirée",
    "accounts.invitation.accept": "Invitation acceptée",
    "accounts.profile.change": "Profil modifié",
    "accounts.feed.create": "Adresse d’abonnement créée",
    "accounts.feed.revoke": "Adresse d’abonnement révoquée",
}


@hooks.register("register_log_actions")
def account_log_actions(actions: LogActionRegistry) -> None:
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
