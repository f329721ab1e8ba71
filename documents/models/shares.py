"""Links by which somebody without an account gets one document. (Shares between spaces and people are the policy's:
`spaces.models.Share`.)"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from documents.models.documents import Document
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User


class SignedLinkQuerySet(models.QuerySet["SignedLink"]):
    def visible_to(self, user: "User") -> "SignedLinkQuerySet":
        """One's own, and those of the spaces that one manages."""
        managed = models.Q(document__space__in=policy.reader_of(user).space_ids_with(Ability.MANAGE_DOCUMENTS))
        mine = models.Q(created_by=user, document__in=Document.objects.visible_to(user).order_by())
        return self.filter(managed | mine, document__withdrawn_at=None)

    def open(self) -> "SignedLinkQuerySet":
        """Neither revoked nor run out. Whether they still open anything is `actions.open_link`'s to say."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class SignedLink(models.Model):
    """Opens the current version of one document, while whoever made it may share that document. Of the token only the
    SHA-256 is kept, of the password only a slow hash: whoever reads the database can use neither."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="links", verbose_name="document")
    token_hash = models.CharField("empreinte du lien", max_length=64, unique=True, editable=False)
    password = models.CharField("empreinte du mot de passe", max_length=128, blank=True, editable=False)
    recipient = models.CharField("pour qui", max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="signed_links"
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    warned_at = models.DateTimeField("échéance annoncée le", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("retiré le", null=True, blank=True, editable=False)
    download_count = models.PositiveIntegerField("téléchargements", default=0, editable=False)
    last_download_at = models.DateTimeField("dernier téléchargement", null=True, blank=True, editable=False)

    objects = SignedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien de partage"
        verbose_name_plural = "liens de partage"
        ordering = ["expires_at", "pk"]

    def __str__(self) -> str:
        return f"Lien pour {self.recipient}"
