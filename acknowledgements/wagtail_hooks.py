"""The audit log's words for what happens to acknowledgements."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

ACTIONS = {
    "acknowledgements.ask": "Accusé de lecture demandé",
    "acknowledgements.stop": "Accusé de lecture arrêté",
    "acknowledgements.remind": "Rappel de lecture envoyé",
}


@hooks.register("register_log_actions")
def acknowledgement_log_actions(actions: LogActionRegistry) -> None:
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
