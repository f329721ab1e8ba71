"""What the room's screens read. Each starts from what the person may see, and costs the same for two rows and for twenty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from directory.models import Structure, Territory
from mail.queries import paused_among
from spaces import policy
from spaces.enums import ABILITY_PHRASES, Ability, Role, SpaceKind, Visibility
from spaces.models import AccessRequest, AnimationMandate, Membership, Space, french_date

if TYPE_CHECKING:
    from accounts.models import Invitation
    from mail.models import PausedAddress

PAST_SHOWN = 50
"""Former members listed on a members page, the latest first."""


# --- Spaces ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpaceRow:
    """One line of the list of spaces."""

    slug: str
    name: str
    kind: str
    description: str
    role: str
    """In the reader's own words: « Animateur d’espace », « Lecture ouverte à tous »."""
    is_mine: bool
    members: int


def spaces_for(user: User) -> list[SpaceRow]:
    """The spaces that `user` reads: those of a mandate of their own first, then the others."""
    mine = {
        space_id: Role(role).label
        for space_id, role in Membership.objects.in_force().filter(user=user).values_list("space_id", "role")
    }
    default = "Animation régionale" if policy.reader_of(user).is_animation else "Lecture, ouverte à tous les comptes"
    rows = [
        SpaceRow(
            slug=space.slug,
            name=space.name,
            kind=space.get_kind_display(),
            description=space.description,
            role=mine.get(space.pk, default),
            is_mine=space.pk in mine,
            members=space.members,
        )
        for space in Space.objects.visible_to(user).annotate(members=_members_count())
    ]
    return sorted(rows, key=lambda row: not row.is_mine)


def _members_count() -> Count:
    today = timezone.localdate()
    return Count(
        "memberships",
        filter=Q(
            Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today),
            memberships__ended_at=None,
            memberships__starts_on__lte=today,
            memberships__user__is_active=True,
        ),
    )


# --- Members --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MemberFilter:
    """What the address of a members page asks for."""

    text: str = ""
    role: Role | None = None
    structure_id: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.role or self.structure_id)


@dataclass(frozen=True)
class MemberRow:
    """One line of a members page. `invitation` and `paused` say what a manager should know; empty for everybody else."""

    pk: int
    name: str
    email: str
    function: str
    structure: str
    role: str
    term: str
    invitation: str
    is_pending: bool
    paused: str = ""


def members(space: Space, reader: User, wanted: MemberFilter) -> list[MemberRow]:
    """Who is in `space` today; for its managers, also who is about to be, and which invitations wait."""
    manages = policy.can(reader, Ability.MANAGE_MEMBERS, space)
    mandates = Membership.objects.current() if manages else Membership.objects.in_force()
    mandates = mandates.filter(space=space, user__is_active=True)
    if wanted.text:
        for word in wanted.text.split():
            mandates = mandates.filter(
                Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__email__icontains=word)
                | Q(function__icontains=word)
                | Q(structure__name__icontains=word)
            )
    if wanted.role:
        mandates = mandates.filter(role=wanted.role)
    if wanted.structure_id:
        mandates = mandates.filter(structure=wanted.structure_id)
    found = list(_ordered(mandates))
    paused = paused_among(mandate.user.email for mandate in found if manages)
    return [_member_row(mandate, manages, paused.get(mandate.user.email.lower())) for mandate in found]


def _ordered(mandates: QuerySet[Membership]) -> QuerySet[Membership]:
    return mandates.select_related("user__invitation", "structure").order_by(
        "-role", "user__last_name", "user__first_name", "pk"
    )


def _member_row(mandate: Membership, manages: bool, paused: "PausedAddress | None") -> MemberRow:
    invitation = getattr(mandate.user, "invitation", None) if manages else None
    return MemberRow(
        pk=mandate.pk,
        name=str(mandate.user),
        email=mandate.user.email,
        function=mandate.function,
        structure=mandate.structure.name if mandate.structure else "",
        role=Role(mandate.role).label,
        term=mandate.term,
        invitation=invitation_state(invitation),
        is_pending=invitation is not None and invitation.is_pending,
        paused=paused.reason if paused else "",
    )


def invitation_state(invitation: "Invitation | None") -> str:
    """« Invitation envoyée le 1er mars 2027, pas encore acceptée »; empty once it has been, or when there is none."""
    if invitation is None or not invitation.is_pending:
        return ""
    if invitation.expires_at <= timezone.now():
        return f"Invitation expirée depuis le {french_date(timezone.localdate(invitation.expires_at))}"
    return f"Invitation envoyée le {french_date(timezone.localdate(invitation.sent_at))}, pas encore acceptée"


