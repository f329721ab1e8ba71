"""Reads about accounts: the invitation behind a link, and what is held about a person."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Count
from wagtail.models import ModelLogEntry

from accounts import feeds
from accounts.models import FeedToken, Invitation, User
from mail.queries import sent_to


def usable_invitation(digest: str) -> Invitation | None:
    """The invitation whose link works today, by the hash of its token; None for a forged, used, replaced, withdrawn or
    expired one."""
    invitation = Invitation.objects.filter(token_hash=digest).select_related("user", "invited_by").first()
    return invitation if invitation and invitation.is_usable and not invitation.user.has_joined else None


def has_second_factor(user: User) -> bool:
    """Whether an application or a key protects the account; recovery codes alone do not count."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def factors(user: User) -> dict[str, int]:
    """How many of each kind of second factor the person has, by `Authenticator.Type`."""
    counts = Authenticator.objects.filter(user=user).order_by().values_list("type").annotate(Count("pk"))
    return dict(counts)


def fresh(user: User) -> User:
    """Another copy of the person, for a form to write its unchecked input on: the page's header shows the true one."""
    return User.objects.get(pk=user.pk)


@dataclass(frozen=True)
class FeedTokens:
    """One feed on the page of subscriptions, with the addresses that the person has made for it and not revoked."""

    feed: feeds.Feed
    tokens: list[FeedToken]


def feed_tokens(user: User) -> list[FeedTokens]:
    """Every feed on offer, with one's own addresses in use, the latest first. One query."""
    tokens = list(FeedToken.objects.visible_to(user).usable())
    return [FeedTokens(feed, [token for token in tokens if token.purpose == feed.purpose]) for feed in feeds.offered()]


def account_data(user: User) -> dict[str, object]:
    """This room's part of « mes données personnelles »: everything but what would open the account."""
    invitation = Invitation.objects.filter(user=user).select_related("invited_by").first()
    return {
        "adresse électronique": user.email,
        "prénom": user.first_name,
        "nom": user.last_name,
        "téléphone professionnel": user.phone,
        "compte créé le": user.created_at,
        "dernière connexion": user.last_login,
        "vu le": user.last_seen_at,
        "visite précédente": user.previous_visit_at,
        "adresses": list(EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")),
        "second facteur": list(
            Authenticator.objects.filter(user=user).order_by("pk").values("type", "created_at", "last_used_at")
        ),
        "invitation": {
            "envoyée le": invitation.sent_at,
            "par": str(invitation.invited_by or ""),
            "acceptée le": invitation.accepted_at,
        }
        if invitation
        else None,
        "adresses d’abonnement": list(
            FeedToken.objects.visible_to(user).values("purpose", "created_at", "last_used_at", "revoked_at")
        ),
        "courriels envoyés par le site": sent_to(user.email),
        "journal de mes actions": list(
            ModelLogEntry.objects.filter(user=user).order_by("-timestamp").values("action", "label", "timestamp")
        ),
    }
