"""Opening one document beyond its space: to another space, to a person, or by a link to somebody without an account."""

import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.journal import log
from accounts.models import token_hash
from documents.actions.documents import editing_ability, locked_to_edit, require_editor
from documents.actions.downloads import record_downloads
from documents.actions.letters import write_about
from documents.models import Document, SignedLink
from spaces import policy
from spaces.models import Share, Space

if TYPE_CHECKING:
    from accounts.models import User

SHARE_MAX_DAYS = 366
"""A share longer than a year is a mandate that does not say its name."""
LINK_MAX_DAYS = 90
LINK_TRIES, LINK_TRIES_SECONDS = 10, 15 * 60
"""Wrong passwords that a link takes, from anybody, before it answers nobody for a while."""


class TooManyTriesError(Exception):
    """The link has been tried with too many wrong passwords."""


class WrongPasswordError(Exception):
    """The link asks for a password, and this is not it."""


def may_share(user: "User | None", document: Document) -> bool:
    """Whoever may change a document may share it: its author while a contributor who reads it, the space's managers."""
    return user is not None and policy.can(
        user, editing_ability(user, document), document.space, boundary_id=document.boundary_id
    )


@transaction.atomic
def share_document(
    *,
    document: Document,
    by: "User",
    ends_on: date,
    reason: str,
    to_space: Space | None = None,
    to_user: "User | None" = None,
) -> Share:
    """Open this document, in its current version, to a space or to a person until `ends_on`. Asked again, it changes the
    date and the reason.

    Raises `PermissionDenied`/`Http404` (see `require_editor`), `ValidationError` for a date in the past or more than
    `SHARE_MAX_DAYS` ahead, without a reason, or with the document's own space."""
    document = locked_to_edit(document, by)
    today = timezone.localdate()
    if not today <= ends_on <= today + timedelta(days=SHARE_MAX_DAYS):
        raise ValidationError({"ends_on": "Choisissez un dernier jour entre aujourd’hui et dans un an."})
    if to_space == document.space:
        raise ValidationError({"to_space": "Cet espace est celui du document."})
    Share.objects.filter(object_id=document.uuid, to_space=to_space, to_user=to_user, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    share = Share(
        space=document.space,
        object_id=document.uuid,
        to_space=to_space,
        to_user=to_user,
        ends_on=ends_on,
        reason=" ".join(reason.split()),
        shared_by=by,
    )
    share.full_clean(exclude=["space"], validate_constraints=False)
    share.save()
    log(document, "documents.share", user=by, data={"share": share.pk, "until": ends_on.isoformat()})
    return share


@transaction.atomic
def revoke_share(*, share: Share, by: "User") -> bool:
    """End the share from this second. Returns False when that was done before. Raises `PermissionDenied`/`Http404` (see
    `require_editor`)."""
    document: Document = get_object_or_404(Document.objects.select_related("space"), uuid=share.object_id)
    require_editor(by, document)
    if not Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    log(document, "documents.share.revoke", user=by, data={"share": share.pk})
    return True


# --- Signed links ---------------------------------------------------------------------------------------------------


@transaction.atomic
def create_link(
    *,
    document: Document,
    by: "User",
    recipient: str,
    days: int | None = None,
    password: str = "",
    is_warned_of: bool = True,
    once: str = "",
) -> tuple[SignedLink, str]:
    """A link to the document for somebody without an account, for `days` (`LINK_DAYS` by default, `LINK_MAX_DAYS` at most).
    Returns it with its token (256 bits), which is shown once and kept nowhere. `is_warned_of`: `by` is told before it ends. `once`
    names the form that asks: sent again with the same words, it gives the same link and its token again.

    Raises `PermissionDenied`/`Http404` (see `require_editor`), `ValidationError` for another number of days or without a
    word on who it is for."""
    document = locked_to_edit(document, by)
    days = settings.LINK_DAYS if days is None else days
    if not 1 <= days <= LINK_MAX_DAYS:
        raise ValidationError({"days": f"Choisissez entre 1 et {LINK_MAX_DAYS} jours."})
    token = _token_of(once, by, document, recipient, days, password) if once else secrets.token_urlsafe(32)
    made = SignedLink.objects.filter(document=document, token_hash=token_hash(token)).first()
    if made is not None and made.revoked_at is None and made.expires_at > timezone.now():
        return made, token
    token = token if made is None else secrets.token_urlsafe(32)
    link = SignedLink(
        document=document,
        token_hash=token_hash(token),
        password=make_password(password) if password else "",
        recipient=" ".join(recipient.split()),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
        warned_at=None if is_warned_of else timezone.now(),
    )
    link.full_clean(exclude=["document"], validate_unique=False)
    link.save()
    log(document, "documents.link.create", user=by, data={"link": link.pk})
    return link, token


def _token_of(once: str, by: "User", document: Document, *words: object) -> str:
    """Nobody can work it out without the site's own key."""
    said = repr((once, by.pk, str(document.uuid), *words))
    return salted_hmac("documents.link", said, algorithm="sha256").digest().hex()


@transaction.atomic
def revoke_link(*, link: SignedLink, by: "User") -> bool:
    """As `revoke_share`, for a link."""
    require_editor(by, link.document)
    if not SignedLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    log(link.document, "documents.link.revoke", user=by, data={"link": link.pk})
    return True


def open_link(token: str) -> SignedLink | None:
    """The link, when it opens something now: it is neither revoked nor run out, its document is not in the trash, and whoever
    made it may still share that document. In doubt, nothing."""
    links = SignedLink.objects.open().filter(token_hash=token_hash(token), document__withdrawn_at=None)
    link = links.select_related("document__space", "created_by").first()
    return link if link is not None and may_share(link.created_by, link.document) else None


def check_link_password(link: SignedLink, password: str) -> None:
    """Raises `WrongPasswordError`, or `TooManyTriesError` after `LINK_TRIES` wrong ones within `LINK_TRIES_SECONDS`."""
    if not link.password:
        return
    key = f"documents.link.tries:{link.pk}"
    cache.add(key, 0, LINK_TRIES_SECONDS)
    if cache.incr(key) > LINK_TRIES:
        raise TooManyTriesError
    if not check_password(password[:200], link.password):
        raise WrongPasswordError
    cache.delete(key)


@transaction.atomic
def count_link_download(link: SignedLink) -> None:
    """Counted by link, and by version as every download; without a name."""
    record_downloads(versions=[(link.document_id, link.document.current_number)], by=None)
    SignedLink.objects.filter(pk=link.pk).update(
        download_count=F("download_count") + 1, last_download_at=timezone.now()
    )


def warn_of_ending_links() -> int:
    """Tell whoever made a link that it ends within `LINK_WARNING_DAYS`, once. Returns how many were told."""
    soon = timezone.now() + timedelta(days=settings.LINK_WARNING_DAYS)
    links = SignedLink.objects.open().filter(warned_at=None, expires_at__lte=soon, document__withdrawn_at=None)
    return sum(
        _warn(link, link.document, link.created_by, "documents/email/link_ending", "avez créé ce lien")
        for link in links.select_related("document__space", "created_by").order_by("pk")
    )


def warn_of_ending_shares() -> int:
    """The same, for shares with a space or a person."""
    soon = timezone.localdate() + timedelta(days=settings.LINK_WARNING_DAYS)
    ending = Share.objects.open().filter(warned_at=None, ends_on__lte=soon).order_by("pk")
    shares = list(ending.select_related("shared_by", "to_space", "to_user"))
    shared = Document.objects.filter(uuid__in=[share.object_id for share in shares], withdrawn_at=None)
    documents = {document.uuid: document for document in shared.select_related("space").defer("text")}
    return sum(
        _warn(share, documents[share.object_id], share.shared_by, "documents/email/share_ending", "l’avez partagé")
        for share in shares
        if share.object_id in documents
    )


@transaction.atomic
def _warn(opening: SignedLink | Share, document: Document, maker: "User | None", template: str, did: str) -> bool:
    """Claimed by a conditional update: told once. Who may no longer share it has nothing to prolong, and is told nothing."""
    claimed = type(opening).objects.filter(pk=opening.pk, warned_at=None).update(warned_at=timezone.now())
    if not claimed or maker is None or not may_share(maker, document):
        return False
    context = {
        "opening": opening,
        "url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("documents:share", args=[document.uuid]),
        "why": f"Vous recevez ce message parce que vous {did} sur {settings.SITE_NAME}.",
    }
    write_about(document, to=maker, template=template, context=context)
    return True


def forget_old_links() -> int:
    """Delete the links that have opened nothing for `LINK_KEEP_DAYS`; the log goes on saying who made them."""
    limit = timezone.now() - timedelta(days=settings.LINK_KEEP_DAYS)
    return SignedLink.objects.filter(expires_at__lt=limit).delete()[0]
