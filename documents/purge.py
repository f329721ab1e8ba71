"""What leaves for good: documents that have lain in the trash for `TRASH_DAYS`, then the bytes that nothing uses any more."""

import logging
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from documents.models import Document, DocumentVersion, document_store
from documents.storage import ContentAddressedStorage, is_stored_name
from documents.uploads import LEFTOVER_AGE
from notifications.actions import withdraw_events

logger = logging.getLogger(__name__)


def purge_trash() -> tuple[int, int]:
    """Returns how many documents and how many stored files are gone. Killed at any moment and run again, it goes on where it
    was: rows first, one document a transaction; bytes afterwards, whatever left them there."""
    limit = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    over = Document.objects.filter(withdrawn_at__lt=limit).order_by("pk").values_list("pk", flat=True)
    gone = sum(_purge(pk, limit) for pk in list(over))
    return gone, remove_unused_bytes()


def _purge(pk: int, limit: object) -> bool:
    """Unless somebody has just put it back, or a room holds to it (the minutes of a meeting): it stays in the trash, whole."""
    try:
        with transaction.atomic():
            document = Document.objects.select_for_update(of=("self",)).filter(pk=pk, withdrawn_at__lt=limit).first()
            if document is None:
                return False
            withdraw_events(document)
            DocumentVersion.objects.filter(document=document).delete()
            document.delete()
    except models.ProtectedError:
        logger.info("Document %s stays in the trash: something holds to it", pk)
        return False
    return True


def remove_unused_bytes(older_than: int = LEFTOVER_AGE) -> int:
    """Remove what no row of any model names and nobody has stored for `older_than` seconds. Returns how many files. A store
    that is not a folder of ours is left to its own rules."""
    store = document_store()
    if not isinstance(store, ContentAddressedStorage):
        return 0
    store.finish_removals(is_used=is_used, older_than=older_than)
    used = {name for model, field in _fields() for name in model._base_manager.order_by().values_list(field, flat=True)}
    unused = [name for name in store.stored_names() if is_stored_name(name) and name not in used]
    return sum(store.remove(name, is_used=is_used) for name in unused)


def is_used(name: str) -> bool:
    return any(model._base_manager.filter(**{field: name}).exists() for model, field in _fields())


def _fields() -> list[tuple[type[models.Model], str]]:
    """Every field of the site that names a file of this store, so that a model added tomorrow is not forgotten."""
    store = document_store()
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField) and field.storage == store
    ]
