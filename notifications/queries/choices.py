"""What somebody has chosen, as the preferences page shows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.alphabet import alphabetical
from notifications import registry
from notifications.enums import DEFAULTS, Category, Timing
from notifications.models import Follow, Preference, Rhythm
from notifications.registry import Followable
from notifications.subjects import subject_for
from spaces import policy
from spaces.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Choice:
    """An exception, for one space."""

    pk: int
    space_name: str
    category: str
    timing: str


@dataclass(frozen=True)
class Followed:
    subject: str
    kind: str
    """« Dossier », « Document »."""
    title: str
    url: str


@dataclass(frozen=True)
class FollowState:
    """What the button « Suivre » needs."""

    subject: str
    is_followed: bool


def my_choices(user: "User") -> dict[Category, Timing]:
    """For each category, how it reaches `user` everywhere but in the exceptions."""
    chosen = dict(Preference.objects.filter(user=user, space=None).values_list("category", "timing"))
    return {category: Timing(chosen.get(category, DEFAULTS[category])) for category in Category}


def my_exceptions(user: "User") -> list[Choice]:
    """Those of the spaces that `user` reads today."""
    exceptions = Preference.objects.filter(user=user, space__in=policy.reader_of(user).space_ids)
    rows = exceptions.order_by("space__position", "space__name", "category")
    return [
        Choice(pk, name, Category(category).label, Timing(timing).label)
        for pk, name, category, timing in rows.values_list("pk", "space__name", "category", "timing")
    ]


def my_follows(user: "User") -> list[Followed]:
    """What `user` follows and may read today, in the order of the alphabet."""
    subjects = Follow.objects.filter(user=user).order_by("pk").values_list("subject", flat=True)
    found = registry.resolve(user, list(subjects))
    follows = [Followed(subject, name, thing.title, thing.url) for subject, (name, thing) in found.items()]
    return sorted(follows, key=lambda one: (alphabetical(one.title), one.subject))


def followable(user: "User", subject: str) -> Followable | None:
    """The thing of that name, when `user` may read it today."""
    found = registry.resolve(user, [subject]).get(subject)
    return found[1] if found else None


def follow_of(user: "User", thing: models.Model) -> FollowState:
    """For `components/follow.html`, on the page of a thing that `user` is reading. One query."""
    subject = subject_for(thing)
    return FollowState(subject, bool(_follows(user, subject)))


@prepared
def _follows(user: "User", subject: str) -> "models.QuerySet[Any, Any]":
    return Follow.objects.filter(user=user, subject=subject).values_list("pk")[:1]


def rhythm_of(user: "User") -> Rhythm:
    return Rhythm.objects.filter(user=user).first() or Rhythm(user=user)


def chosen_by(user: "User") -> dict[str, object]:
    """For « mes données personnelles »."""
    rhythm = rhythm_of(user)
    preferences = Preference.objects.filter(user=user).order_by("space", "category").select_related("space")
    return {
        "heure des récapitulatifs": rhythm.hour,
        "jour du récapitulatif de la semaine": rhythm.weekday,
        "absent jusqu’au": rhythm.away_until,
        "préférences": [
            {
                "espace": preference.space.name if preference.space else "tous",
                "rubrique": preference.get_category_display(),
                "quand": preference.get_timing_display(),
            }
            for preference in preferences
        ],
        "suivis": [f"{followed.kind}\u00a0: {followed.title}" for followed in my_follows(user)],
    }
