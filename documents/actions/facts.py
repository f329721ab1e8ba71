"""What is said of a document beside its title: nature, territory, networks, period, until when it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.journal import log
from directory.models import Network, Territory
from documents.actions.documents import editing_ability, locked_to_edit
from documents.actions.letters import write_about
from documents.actions.texts import index_document
from documents.enums import DocumentKind
from documents.models import Document
from spaces import policy
from spaces.enums import Role

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Facts:
    """Periods and dates include their last day."""

    kind: DocumentKind = DocumentKind.OTHER
    territory: Territory | None = None
    networks: Sequence[Network] = ()
    period: tuple[date, date] | None = None
    print_format: str = ""
    valid_until: date | None = None
    review_on: date | None = None


@transaction.atomic
def describe_document(*, document: Document, by: "User", facts: Facts) -> None:
    """Say what the document is. A review date that is put off is reminded of anew.

    Raises `PermissionDenied`/`Http404` (see `require_editor`), `Http404` when it is in the trash, `ValidationError` when a
    period ends before it begins."""
    document = locked_to_edit(document, by)
    document.kind, document.territory = facts.kind, facts.territory
    document.period_start, document.period_end = facts.period or (None, None)
    document.print_format = " ".join(facts.print_format.split())
    document.valid_until, document.review_on = facts.valid_until, facts.review_on
    fields = ["kind", "territory", "period_start", "period_end", "print_format", "valid_until", "review_on"]
    document.clean_fields(exclude=[field.name for field in document._meta.fields if field.name not in fields])
    document.validate_constraints()
    document.save(update_fields=fields)
    document.networks.set(facts.networks)
    index_document(document)
    log(document, "documents.describe", user=by)


def remind_of_reviews() -> int:
    """Write once for each review date that has come: to who deposited the document, or to the space’s managers when that
    person may no longer change it. Returns how many documents were told of."""
    due = Document.objects.filter(withdrawn_at=None, review_on__lte=timezone.localdate()).filter(
        Q(review_told_for=None) | ~Q(review_told_for=F("review_on"))
    )
    told = 0
    for document in due.select_related("space", "uploaded_by_user").defer("text").order_by("pk"):
        with transaction.atomic():
            # Two workers at once: the second finds nothing to update.
            if due.filter(pk=document.pk).update(review_told_for=document.review_on):
                _tell_of_review(document)
                told += 1
    return told


def _tell_of_review(document: Document) -> None:
    for person in _reviewers(document):
        context: dict[str, object] = {
            "person": person,
            "space": document.space,
            "url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + document.get_absolute_url(),
            "why": f"Vous recevez ce message parce que ce document vous est confié, sur {settings.SITE_NAME}.",
        }
        write_about(document, to=person, template="documents/email/review", context=context)


def _reviewers(document: Document) -> list["User"]:
    owner = document.uploaded_by_user
    if owner is not None:
        ability = editing_ability(owner, document)
        if policy.can(owner, ability, document.space, boundary_id=document.boundary_id):
            return [owner]
    managers = [line for line in policy.who_can_see(document.space) if line.role == Role.MANAGER]
    return [line.user for line in managers if not line.is_waiting and not line.user.is_superuser]
