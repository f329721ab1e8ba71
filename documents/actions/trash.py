"""The trash: what is put there is gone for everybody but the space's managers, who may put it back for `TRASH_DAYS`. Nothing
is lost while it lies there: versions, and every row about the document, stay as they are."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.journal import log
from documents.actions.documents import locked_to_edit
from documents.actions.locks import refuse_if_locked
from documents.actions.texts import index_document
from documents.models import Document
from notifications.actions import hide_events, show_events
from search import actions as search
from search.models import Kind
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def withdraw_document(*, document: Document, by: "User") -> None:
    """Put the document in the trash: taken away from every reader, search and notices included.

    Raises `PermissionDenied`/`Http404` (see `require_editor`), `LockedError`, `Http404` when it is there already."""
    document = locked_to_edit(document, by)
    refuse_if_locked(document)
    document.withdrawn_at, document.withdrawn_by = timezone.now(), by
    document.save(update_fields=["withdrawn_at", "withdrawn_by"])
    log(document, "documents.withdraw", user=by)
    hide_events(document)
    search.remove(kind=Kind.DOCUMENT, object_id=document.uuid)


@transaction.atomic
def put_back_document(*, document: Document, by: "User") -> Document:
    """Out of the trash, into its folder, with all that it had. Its manager may, and whoever put it there (« Annuler »).

    Raises `PermissionDenied`/`Http404`, `Http404` when it is not in the trash any more."""
    policy.require(by, restoring_ability(by, document), document.space, boundary_id=document.boundary_id)
    in_trash = Document.objects.select_for_update(of=("self",)).select_related("space").exclude(withdrawn_at=None)
    kept: Document = get_object_or_404(in_trash, pk=document.pk)
    kept.withdrawn_at = kept.withdrawn_by = None
    kept.save(update_fields=["withdrawn_at", "withdrawn_by"])
    log(kept, "documents.put_back", user=by)
    show_events(kept)
    index_document(kept)
    return kept


def restoring_ability(user: "User", document: Document) -> Ability:
    """What it takes to take the document out of the trash."""
    own = document.withdrawn_by_id is not None and document.withdrawn_by_id == user.pk
    return Ability.ADD_DOCUMENT if own else Ability.MANAGE_DOCUMENTS
