"""Seats and the people who hold them. A name is written here and nowhere else, and leaves from here: at once when its owner
asks, by itself when its time has passed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.journal import log
from directory.models import Structure
from meetings.models import Meeting
from panels.enums import Consent, Part, Seen
from panels.models import Identity, Seat, SeatPresence, Tenure
from panels.queries.sessions import has_begun
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_DAYS = 3 * 366
"""A name is not asked for longer than that at once: whoever stays agrees again."""


@dataclass(frozen=True)
class SeatFacts:
    """What is noted of somebody who takes a seat. It never shows the name by itself."""

    name: str = field(repr=False)
    structure: Structure
    since: date
    until: date
    consent_on: date
    consent_how: Consent | str
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@transaction.atomic
@sensitive_variables()
def fill_seat(*, seat: Seat, part: Part | str, by: "User", facts: SeatFacts) -> Tenure:
    """Seat somebody. Raises `PermissionDenied`/`Http404` when `by` may not see the panel's names, `ValidationError` when a fact
    is wrong or the place is taken at that time."""
    tenure = Tenure(seat=seat, part=part)
    _write(tenure, Identity(), by, facts)
    _log(tenure, "seat.filled", by)
    return tenure


@transaction.atomic
@sensitive_variables()
def change_tenure(*, tenure: Tenure, by: "User", facts: SeatFacts) -> Tenure:
    """Correct what is noted. Raises as `fill_seat`, and `ValidationError` once the name is erased: a new name is a new
    agreement."""
    tenure = _held(tenure, by)
    identity = Identity.objects.filter(tenure=tenure).first()
    if identity is None:
        raise ValidationError("Ce nom a été effacé\u00a0: libérez le siège, puis pourvoyez-le de nouveau.")
    _write(tenure, identity, by, facts)
    _log(tenure, "seat.changed", by)
    return tenure


@transaction.atomic
def end_tenure(*, tenure: Tenure, by: "User") -> None:
    """The place is free from today; what began today or later never was. Raises as `fill_seat`."""
    tenure = _held(tenure, by)
    _log(tenure, "seat.ended", by)
    yesterday = timezone.localdate() - timedelta(days=1)
    if tenure.since > yesterday:
        tenure.delete()
    elif tenure.until > yesterday:
        tenure.until = yesterday
        tenure.save(update_fields=["until"])


@transaction.atomic
def withdraw_consent(*, tenure: Tenure, by: "User") -> None:
    """Somebody no longer agrees: name and contact are erased now, the seat and its figures stay. Twice erases once. Raises as
    `fill_seat`."""
    tenure = _held(tenure, by)
    erased, _ = Identity.objects.filter(tenure=tenure).delete()
    if erased:
        tenure.erased_on, tenure.was_withdrawn = timezone.localdate(), True
        tenure.save(update_fields=["erased_on", "was_withdrawn"])
        _log(tenure, "name.withdrawn", by)


def erase_old_names() -> int:
    """Names of those who left their seat more than `PANEL_NAMES_DAYS` days ago. Returns how many. Asks no right."""
    limit = timezone.localdate() - timedelta(days=settings.PANEL_NAMES_DAYS)
    old = Tenure.objects.filter(until__lt=limit, identity__isnull=False).order_by("pk")
    return sum(_erase(tenure) for tenure in old.select_related("seat__category__body"))


@transaction.atomic
def _erase(tenure: Tenure) -> bool:
    erased, _ = Identity.objects.filter(tenure=tenure).delete()
    if erased:
        Tenure.objects.filter(pk=tenure.pk).update(erased_on=timezone.localdate())
        _log(tenure, "name.erased", None)
    return bool(erased)


@transaction.atomic
def note_presences(*, meeting: Meeting, by: "User", seen: Mapping[UUID, str]) -> int:
    """Note, by seat, whether it was taken that day; a seat that is not given, or empty, is not noted. Returns how many are.
    Raises as `fill_seat`, `ValidationError` before the session or for a place that nobody held."""
    policy.require(by, Ability.SEE_PANEL_NAMES, meeting.space)
    if not has_begun(meeting):
        raise ValidationError("Cette séance n’a pas eu lieu\u00a0: les présences se notent à partir de son début.")
    day = timezone.localtime(meeting.starts_at).date()
    held = {
        (tenure.seat_id, tenure.part): tenure
        for tenure in Tenure.objects.in_force(day).filter(seat__category__body=meeting.body_id)
    }
    rows = []
    for seat in Seat.objects.filter(category__body=meeting.body_id, uuid__in=seen).select_related("category"):
        word = seen[seat.uuid]
        if not word:
            continue
        if word not in Seen.values:
            raise ValidationError("Cette présence n’existe pas.")
        tenure = held.get((seat.pk, word)) if word != Seen.ABSENT else held.get((seat.pk, Part.HOLDER))
        if tenure is None and word != Seen.ABSENT:
            raise ValidationError(f"{seat}\u00a0: personne n’y était {Part(word).label.lower()} ce jour-là.")
        rows.append(
            SeatPresence(meeting=meeting, seat=seat, seen=word, structure_id=tenure.structure_id if tenure else None)
        )
    SeatPresence.objects.filter(meeting=meeting).delete()
    SeatPresence.objects.bulk_create(rows)
    log(meeting, "panels.presence.noted", user=by, data={"seats": len(rows)})
    return len(rows)


def _held(tenure: Tenure, by: "User") -> Tenure:
    """The row as it is now, if `by` may see who it is."""
    policy.require(by, Ability.SEE_PANEL_NAMES, tenure.seat.category.body.space)
    related = "seat__category__body__space"
    return Tenure.objects.select_for_update(of=("self",)).select_related(related).get(pk=tenure.pk)


@sensitive_variables()
def _write(tenure: Tenure, identity: Identity, by: "User", facts: SeatFacts) -> None:
    policy.require(by, Ability.SEE_PANEL_NAMES, tenure.seat.category.body.space)
    Seat.objects.select_for_update().get(pk=tenure.seat_id)
    for name in ("structure", "since", "until", "consent_on", "consent_how"):
        setattr(tenure, name, getattr(facts, name))
    identity.name, identity.email, identity.phone = " ".join(facts.name.split()), facts.email, facts.phone
    _check(tenure)
    tenure.full_clean(exclude=["seat", "structure"], validate_constraints=False)
    tenure.save()
    identity.tenure = tenure
    identity.full_clean(exclude=["tenure"])
    identity.save()


def _check(tenure: Tenure) -> None:
    if tenure.until < tenure.since:
        raise ValidationError({"until": "Le dernier jour suit le premier."})
    if (tenure.until - tenure.since).days > LONGEST_DAYS:
        raise ValidationError({"until": "Trois ans au plus\u00a0: au-delà, la personne donne un nouvel accord."})
    if tenure.consent_on > timezone.localdate():
        raise ValidationError(
            {"consent_on": "Cet accord porte une date à venir\u00a0: sans accord, aucun nom n’est noté."}
        )
    others = Tenure.objects.filter(seat=tenure.seat, part=tenure.part).exclude(pk=tenure.pk)
    if others.filter(since__lte=tenure.until, until__gte=tenure.since).exists():
        raise ValidationError({"since": "Cette place est déjà tenue à cette période\u00a0: libérez-la d’abord."})


def _log(tenure: Tenure, what: str, by: "User | None") -> None:
    facts = {"seat": str(tenure.seat), "part": tenure.part}
    log(tenure.seat.category.body, f"panels.{what}", user=by, data=facts)
