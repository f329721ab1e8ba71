"""How an event reads in a list: a word and an icon for each kind. The rooms name the kind when they record the event; one
that is not in the table is shown by its title alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    label: str
    icon: str
    """One of static/extranet/icons.css."""


_KINDS = {
    "document": Kind("Document", "file-text-line"),
    "announcement": Kind("Annonce", "megaphone-line"),
    "meeting": Kind("Réunion", "calendar-event-line"),
    "amendment": Kind("Amendement", "edit-line"),
    "escalation": Kind("Remontée", "arrow-right-up-line"),
    "page": Kind("Page", "article-line"),
    "member": Kind("Membre", "user-add-line"),
    "acknowledgement": Kind("À lire", "checkbox-line"),
    "space": Kind("Espace", "community-line"),
}
_OTHER = Kind("", "information-line")


def kind_of(kind: str) -> Kind:
    """By the first word of the kind: « document_published », « document.published » and « document » are all documents."""
    return _KINDS.get(kind.replace(".", "_").partition("_")[0], _OTHER)
