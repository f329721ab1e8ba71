"""The person. What a person may do comes from mandates (spaces), never from flags set here."""

import hashlib
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.alphabet import FRENCH

# Names go into mail subjects and lists: no control character, no line break, no mark that reverses the reading order.
one_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]",
    "Écrivez ce texte sur une seule ligne, sans caractère invisible.",
    inverse_match=True,
)


HAS_JOINED = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)
"""`User.has_joined`, for a query."""


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Addresses are kept in lower case: two people never differ by a capital letter."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An account whose address whoever gives the password vouches for; without one, the address is proved by the
        invitation link (`accounts.actions.accept_invitation`) and nobody can sign in before."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        if password is not None:
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField("adresse électronique", max_length=254, unique=True)
    first_name = models.CharField("prénom", max_length=80, blank=True, validators=[one_line], db_collation=FRENCH)
    last_name = models.CharField("nom", max_length=80, blank=True, validators=[one_line], db_collation=FRENCH)
    phone = models.CharField("téléphone professionnel", max_length=30, blank=True, validators=[one_line])
    is_active = models.BooleanField("compte actif", default=True)
    created_at = models.DateTimeField("créé le", default=timezone.now, editable=False)
    # A visit is a stretch of use without a pause of half an hour; « depuis votre dernière visite » starts at previous_visit_at.
    last_seen_at = models.DateTimeField("vu le", null=True, blank=True, editable=False)
    previous_visit_at = models.DateTimeField("visite précédente", null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ["last_name", "first_name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_ci")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def has_joined(self) -> bool:
        """Whether the person has taken possession of the account: a password was set, or a sign-in happened."""
        return self.has_usable_password() or self.last_login is not None

    @property
    def is_staff(self) -> bool:
        """Django's own admin is not installed; some libraries still ask."""
        return self.is_superuser


def token_hash(token: str) -> str:
    """What is kept of a link's token: whoever reads the database cannot make the link again."""
    return hashlib.sha256(token.encode()).hexdigest()


class Invitation(models.Model):
    """A link, sent by e-mail, by which a person sets the first password of an account made for them.

    Only the SHA-256 of the token is kept: whoever reads the database cannot use it. Sending again makes a new token.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation", verbose_name="personne")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="invité par"
    )
    token_hash = models.CharField("empreinte du lien", max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField("envoyée le")
    expires_at = models.DateTimeField("expire le")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)

    class Meta:
        verbose_name = "invitation"
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"Invitation de {self.user}"

    @property
    def is_pending(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    @property
    def is_usable(self) -> bool:
        return self.is_pending and self.expires_at > timezone.now() and self.user.is_active


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    def visible_to(self, user: User) -> "FeedTokenQuerySet":
        """One's own; nobody manages those of another."""
        return self.filter(user=user)

    def usable(self) -> "FeedTokenQuerySet":
        return self.filter(revoked_at=None, user__is_active=True)


class FeedToken(models.Model):
    """A secret address by which a program reads on behalf of a person (see feeds.py). Only its SHA-256 is kept; what it
    shows is asked of that person's rights at each reading."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feed_tokens", verbose_name="personne")
    purpose = models.CharField("abonnement", max_length=20)
    token_hash = models.CharField("empreinte de l’adresse", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("créée le", default=timezone.now)
    last_used_at = models.DateTimeField("lue le", null=True, blank=True)
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)

    objects = FeedTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse d’abonnement"
        verbose_name_plural = "adresses d’abonnement"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.user}"