def structures_in(space: Space) -> QuerySet[Structure]:
    """The structures that somebody represents in `space` today, for the filter of its members page."""
    mandates = Membership.objects.in_force().filter(space=space, user__is_active=True, structure=OuterRef("pk"))
    return Structure.objects.filter(Exists(mandates))


@dataclass(frozen=True)
class PastMemberRow:
    name: str
    role: str
    function: str
    structure: str
    ended: str


def past_members(space: Space) -> list[PastMemberRow]:
    """The latest mandates that are over, for the managers; the right is asked by the screen."""
    today = timezone.localdate()
    mandates = (
        Membership.objects.filter(space=space)
        .filter(Q(ended_at__isnull=False) | Q(ends_on__lt=today))
        .select_related("user", "structure")
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")[:PAST_SHOWN]
    )
    return [
        PastMemberRow(
            name=str(mandate.user),
            role=Role(mandate.role).label,
            function=mandate.function,
            structure=mandate.structure.name if mandate.structure else "",
            ended=french_date(_last_day(mandate)),
        )
        for mandate in mandates
    ]


def _last_day(mandate: Membership) -> date:
    ended = [timezone.localdate(mandate.ended_at)] if mandate.ended_at else []
    return min([mandate.ends_on, *ended] if mandate.ends_on else ended)


# --- What I can see -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpaceAccess:
    """One space that somebody reads: why, what for, until when."""

    name: str
    slug: str
    why: str
    may: tuple[str, ...]
    term: str


def spaces_seen_by(user: User) -> list[SpaceAccess]:
    """Every space that `user` reads today. The sentences come from the same abilities that decide."""
    mandates = {
        mandate.space_id: mandate
        for mandate in Membership.objects.in_force().filter(user=user).select_related("structure")
    }
    animation = AnimationMandate.objects.in_force().filter(user=user).select_related("structure").first()
    lines = []
    for space in Space.objects.visible_to(user):
        mandate = mandates.get(space.pk)
        reason = animation or mandate
        if animation:
            why = "De l’animation régionale"
        elif mandate:
            why = f"Membre de l’espace\u00a0: {Role(mandate.role).label.lower()}"
        elif space.visibility == Visibility.REGISTERED:
            why = "Toute personne ayant un compte peut lire cet espace"
        else:
            why = "Compte technique"
        lines.append(
            SpaceAccess(
                name=space.name,
                slug=space.slug,
                why=", ".join(part for part in [why, _capacity(reason)] if part),
                may=phrases(policy.abilities(user, space)),
                term=reason.term if reason else "",
            )
        )
    return lines


def _capacity(mandate: Membership | AnimationMandate | None) -> str:
    parts = [mandate.function, str(mandate.structure or "")] if mandate else []
    return ", ".join(part for part in parts if part)


def phrases(abilities: Iterable[Ability]) -> tuple[str, ...]:
    """What these abilities let one do, in plain words, always in the same order."""
    abilities = set(abilities)
    return tuple(phrase for ability, phrase in ABILITY_PHRASES.items() if ability in abilities)


def personal_data(user: User) -> dict[str, object]:
    """This room's part of « mes données personnelles »: every mandate, those that are over included, and the requests for
    access that gave the address of the account."""
    memberships = Membership.objects.filter(user=user).select_related("space", "structure").order_by("pk")
    animation = AnimationMandate.objects.filter(user=user).select_related("structure").order_by("pk")
    requests = AccessRequest.objects.filter(email__iexact=user.email).select_related("territory").order_by("pk")
    return {
        "mandats": [
            {"espace": mandate.space.name, "rôle": Role(mandate.role).label, **_mandate_data(mandate)}
            for mandate in memberships
        ],
        "mandats d’animation régionale": [_mandate_data(mandate) for mandate in animation],
        "demandes d’accès à cette adresse": [
            {
                "prénom": request.first_name,
                "nom": request.last_name,
                "structure": request.structure_name,
                "fonction": request.function,
                "territoire": request.territory.name if request.territory else "",
                "message": request.message,
                "reçue le": request.created_at,
                "état": request.get_state_display(),
                "traitée le": request.decided_at,
                "motif": request.decision_note,
            }
            for request in requests
        ],
    }


