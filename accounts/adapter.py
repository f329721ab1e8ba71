"""What allauth does our way: nobody signs up, its mails go through our queue and name our address, secrets are sealed."""

import base64
import hashlib
from io import BytesIO

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from qrcode.image.svg import SvgPathFillImage

from accounts import actions
from accounts.models import User
from mail.actions import queue_mail

# Messages that ask for something; each has its own template in templates/accounts/email/.
_LETTERS = {
    "account/email/password_reset_key": "accounts/email/password_reset",
    "account/email/email_confirmation": "accounts/email/confirm_address",
    "account/email/unknown_account": "accounts/email/unknown_account",
    "account/email/account_already_exists": "accounts/email/address_taken",
}
# Messages that only tell: subject, and what happened.
_NOTICES = {
    "account/email/password_changed": (
        "Votre mot de passe a été changé",
        "Le mot de passe de votre compte a été changé.",
    ),
    "account/email/password_reset": (
        "Votre mot de passe a été changé",
        "Le mot de passe de votre compte a été changé.",
    ),
    "account/email/password_set": ("Un mot de passe a été choisi", "Un mot de passe a été choisi pour votre compte."),
    "account/email/email_changed": (
        "Votre adresse électronique a été changée",
        "L’adresse électronique de votre compte a été changée.",
    ),
    "account/email/email_confirm": (
        "Votre adresse électronique est vérifiée",
        "L’adresse électronique de votre compte a été vérifiée.",
    ),
    "account/email/email_deleted": (
        "Une adresse électronique a été retirée",
        "Une adresse électronique a été retirée de votre compte.",
    ),
    "mfa/email/totp_activated": (
        "Application d’authentification ajoutée",
        "Une application d’authentification protège désormais votre compte.",
    ),
    "mfa/email/totp_deactivated": (
        "Application d’authentification retirée",
        "L’application d’authentification de votre compte a été retirée.",
    ),
    "mfa/email/recovery_codes_generated": (
        "Nouveaux codes de secours",
        "De nouveaux codes de secours ont été créés pour votre compte ; les précédents ne fonctionnent plus.",
    ),
    "mfa/email/webauthn_added": (
        "Clé d’accès ajoutée",
        "Une clé d’accès a été ajoutée à votre compte.",
    ),
    "mfa/email/webauthn_removed": (
        "Clé d’accès retirée",
        "Une clé d’accès a été retirée de votre compte.",
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "L’adresse électronique ou le mot de passe n’est pas le bon.",
        "incorrect_password": "Ce n’est pas votre mot de passe.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_code": "Ce code n’est pas le bon, ou il a expiré.",
        "too_many_login_attempts": "Trop d’essais manqués. Réessayez dans un quart d’heure, ou choisissez un nouveau mot "
        "de passe.",
        "rate_limited": "Trop de demandes en peu de temps. Patientez quelques minutes.",
        "duplicate_email": "C’est déjà l’adresse de votre compte.",
        "email_taken": "Cette adresse est déjà celle d’un compte.",
        "account_inactive": "Ce compte est désactivé.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        why = f"Vous recevez ce message parce que quelqu’un a saisi cette adresse sur {settings.SITE_NAME}."
        if template_prefix in _LETTERS:
            secret = "password_reset_url" in context or "activate_url" in context
            queue_mail(
                to=email,
                template=_LETTERS[template_prefix],
                context={
                    "user": context.get("user"),
                    "link": context.get("password_reset_url") or context.get("activate_url", ""),
                    "reset_url": site_url("account_reset_password"),
                    "why": why,
                },
                holds_secret=secret,
            )
            return
        subject, sentence = _NOTICES[template_prefix]
        queue_mail(
            to=email,
            template="accounts/email/security_notice",
            context={
                "notice_subject": subject,
                "sentence": sentence,
                "timestamp": context["timestamp"],
                "reset_url": site_url("account_reset_password"),
                "why": f"Vous recevez ce message parce que vous avez un compte sur {settings.SITE_NAME}. Les messages de "
                "sécurité ne peuvent pas être désactivés.",
            },
        )

    def send_password_reset_mail(self, user: User, email: str, context: dict) -> None:
        """Somebody who has not joined yet has no password to replace: their invitation is sent again instead, so that one
        button serves whoever holds a link that no longer works."""
        if user.has_joined:
            super().send_password_reset_mail(user, email, context)
        else:
            actions.renew_invitation(user=user)

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Built from SITE_URL, never from the Host header of whoever asks."""
        uid, _, token = key.partition("-")
        return site_url("account_reset_password_from_key", uidb36=uid, key=token)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return site_url("account_confirm_email", key=emailconfirmation.key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("accounts:profile" if self.request.user.is_authenticated else "account_login")


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The one account, active, whose verified address is one that the identity provider has verified."""
        addresses = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        match = (
            EmailAddress.objects.filter(email__in=addresses, verified=True, primary=True, user__is_active=True)
            .select_related("user")
            .order_by("pk")
            .first()
        )
        return (match.user, match.email) if match else None


class MfaAdapter(DefaultMFAAdapter):
    """Second-factor secrets are sealed with SECRET_KEY: a copy of the database alone opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """With its white ground: scanners read black on white, the dark theme too."""
        image = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(image)
        return image.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "Clé d’accès" if count == 0 else f"Clé d’accès n° {count + 1}"


def site_url(name: str, **kwargs: str) -> str:
    """The full address of a page, for a mail: SITE_URL and the path, whatever Host the request came with."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(name, kwargs=kwargs)


def _seal() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"accounts.mfa:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
