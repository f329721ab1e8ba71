"""How an event reads in a list: a few words and an icon for each kind. The rooms name the kind when they record the event, and
say what it is where they declare what is told of it; one that is neither declared nor in the table is shown by its title alone."""

from dataclasses import dataclass

from notifications import registry


@dataclass(frozen=True)
class Kind:
    label: str
    icon: str
    """One of static/extranet/icons.css."""


_KINDS = {
    "document": Kind("Document", "file-text-line"),
    "announcement": Kind("Annonce", "megaphone-line"),
    "meeting": Kind("Réunion", "calendar-event-line"),
    "minutes": Kind("Compte rendu", "draft-line"),
    "amendment": Kind("Amendement", "edit-line"),
    "escalation": Kind("Remontée", "arrow-right-up-line"),
    "page": Kind("Page", "article-line"),
    "member": Kind("Membre", "user-add-line"),
    "acknowledgement": Kind("À lire", "checkbox-line"),
    "space": Kind("Espace", "community-line"),
}
_OTHER = Kind("", "information-line")


def kind_of(kind: str) -> Kind:
    """What is declared of it (« Réunion annulée »), with the icon of its first word: « document_published », « document.published »
    and « document » are all documents."""
    family = _KINDS.get(kind.replace(".", "_").partition("_")[0], _OTHER)
    declared = registry.of(kind)
    return Kind(declared.name, family.icon) if declared else family
