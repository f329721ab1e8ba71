"""What goes into a circle is closed beyond its space: a share or a link given before would go round the circle. One given
afterwards, by somebody who reads inside, says what it does, and stands."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.journal import log
from documents.models import Document, DocumentQuerySet
from documents.shares import Openings, open_links, open_shares

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def end_openings(documents: DocumentQuerySet, *, by: "User") -> Openings:
    """End the shares and the links of `documents`, those in the trash included, from this second. Returns how many. Asks no
    right: part of an action that did, and that holds the documents."""
    shares, links = list(open_shares(documents)), list(open_links(documents).select_related("document"))
    shared = documents.defer("text").filter(uuid__in={share.object_id for share in shares})
    held: dict[object, Document] = {one.uuid: one for one in shared}
    for share in shares:
        log(held[share.object_id], "documents.share.revoke", user=by, data={"share": share.pk, "why": "circle"})
    for link in links:
        log(link.document, "documents.link.revoke", user=by, data={"link": link.pk, "why": "circle"})
    now = timezone.now()
    open_shares(documents).filter(pk__in=[share.pk for share in shares]).update(revoked_at=now)
    open_links(documents).filter(pk__in=[link.pk for link in links]).update(revoked_at=now)
    return Openings(len(shares), len(links))
