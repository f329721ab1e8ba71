"""A document that another room writes: its own screens read it, that room alone changes it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.journal import log
from documents.models import Document


class LockedError(PermissionDenied):
    """Another room writes the document. Its message says which, in a sentence."""


def refuse_if_locked(document: Document) -> None:
    """Raises `LockedError`. Sharing, naming a version and acknowledging change nothing of what it says: they stay."""
    if document.locked_reason:
        raise LockedError(document.locked_reason)


@transaction.atomic
def lock_document(*, document: Document, reason: str) -> None:
    """From now on only `publish_version(by_its_room=True)` changes it; nobody has it reserved any more. `reason` is what its
    page says. Asks no right: the room that wrote it has asked its own."""
    if document.locked_reason == reason:
        return
    document.locked_reason = reason
    document.reserved_by = document.reserved_until = None
    document.save(update_fields=["locked_reason", "reserved_by", "reserved_until"])
    log(document, "documents.lock")
