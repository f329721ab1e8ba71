"""The audit log's words for what happens in a panel. None of them is ever given a name."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

_WORDS = {
    "category.added": "Catégorie d’usagers ajoutée",
    "name.erased": "Nom d’un usager effacé, son délai passé",
    "name.withdrawn": "Nom d’un usager effacé à sa demande",
    "observation.added": "Observation d’usagers notée",
    "observation.changed": "Observation d’usagers modifiée",
    "observation.removed": "Observation d’usagers retirée",
    "presence.noted": "Présences du groupe d’usagers notées",
    "return.published": "Restitution publiée",
    "seat.changed": "Siège d’usager modifié",
    "seat.ended": "Siège d’usager libéré",
    "seat.filled": "Siège d’usager pourvu",
    "theme.added": "Thème d’observation ajouté",
}


@hooks.register("register_log_actions")
def panel_log_actions(actions: LogActionRegistry) -> None:
    for name, words in _WORDS.items():
        actions.register_action(f"panels.{name}", words, words)
