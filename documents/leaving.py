"""Between the writing of a mail and its leaving, the document that it names may have been withdrawn, or its reader's right
have ended."""

from collections.abc import Collection

from documents.models import Document, DocumentMail
from mail.actions import recall

GATE = "documents"
"""The name under which `mail.gates` knows `refused_mail`."""


def refused_mail(mail_ids: Collection[int]) -> set[int]:
    """Those of these mails whose reader may no longer read the document, taken back."""
    written = DocumentMail.objects.filter(mail__in=mail_ids).select_related("user").order_by("pk")
    refused = set(mail_ids) - {one.mail_id for one in written if _reads(one)}
    recall(refused)
    return refused


def _reads(one: DocumentMail) -> bool:
    return one.user.is_active and Document.objects.visible_to(one.user).filter(pk=one.document_id).exists()
