"""The audit log's words for what happens to the region."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry


@hooks.register("register_log_actions")
def region_log_actions(actions: LogActionRegistry) -> None:
    for action, label in {
        "region.territory.add": "Territoire ouvert",
        "directory.structure.add": "Structure ajoutée à l’annuaire",
        "directory.structure.change": "Structure modifiée dans l’annuaire",
        "directory.site.add": "Lieu d’accueil ajouté à l’annuaire",
        "directory.site.change": "Lieu d’accueil modifié dans l’annuaire",
    }.items():
        actions.register_action(action, label, label)
