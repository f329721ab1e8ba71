"""How a document looks from outside its space: what a share lets somebody know."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from documents.models import Document, DocumentQuerySet, Folder, SignedLink
from spaces import policy
from spaces.audience import reader_count
from spaces.enums import Visibility
from spaces.models import Share
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User
    from documents.models.shares import SignedLinkQuerySet
    from spaces.models import ShareQuerySet, Space


def folder_of(document: Document, user: "User") -> Folder | None:
    """Where the document is, for who reads the folder. Whoever reads it by a share is not told."""
    folder = document.folder
    return folder if policy.reader_of(user).reads(folder.space_id, folder.boundary_id) else None


@dataclass(frozen=True, slots=True)
class Openings:
    """How many shares and links open some documents beyond their space."""

    shares: int = 0
    links: int = 0

    def __bool__(self) -> bool:
        return bool(self.shares or self.links)

    def __str__(self) -> str:
        """« 2 partages et 1 lien »"""
        counts = ((self.shares, "partage"), (self.links, "lien"))
        return " et ".join(f"{count}\u00a0{word}{'s' if count > 1 else ''}" for count, word in counts if count)

    @property
    def will_end(self) -> str:
        return f"{self} {'prendront' if self.shares + self.links > 1 else 'prendra'} fin"

    @property
    def have_ended(self) -> str:
        return f"{self} {'ont' if self.shares + self.links > 1 else 'a'} pris fin"


def open_shares(documents: DocumentQuerySet) -> "ShareQuerySet":
    return Share.objects.open().filter(object_id__in=documents.order_by().values("uuid"))


def open_links(documents: DocumentQuerySet) -> "SignedLinkQuerySet":
    return SignedLink.objects.open().filter(document__in=documents.order_by().values("pk"))


def openings_of(documents: DocumentQuerySet) -> Openings:
    """Of documents that their reader manages, those in the trash included. Two queries."""
    return Openings(open_shares(documents).count(), open_links(documents).count())


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A document that reaches somebody by a share in force."""

    title: str
    url: str
    space_name: str
    whom: str
    until: date
    reason: str


def shared_with(user: "User") -> list[SharedRow]:
    """What is shared with `user` by name or with one of their spaces, the next to end first; shared in several ways, it is said once,
    by the way that lasts longest. Two queries."""
    longest = {share.object_id: share for share in _of_shares(Share.objects.reaching(user))}
    return _rows(user, sorted(longest.values(), key=lambda share: (share.ends_on, share.pk)))


def shared_with_space(user: "User", space: "Space") -> list[SharedRow]:
    """What other spaces share with `space`, which `user` reads, the next to end first. Two queries at most."""
    return _rows(user, _into(space.pk, timezone.localdate()))


@prepared
def _into(space: int, today: date) -> "QuerySet[Share]":
    return _of_shares(Share.objects.open(today).filter(to_space=space))


def _of_shares(shares: "QuerySet[Share]") -> "QuerySet[Share]":
    return shares.select_related("space", "to_space").order_by("ends_on", "pk")


def _rows(user: "User", shares: list[Share]) -> list[SharedRow]:
    wanted = {share.object_id for share in shares}
    documents = Document.objects.visible_to(user).filter(uuid__in=wanted)
    titles = dict(documents.values_list("uuid", "title")) if wanted else {}
    return [
        SharedRow(
            titles[share.object_id],
            reverse("documents:document", args=[share.object_id]),
            share.space.name,
            share.with_space or "vous",
            share.ends_on,
            share.reason,
        )
        for share in shares
        if share.object_id in titles
    ]


def readers_in_words(document: Document) -> str:
    """Who reads it, as its own page says it. One query, or none."""
    if document.space.visibility == Visibility.REGISTERED and document.boundary_id is None:
        return EVERYBODY
    if document.boundary_id is not None:
        shares = list(Share.objects.open().filter(object_id=document.uuid).select_related("to_space"))
        circle = "Le cercle d’un dossier restreint" + (", et ceux avec qui il est partagé" if shares else "")
        return EVERYBODY if any(share.is_for_everybody for share in shares) else circle
    count = reader_count(document.space, object_id=document.uuid)
    return EVERYBODY if count is None else f"{count}\u00a0personne{'s' if count > 1 else ''}"


EVERYBODY = "Toute personne ayant un compte sur l’extranet"


def shares_of(user: "User") -> list[dict[str, object]]:
    """This room's part of « mes données personnelles »: what `user` shares or was given by name. A title is told while the
    document can be read."""
    shares = Share.objects.filter(Q(shared_by=user) | Q(to_user=user)).select_related("to_space", "to_user")
    shares = list(shares.order_by("pk"))
    documents = Document.objects.visible_to(user).filter(uuid__in=[share.object_id for share in shares])
    titles = dict(documents.values_list("uuid", "title"))
    return [
        {
            "titre": titles.get(share.object_id, ""),
            "avec": str(share.to_space or ("vous" if share.to_user_id == user.pk else share.to_user)),
            "partagé par vous": share.shared_by_id == user.pk,
            "pourquoi": share.reason,
            "partagé le": share.created_at,
            "jusqu’au": share.ends_on,
            "retiré le": share.revoked_at,
        }
        for share in shares
    ]


def links_of(user: "User") -> list[dict[str, object]]:
    """As `shares_of`, for the signed links that `user` made: never the link itself, which is kept nowhere."""
    titles = dict(Document.objects.visible_to(user).filter(links__created_by=user).values_list("pk", "title"))
    columns = ("document_id", "recipient", "created_at", "expires_at", "revoked_at", "download_count")
    return [
        {
            "titre": titles.get(document, ""),
            "pour": recipient,
            "créé le": made,
            "expire le": ends,
            "retiré le": revoked,
            "téléchargements": count,
        }
        for document, recipient, made, ends, revoked, count in SignedLink.objects.filter(created_by=user)
        .order_by("pk")
        .values_list(*columns)
    ]


def reserved_by(user: "User") -> list[dict[str, object]]:
    """As `shares_of`, for the documents that `user` has reserved today."""
    held = Document.objects.visible_to(user).filter(reserved_by=user, reserved_until__gt=timezone.now())
    return [
        {"titre": title, "réservé jusqu’au": until}
        for title, until in held.order_by("pk").values_list("title", "reserved_until")
    ]
