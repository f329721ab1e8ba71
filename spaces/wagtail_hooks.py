"""The audit log's words for what happens to mandates, invitations and accounts."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

ACTIONS = {
    "spaces.membership.grant": "Mandat donné",
    "spaces.membership.change": "Mandat modifié",
    "spaces.membership.end": "Mandat retiré",
    "spaces.circles.leave": "Sortie des cercles restreints de l’espace",
    "spaces.mandate.lapse": "Mandat arrivé à son terme",
    "spaces.animation.grant": "Mandat d’animation régionale donné",
    "spaces.animation.end": "Mandat d’animation régionale retiré",
    "spaces.invitation.resend": "Invitation envoyée de nouveau",
    "spaces.invitation.withdraw": "Invitation retirée",
    "spaces.request.accept": "Demande d’accès acceptée",
    "spaces.request.decline": "Demande d’accès refusée",
    "spaces.account.deactivate": "Compte désactivé",
    "spaces.account.reactivate": "Compte rouvert",
}


@hooks.register("register_log_actions")
def mandate_log_actions(actions: LogActionRegistry) -> None:
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
