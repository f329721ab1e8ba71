"""Spaces and the mandates that open them. Guardian's rows and the groups at the end are a projection of the mandates,
written by `policy.project` alone; nothing here decides who may (see `policy`)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from directory.models import Structure, Territory
from spaces.enums import Role, SpaceKind, Visibility

if TYPE_CHECKING:
    from accounts.models import User


class SpaceQuerySet(models.QuerySet["Space"]):
    def visible_to(self, user: "User") -> "SpaceQuerySet":
        """The spaces that `user` may read today; none for somebody not signed in."""
        from spaces import policy  # the policy reads these models; the QuerySet only names it

        return self.filter(pk__in=policy.reader_of(user).space_ids)


class Space(models.Model):
    slug = models.SlugField("identifiant", unique=True, help_text="Figure dans l’adresse ; ne change plus.")
    name = models.CharField("nom", max_length=120)
    kind = models.CharField("nature", max_length=20, choices=SpaceKind)
    visibility = models.CharField("lisible par", max_length=20, choices=Visibility, default=Visibility.MEMBERS)
    description = models.CharField("en une phrase", max_length=300, blank=True)
    territory = models.OneToOneField(
        Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="space", verbose_name="territoire"
    )
    # Root of the space's folders; Wagtail's own permissions and choosers are confined by it.
    collection = models.OneToOneField(
        "wagtailcore.Collection", on_delete=models.PROTECT, related_name="space", verbose_name="collection"
    )
    position = models.PositiveSmallIntegerField("ordre", default=0)
    # Changed by the database with whatever a kept page of the space shows (`epochs.py`).
    epoch = models.CharField(max_length=32, default="", editable=False)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = "espace"
        ordering = ["position", "name"]
        permissions = [("contribute_space", "Contribuer à l’espace"), ("manage_space", "Animer l’espace")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pages:space", args=[self.slug])


def french_date(day: date) -> str:
    """« 1er mars 2027 »: the way a date is said on screen and in mails."""
    text = date_format(day, "j F Y")
    return f"1er{text[1:]}" if day.day == 1 else text


class MandateQuerySet(models.QuerySet):
    def open(self) -> "MandateQuerySet":
        """Not ended by hand: in force, yet to start, or run out and not yet closed."""
        return self.filter(ended_at=None)

    def in_force(self, on: date | None = None) -> "MandateQuerySet":
        """In force on that day (today by default). `ends_on` is the last day of access."""
        day = on or timezone.localdate()
        return self.open().filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def current(self) -> "MandateQuerySet":
        """In force today, or yet to start: what a manager can still change or end."""
        return self.open().filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))

    def lapsed(self) -> "MandateQuerySet":
        """Run out, and not yet closed. Already without effect."""
        return self.open().filter(ends_on__lt=timezone.localdate())

    def expiring_within(self, days: int) -> "MandateQuerySet":
        """In force today, and ending in at most `days` days."""
        today = timezone.localdate()
        return self.in_force().filter(ends_on__lte=today + timezone.timedelta(days=days))


class Mandate(models.Model):
    """Why somebody has rights, in which function, from when until when."""

    function = models.CharField(
        "fonction", max_length=120, blank=True, help_text="Par exemple « référent Pôle emploi »."
    )
    structure = models.ForeignKey(
        Structure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="structure représentée",
    )
    starts_on = models.DateField("à partir du", default=timezone.localdate)
    ends_on = models.DateField(
        "jusqu’au", null=True, blank=True, help_text="Dernier jour d’accès. Vide : sans terme fixé."
    )
    ended_at = models.DateTimeField("mis fin le", null=True, blank=True, editable=False)
    warned_at = models.DateTimeField("échéance annoncée le", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def is_in_force(self) -> bool:
        today = timezone.localdate()
        return self.ended_at is None and self.starts_on <= today and (self.ends_on is None or self.ends_on >= today)

    @property
    def term(self) -> str:
        """« à partir du 1er mars 2027, jusqu’au 31 mai 2027 »; empty for a mandate in force without an end."""
        parts = [f"à partir du {french_date(self.starts_on)}"] if self.starts_on > timezone.localdate() else []
        if self.ends_on:
            parts.append(f"jusqu’au {french_date(self.ends_on)}")
        return ", ".join(parts)


class Membership(Mandate):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name="personne"
    )
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships", verbose_name="espace")
    role = models.PositiveSmallIntegerField("rôle", choices=Role, default=Role.READER)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat"
        ordering = ["space", "-role", "user__last_name", "user__first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "space"], condition=Q(ended_at=None), name="membership_one_open_per_space"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="membership_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["space", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.user} · {self.space} · {self.get_role_display()}"


class AnimationMandate(Mandate):
    """A mandate of the regional animation (C2RP): manages every space, and the region itself."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="animation_mandates", verbose_name="personne"
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat d’animation régionale"
        verbose_name_plural = "mandats d’animation régionale"
        ordering = ["user__last_name", "user__first_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="animation_one_open_per_user"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="animation_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · animation régionale"


class Boundary(models.Model):
    """A circle: the members of a space who read what is kept inside (a restricted folder), besides those who manage it.

    Whatever speaks of an object inside carries the boundary's id, written when the object is put there: a search hit and a
    notice as well as the folder and its documents. A row is then judged alone (`policy.readable`), without any join."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="boundaries", verbose_name="espace")
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="boundaries", blank=True, verbose_name="personnes du cercle"
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "cercle restreint"
        verbose_name_plural = "cercles restreints"

    def __str__(self) -> str:
        return f"Cercle restreint · {self.space}"


class BoundedQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        from spaces import policy  # as above

        return self.filter(policy.readable(user))


class Bounded(models.Model):
    """What belongs to a space, and may lie inside one of its boundaries. Without one, the whole space reads it."""

    # RESTRICT: a boundary that went away under its rows would open them. Without an index: a folder put into a circle, or out of it,
    # rewrites the rows of all that it holds in the same request; where their pages have room left, PostgreSQL then leaves every index
    # of theirs alone, the texts' above all.
    boundary = models.ForeignKey(
        Boundary, null=True, blank=True, editable=False, db_index=False, on_delete=models.RESTRICT, related_name="+"
    )

    objects = BoundedQuerySet.as_manager()

    class Meta:
        abstract = True


class ShareQuerySet(models.QuerySet["Share"]):
    def open(self, on: date | None = None) -> "ShareQuerySet":
        """In force on that day (today by default): the last day is included."""
        return self.filter(revoked_at=None, ends_on__gte=on or timezone.localdate())

    def reaching(self, user: "User | int", on: date | None = None) -> "ShareQuerySet":
        """In force for `user` by name, or for a space that they read by a mandate or as anybody registered."""
        mine = Membership.objects.in_force(on).filter(user=user).values("space")
        to_mine = Q(to_space__in=mine) | Q(to_space__visibility=Visibility.REGISTERED)
        return self.open(on).filter(Q(to_user=user) | to_mine)


class Share(models.Model):
    """One object (a document, by its uuid) opened beyond its space, to another space or to one person, until a day. It opens
    that object alone: neither its folder nor its space."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="shares", verbose_name="espace d’origine")
    object_id = models.UUIDField("objet", db_index=True)
    to_space = models.ForeignKey(
        Space, null=True, blank=True, on_delete=models.CASCADE, related_name="received", verbose_name="avec l’espace"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="received_shares",
        verbose_name="avec la personne",
    )
    ends_on = models.DateField("jusqu’au", help_text="Dernier jour d’accès.")
    reason = models.CharField("pourquoi", max_length=200)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("partagé le", auto_now_add=True)
    warned_at = models.DateTimeField("échéance annoncée le", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("retiré le", null=True, blank=True, editable=False)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = "partage"
        ordering = ["ends_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_space=None, to_user__isnull=False) | Q(to_space__isnull=False, to_user=None),
                name="share_with_a_space_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["object_id", "to_space"], condition=Q(revoked_at=None), name="share_one_open_per_space"
            ),
            models.UniqueConstraint(
                fields=["object_id", "to_user"], condition=Q(revoked_at=None), name="share_one_open_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} · {self.to_space or self.to_user}"

    @property
    def is_for_everybody(self) -> bool:
        """With a space that whoever has an account reads."""
        return self.to_space is not None and self.to_space.visibility == Visibility.REGISTERED

    @property
    def with_space(self) -> str:
        """« l’espace « Lille » »; empty for a share with a person."""
        return f"l’espace «\u00a0{self.to_space.name}\u00a0»" if self.to_space else ""


class AccessRequestState(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Refusée"


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def pending(self) -> "AccessRequestQuerySet":
        return self.filter(state=AccessRequestState.PENDING)

    def visible_to(self, user: "User") -> "AccessRequestQuerySet":
        """A territory's requests, for the managers of its space; all of them, for the regional animation."""
        from spaces import policy  # as above

        reader = policy.reader_of(user)
        return self.all() if reader.is_animation else self.filter(territory__space__in=reader.managed_ids)


class AccessRequest(models.Model):
    """A visitor asks for an account. It waits for the managers of the territory's space, or for the regional animation."""

    email = models.EmailField("adresse électronique professionnelle")
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    structure_name = models.CharField("structure", max_length=160)
    function = models.CharField("fonction", max_length=120, blank=True)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name="territoire"
    )
    message = models.TextField("pourquoi demandez-vous un accès ?", max_length=2000, blank=True)
    state = models.CharField("état", max_length=10, choices=AccessRequestState, default=AccessRequestState.PENDING)
    created_at = models.DateTimeField("reçue le", auto_now_add=True)
    decided_at = models.DateTimeField("traitée le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decision_note = models.CharField("motif", max_length=300, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’accès"
        verbose_name_plural = "demandes d’accès"
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name} ({self.structure_name})"


class SpaceUserObjectPermission(UserObjectPermissionBase):
    """Guardian's direct-foreign-key rows (none is written today: rights pass by the groups below)."""

    content_object = models.ForeignKey(Space, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        pass


class SpaceGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Space, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        pass
