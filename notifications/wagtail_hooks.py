"""The audit log's words for what happens to what people receive."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    for action, label in (("resume_mail", "Envoi de courriels repris"), ("retry_mail", "Courriel abandonné renvoyé")):
        actions.register_action(f"notifications.{action}", label, label)