def _mandate_data(mandate: Membership | AnimationMandate) -> dict[str, object]:
    return {
        "fonction": mandate.function,
        "structure": mandate.structure.name if mandate.structure else "",
        "à partir du": mandate.starts_on,
        "jusqu’au": mandate.ends_on,
        "créé le": mandate.created_at,
        "mis fin le": mandate.ended_at,
    }


# --- Circles and shares ---------------------------------------------------------------------------------------------


def members_in_force(space: Space) -> QuerySet[User]:
    """Who may be put in a circle of `space`."""
    mandates = Membership.objects.in_force().filter(space=space)
    return User.objects.active().filter(pk__in=mandates.values("user")).order_by("last_name", "first_name", "pk")


def people_around(user: User) -> QuerySet[User]:
    """Whom `user` may share with by name: those who hold a mandate in a space that `user` reads. Nobody else is named."""
    mandates = Membership.objects.in_force().filter(space__in=policy.reader_of(user).space_ids)
    people = User.objects.active().filter(pk__in=mandates.values("user")).exclude(pk=user.pk)
    return people.order_by("last_name", "first_name", "pk")


def spaces_to_share_with(user: User, origin: Space) -> QuerySet[Space]:
    """The territories, which the directory names to everybody, and the other spaces that `user` reads."""
    known = Q(kind=SpaceKind.TERRITORY) | Q(pk__in=policy.reader_of(user).space_ids)
    return Space.objects.filter(known).exclude(pk=origin.pk)


# --- Those who must be told -----------------------------------------------------------------------------------------


def managers_of(space: Space) -> QuerySet[User]:
    mandates = Membership.objects.in_force().filter(space=space, role=Role.MANAGER)
    return User.objects.active().filter(pk__in=mandates.values("user"))


def animation_team() -> QuerySet[User]:
    return User.objects.active().filter(pk__in=AnimationMandate.objects.in_force().values("user"))


def answerers(territory: Territory | None) -> QuerySet[User]:
    """Who answers a request for access: the managers of the territory's space, or else the regional animation."""
    space = Space.objects.filter(territory=territory).first() if territory else None
    managers = managers_of(space) if space else User.objects.none()
    return managers if managers.exists() else animation_team()


def can_prolong(mandate: Membership | AnimationMandate) -> QuerySet[User]:
    """Who else can give that mandate a longer life: the space's other managers, or else the regional animation."""
    team = animation_team().exclude(pk=mandate.user_id)
    if isinstance(mandate, AnimationMandate):
        return team
    managers = managers_of(mandate.space).exclude(pk=mandate.user_id)
    return managers if managers.exists() else team


def pending_requests(user: User) -> QuerySet[AccessRequest]:
    """The requests that wait for `user`'s answer, the oldest first."""
    return AccessRequest.objects.visible_to(user).pending().select_related("territory__space")


# --- Accounts -------------------------------------------------------------------------------------------------------

ACCOUNT_STATES = {
    "invite": "Invité, pas encore venu",
    "actif": "Actif",
    "sans-mandat": "Sans mandat",
    "desactive": "Désactivé",
}
"""The states of an account on the C2RP's screen, by their word in the address."""


def accounts(text: str = "", state: str = "") -> QuerySet[User]:
    """Every account with its state, for the regional animation alone; the right is asked by the screen.
    Each row has `has_mandate` and `is_invited`."""
    today = timezone.localdate()
    users = (
        User.objects.filter(is_superuser=False)
        .annotate(
            has_mandate=Exists(Membership.objects.in_force(today).filter(user=OuterRef("pk")))
            | Exists(AnimationMandate.objects.in_force(today).filter(user=OuterRef("pk"))),
            is_invited=Q(
                invitation__isnull=False, invitation__accepted_at=None, invitation__withdrawn_at=None, last_login=None
            ),
        )
        .order_by("last_name", "first_name", "email")
    )
    for word in text.split():
        users = users.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word))
    conditions = {
        "invite": Q(is_active=True, is_invited=True),
        "actif": Q(is_active=True, is_invited=False, has_mandate=True),
        "sans-mandat": Q(is_active=True, is_invited=False, has_mandate=False),
        "desactive": Q(is_active=False),
    }
    return users.filter(conditions[state]) if state in conditions else users


def account_state(user: User) -> str:
    """The key in `ACCOUNT_STATES` of a row of `accounts`."""
    if not user.is_active:
        return "desactive"
    if user.is_invited:  # type: ignore[attr-defined]
        return "invite"
    return "actif" if user.has_mandate else "sans-mandat"  # type: ignore[attr-defined]
