"""Writes: invitations and what people change about themselves. The right to invite is asked by the callers, in spaces."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts import feeds
from accounts.journal import log
from accounts.models import FeedToken, Invitation, User, token_hash
from mail.actions import queue_mail

MAX_FEED_TOKENS = 10
"""Secret addresses in use that one person may hold for one feed."""
FEED_USE_PRECISION = timedelta(hours=1)
"""`last_used_at` is written no more often than this."""


class InvitationUnusableError(Exception):
    """The link was forged, used, replaced, withdrawn or has expired. Which of these is not said."""


@transaction.atomic
def invite_account(
    *, email: str, first_name: str = "", last_name: str = "", granted: Sequence[str], by: User | None
) -> User:
    """Find the account of that address or make it, and write to the person: a link to join for whoever never did, « vous
    avez accès à … » for the others. `granted` says what is given in plain words (« Lille, en tant que contributeur »).

    Asks no right. Raises `ValidationError` when the address or a name is not one, or when the account was closed by the
    regional animation: inviting somebody again must not reopen it."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email.strip(), first_name=first_name.strip(), last_name=last_name.strip())
    elif not user.is_active:
        if user.has_joined:
            raise ValidationError("Ce compte a été fermé. Adressez-vous à l’animation régionale pour le rouvrir.")
        user.is_active = True
        user.save(update_fields=["is_active"])
    if user.has_joined:
        _write_of_access(user, granted, by)
    else:
        _send_invitation(user, granted, by)
    return user


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User | None) -> Invitation:
    """Send a new link; the previous one stops working. Raises `ValidationError` once accepted or withdrawn."""
    if not invitation.is_pending:
        raise ValidationError("Cette invitation a déjà été acceptée ou retirée.")
    return _send_invitation(invitation.user, [], by)


@transaction.atomic
def renew_invitation(*, user: User) -> None:
    """The person asks for a link themselves, from the « mot de passe oublié » page: same rights, new link."""
    previous = Invitation.objects.filter(user=user).select_related("invited_by").first()
    _send_invitation(user, [], previous.invited_by if previous else None)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User | None) -> None:
    """The link dies at once. An account that was never joined is closed with it; one that was is left alone.

    What the invitation gave (memberships) is ended by the caller. Raises `ValidationError` once accepted."""
    if invitation.accepted_at is not None:
        raise ValidationError("Cette invitation a déjà été acceptée.")
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    invitation.refresh_from_db()
    if not invitation.user.has_joined:
        User.objects.filter(pk=invitation.user_id).update(is_active=False)
        invitation.user.is_active = False
    log(invitation.user, "accounts.invitation.withdraw", user=by)


@transaction.atomic
def accept_invitation(*, digest: str, password: str, first_name: str, last_name: str) -> User:
    """The person takes possession of the account: names, first password, address proved by the link,
    whose token has the hash `digest`. Works once.

    `password` has passed the validators (the form's work). Raises `InvitationUnusableError`."""
    now = timezone.now()
    # Claimed by a conditional update: of two clicks at the same moment, one wins.
    claimed = Invitation.objects.filter(
        token_hash=digest, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    ).update(accepted_at=now)
    user = User.objects.filter(invitation__token_hash=digest, is_active=True).first() if claimed else None
    if user is None or user.has_joined:
        raise InvitationUnusableError
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.set_password(password)
    user.save(update_fields=["first_name", "last_name", "password"])
    EmailAddress.objects.filter(email=user.email).exclude(user=user).filter(verified=False).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    log(user, "accounts.invitation.accept", user=user)
    return user


@transaction.atomic
def change_profile(*, user: User, first_name: str, last_name: str, phone: str) -> None:
    """What somebody writes about themselves. Raises `ValidationError` when a name is not one."""
    user.first_name, user.last_name, user.phone = first_name.strip(), last_name.strip(), phone.strip()
    user.full_clean(exclude=["password", "email"])
    user.save(update_fields=["first_name", "last_name", "phone"])
    log(user, "accounts.profile.change", user=user)


@transaction.atomic
def create_feed_token(*, user: User, purpose: str) -> str:
    """A new secret address of the feed `purpose`, for oneself. Returns the token (256 bits), which is shown once and kept
    nowhere. Raises `ValidationError` for an unknown feed, or beyond `MAX_FEED_TOKENS` in use."""
    if feeds.of(purpose) is None:
        raise ValidationError("Cet abonnement n’existe pas.")
    if FeedToken.objects.visible_to(user).usable().filter(purpose=purpose).count() >= MAX_FEED_TOKENS:
        raise ValidationError(
            f"Vous avez déjà {MAX_FEED_TOKENS} adresses pour cet abonnement. Révoquez-en une pour en créer une autre."
        )
    token = secrets.token_urlsafe(32)
    FeedToken.objects.create(user=user, purpose=purpose, token_hash=token_hash(token))
    log(user, "accounts.feed.create", user=user, data={"purpose": purpose})
    return token


@transaction.atomic
def revoke_feed_token(*, token: FeedToken, by: User) -> None:
    """The address stops answering at once. Revoking it again changes nothing. Raises `Http404` for somebody else's."""
    own = get_object_or_404(FeedToken.objects.visible_to(by), pk=token.pk)
    if FeedToken.objects.filter(pk=own.pk, revoked_at=None).update(revoked_at=timezone.now()):
        log(by, "accounts.feed.revoke", user=by, data={"purpose": own.purpose})


def open_feed(*, token: str, purpose: str) -> User | None:
    """Whose feed a secret address opens; None for a forged or revoked one, one made for another feed, or a closed account.
    Notes the use, at most once an hour: the person sees which addresses still serve. One query, two when noting."""
    now = timezone.now()
    found = (
        FeedToken.objects.usable().filter(token_hash=token_hash(token), purpose=purpose).select_related("user").first()
    )
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at >= FEED_USE_PRECISION:
        FeedToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.user


def _send_invitation(user: User, granted: Sequence[str], by: User | None) -> Invitation:
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    invitation, _ = Invitation.objects.update_or_create(
        user=user,
        defaults={
            "invited_by": by,
            "token_hash": token_hash(token),
            "sent_at": now,
            "expires_at": now + timedelta(days=settings.INVITATION_DAYS),
            "accepted_at": None,
            "withdrawn_at": None,
        },
    )
    path = reverse("accounts:invitation", kwargs={"token": token})
    queue_mail(
        to=user.email,
        template="accounts/email/invitation",
        context={
            "user": user,
            "by": by,
            "granted": list(granted),
            "link": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path,
            "expires_at": invitation.expires_at,
            "why": _why(by),
        },
        reply_to=by.email if by else "",
        holds_secret=True,
    )
    log(user, "accounts.invitation.send", user=by)
    return invitation


def _write_of_access(user: User, granted: Sequence[str], by: User | None) -> None:
    if not granted:
        return
    queue_mail(
        to=user.email,
        template="accounts/email/access_granted",
        context={"user": user, "by": by, "granted": list(granted), "why": _why(by)},
        reply_to=by.email if by else "",
    )


def _why(by: User | None) -> str:
    who = f"{by} ({by.email})" if by else "l’animation régionale"
    return (
        f"Vous recevez ce message parce que {who} vous a donné accès à {settings.SITE_NAME}. Si vous n’êtes pas la "
        "personne concernée, ignorez-le : sans action de votre part, rien ne se passe."
    )
