"""What is told of each kind of event. The classes are declared by the rooms, each in its own `notifications.py`, which its
`AppConfig.ready` imports; the mechanism knows them by the event's kind alone. An event whose kind nobody has declared is
read on the site, and sent to nobody.

    @register
    class DocumentPublished(Notification):
        kind = "document.published"
        name = "Nouveau document"
        category = Category.DOCUMENTS
        action = "Ouvrir le document"
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.db.models import QuerySet

from notifications.enums import DEFAULTS, Category, Timing
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import Event


@dataclass(frozen=True)
class Details:
    """Enough of the thing to decide whether to open it."""

    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """(« Quand », « demain à 14 h »), …"""


NO_DETAILS = Details()


class Notification:
    """One kind of news. Everything is asked when it is sent, of what is true then."""

    kind: ClassVar[str]
    """That of the events: « document.published »."""
    name: ClassVar[str]
    """Begins the mail's subject: « Nouveau document »."""
    category: ClassVar[Category]
    default: ClassVar[Timing | None] = None
    """When somebody has chosen nothing; by default the category's."""
    can_be_switched_off: ClassVar[bool] = True
    """Otherwise « rien » and « sur le site seulement » do not hold: it goes by the default."""
    ability: ClassVar[Ability] = Ability.VIEW_SPACE
    """What it takes, in the event's space, to be told."""
    action: ClassVar[str] = "Ouvrir sur l’extranet"
    """What the mail's button does."""
    reason: ClassVar[str] = ""
    """What follows « Vous recevez ce courriel parce que », where neither the rubric nor a follow is why."""
    template: ClassVar[str] = "notifications/email/notice"

    @classmethod
    def audience(cls, event: "Event") -> "QuerySet[User] | Collection[int] | None":  # noqa: ARG003
        """Ids of those among the space's readers whom it concerns; None: all of them."""
        return None

    @classmethod
    def followed(cls, event: "Event") -> list[str]:
        """The subjects whose followers it concerns (see `subject_of`): the thing itself, and what it is in."""
        return [event.subject]

    @classmethod
    def concerned(cls, event: "Event") -> "Collection[int]":  # noqa: ARG003
        """Ids of those who are told as if they followed it: whoever works from the version that it replaces."""
        return ()

    @classmethod
    def details(cls, events: "Sequence[Event]") -> Mapping[int, Details]:  # noqa: ARG003
        """By event id, all of them asked together; an event may be missing."""
        return {}

    @classmethod
    def still_for(cls, user: "User", events: "Sequence[Event]") -> "Collection[int] | None":  # noqa: ARG003
        """Ids of those of these events that concern `user` still, when the digest is written; None: all of them."""
        return None

    @classmethod
    def things(cls, events: "Sequence[Event]") -> Mapping[int, str]:  # noqa: ARG003
        """By event id, the subject that a digest names once, where it is another than the event's: minutes are a document too."""
        return {}

    @classmethod
    def timing(cls, chosen: Timing | None) -> Timing:
        """When somebody who chose that is told."""
        default = cls.default or DEFAULTS[cls.category]
        if chosen is None or not (cls.can_be_switched_off or chosen.is_mail):
            return default
        return chosen


_classes: dict[str, type[Notification]] = {}


def register(notification: type[Notification]) -> type[Notification]:
    _classes[notification.kind] = notification
    return notification


def of(kind: str) -> type[Notification] | None:
    return _classes.get(kind)


def category_of(kind: str) -> str:
    notification = _classes.get(kind)
    return notification.category if notification else ""


def by_class(events: "Iterable[Event]") -> "Iterator[tuple[type[Notification], list[Event]]]":
    """Those whose kind is declared, so that each room is asked once for each kind."""
    by_kind: dict[str, list[Event]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    for kind, some in by_kind.items():
        if notification := of(kind):
            yield notification, some


def details_of(events: "Iterable[Event]") -> dict[int, Details]:
    """Details of events of any kinds."""
    return {pk: said for notification, some in by_class(events) for pk, said in notification.details(some).items()}


# --- What can be followed -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Followable:
    title: str
    url: str


Resolver = Callable[["User", Collection[int]], Mapping[int, Followable]]
"""Those of these ids that the person may read today, with their name and address."""

_resolvers: dict[str, tuple[str, Resolver]] = {}


def register_followable(label: str, name: str, resolver: Resolver) -> None:
    """`label` is the model's (« documents.folder »), `name` what people call it (« Dossier »)."""
    _resolvers[label] = (name, resolver)


def resolve(user: "User", subjects: Collection[str]) -> dict[str, tuple[str, Followable]]:
    """By subject, what it is called and the thing, where `user` may read it today; the others are left out."""
    ids: dict[str, list[int]] = {}
    for subject in subjects:
        label, _, pk = subject.partition(":")
        if label in _resolvers and pk.isdecimal() and len(pk) < 19:
            ids.setdefault(label, []).append(int(pk))
    found = {}
    for label, wanted in ids.items():
        name, resolver = _resolvers[label]
        found |= {f"{label}:{pk}": (name, thing) for pk, thing in resolver(user, wanted).items()}
    return found
