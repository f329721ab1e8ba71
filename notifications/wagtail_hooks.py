"""The audit log's words for what happens to what people receive."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    label = "Envoi de courriels repris"
    actions.register_action("notifications.resume_mail", label, label)
