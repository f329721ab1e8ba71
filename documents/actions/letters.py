"""Writing to one person about one document."""

from typing import TYPE_CHECKING

from documents.leaving import GATE
from documents.models import Document, DocumentMail
from mail.actions import queue_mail

if TYPE_CHECKING:
    from accounts.models import User


def write_about(document: Document, *, to: "User", template: str, context: dict[str, object]) -> None:
    """Queue a mail that leaves only if `to` still reads the document then. Part of an action, in its transaction."""
    mail = queue_mail(to=to.email, template=template, context={"document": document, **context}, gate=GATE)
    DocumentMail.objects.create(mail=mail, user=to, document=document)
