"""How Wagtail's log of actions names ours, and what it must not remove."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Collection

from documents.models import Folder


@hooks.register("describe_collection_contents")
def describe_folder(collection: Collection) -> dict[str, object] | None:
    """A collection that is a folder is never empty to Wagtail, which would remove it."""
    folder = Folder.objects.select_related("space").filter(collection=collection).first()
    return folder and {
        "count": 1,
        "count_text": f"dossier « {folder} », {folder.space}",
        "url": folder.get_absolute_url(),
    }


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("documents.publish", "Déposer un document", "Document déposé")
    actions.register_action("documents.change", "Modifier un document", "Document modifié")
    actions.register_action("documents.version", "Déposer une nouvelle version", "Nouvelle version déposée")
    actions.register_action("documents.version.name", "Nommer une version", "Version nommée")
    actions.register_action("documents.reserve", "Réserver un document", "Document réservé pour modification")
    actions.register_action("documents.release", "Lever une réservation", "Réservation levée")
    actions.register_action("documents.lock", "Confier un document", "Document confié à sa réunion")
    actions.register_action("documents.describe", "Décrire un document", "Document décrit")
    actions.register_action("documents.withdraw", "Mettre à la corbeille", "Document mis à la corbeille")
    actions.register_action("documents.put_back", "Sortir de la corbeille", "Document sorti de la corbeille")
    actions.register_action("documents.folder.create", "Créer un dossier", "Dossier créé")
    actions.register_action("documents.folder.rename", "Renommer un dossier", "Dossier renommé")
    actions.register_action("documents.folder.move", "Déplacer un dossier", "Dossier déplacé")
    actions.register_action("documents.folder.order", "Ordonner un dossier", "Dossier changé de rang")
    actions.register_action("documents.folder.restrict", "Restreindre un dossier", "Cercle d’un dossier modifié")
    actions.register_action("documents.folder.open", "Ouvrir un dossier", "Dossier ouvert à tout l’espace")
    actions.register_action("documents.folder.remove", "Supprimer un dossier", "Dossier vide supprimé")
    actions.register_action("documents.share", "Partager un document", "Document partagé")
    actions.register_action("documents.share.revoke", "Retirer un partage", "Partage retiré")
    actions.register_action("documents.link.create", "Créer un lien", "Lien de partage créé")
    actions.register_action("documents.link.revoke", "Retirer un lien", "Lien de partage retiré")
