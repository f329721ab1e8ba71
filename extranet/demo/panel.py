"""A user panel at work: most seats held, a session noted, what was said followed up or explained, and given back. Names are
invented; addresses lead nowhere."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from directory.models import Structure
from documents.actions import set_text
from extranet.demo.dates import in_days, shortly_after
from extranet.demo.sittings import date_document
from meetings.enums import BodyKind
from meetings.models import Body, Meeting
from panels.actions import (
    SeatFacts,
    add_observation,
    change_observation,
    decide_action,
    fill_seat,
    note_presences,
    publish_return,
)
from panels.enums import Consent, ObservationState, Part, Seen
from panels.models import Category, Observation, Seat, Theme
from panels.queries.returns import content_of
from spaces.models import Space

_HOLDERS = (
    "Josiane Herpelinck", "Didier Vantroyen", "Malika Ouadfel", "Régis Cordonnois", "Kévin Dessaintes", "Inès Barraqui",
    "Lucas Fremaugé", "", "Océane Willemetz", "Théo Gravelinois", "Nadège Pouilloux", "", "Sébastien Maréchaux", "",
)  # fmt: skip
"""One for each seat, in order; empty: still to be found."""
_SUBSTITUTES = {0: "Patricia Lemoigneux", 4: "Sofiane Bellaoui", 8: "Camille Roussenard"}
_UNDER_AGE = range(6, 8)
_STRUCTURES = ("CIO", "Mission locale", "Pôle emploi", "Réseau Information Jeunesse")

_SAID = (
    ("accueil", "jeunes-demandeurs-emploi", "On répète son histoire à chaque guichet, sans savoir ce qui a déjà été dit ailleurs.",
     ObservationState.FOLLOWED, "La fiche contact est désormais remise à chaque personne orientée vers une autre structure."),
    ("acces", "salaries", "Aucun lieu n’est ouvert après 18\u00a0h\u00a0: il faut prendre un congé pour être reçu.",
     ObservationState.STUDIED, ""),
    ("information", "parents-eleves", "Les affiches parlent de sigles que les parents ne connaissent pas.",
     ObservationState.STUDIED, ""),
    ("numerique", "etudiants", "Les horaires affichés en ligne ne sont pas ceux de la porte.",
     ObservationState.HEARD, ""),
    ("parcours", None, "Un rendez-vous commun à deux structures le même jour éviterait un second trajet.",
     ObservationState.DECLINED, "Les plannings des structures ne le permettent pas cette année. La question sera reposée."),
)  # fmt: skip
_DECIDED = (
    (1, "Essayer une ouverture jusqu’à 19\u00a0h\u00a030, un mercredi sur deux", "Pôle emploi", 45),
    (2, "Récrire l’affiche d’accueil avec deux parents volontaires", "CIO", 20),
)


def load(by: User, space: Space) -> int:
    """Returns how many observations were noted; none when the panel has not met yet."""
    body = Body.objects.filter(space=space, kind=BodyKind.USER_PANEL).first()
    session = Meeting.objects.filter(body=body).past().first()
    if body is None or session is None:
        return 0
    structures = [Structure.objects.get(name__startswith=name, territory=space.territory) for name in _STRUCTURES]
    seats = list(Seat.objects.filter(category__body=body).order_by("category__position", "number"))
    for rank, seat in enumerate(seats):
        for part, name in ((Part.HOLDER, _HOLDERS[rank]), (Part.SUBSTITUTE, _SUBSTITUTES.get(rank, ""))):
            if name:
                fill_seat(seat=seat, part=part, by=by, facts=_facts(rank, name, structures[rank % len(structures)]))
    seen = {seat.uuid: _seen(rank) for rank, seat in enumerate(seats) if _HOLDERS[rank]}
    note_presences(meeting=session, by=by, seen=seen)
    _observe(session, by, {structure.name.partition(" – ")[0]: structure for structure in structures})
    return len(_SAID)


def _facts(rank: int, name: str, structure: Structure) -> SeatFacts:
    own = rank + 10 if name in _HOLDERS else rank + 50
    return SeatFacts(
        name=name,
        email=f"usager{own}@demo.example",
        phone=f"03 00 00 00 {own}",
        structure=structure,
        since=in_days(-320),
        until=in_days(410),
        consent_on=in_days(-325),
        consent_how=Consent.GUARDIAN if rank in _UNDER_AGE else Consent.FORM,
    )


def _seen(rank: int) -> Seen:
    if rank in _SUBSTITUTES and rank:
        return Seen.SUBSTITUTE
    return Seen.ABSENT if rank % 5 == 3 else Seen.HOLDER


def _observe(session: Meeting, by: User, structures: dict[str, Structure]) -> None:
    categories = {one.slug: one for one in Category.objects.filter(body=session.body_id)}
    themes = {one.slug: one for one in Theme.objects.filter(body=session.body_id)}
    noted: list[Observation] = []
    for theme, category, text, _, _ in _SAID:
        of = categories.get(category) if category else None
        noted.append(add_observation(meeting=session, by=by, theme=themes[theme], category=of, text=text))
    for rank, text, name, days in _DECIDED:
        decide_action(
            meeting=session, by=by, text=text, observations=[noted[rank]], structure=structures[name], due_on=in_days(days)
        )  # fmt: skip
    for one, (_, _, _, state, answer) in zip(noted, _SAID, strict=True):
        change_observation(
            observation=one,
            by=by,
            theme=one.theme,
            category=one.category,
            text=one.text,
            state=state,
            answer=answer,
            actions=list(one.actions.all()),
        )
    Observation.objects.filter(meeting=session).update(
        created_at=min(session.ends_at + timedelta(hours=1), timezone.now())
    )
    sheet = publish_return(meeting=session, by=by)
    if sheet.document:
        told = shortly_after(session.starts_at.date())
        date_document(sheet.document, told, told)
        said = content_of(session).observations
        set_text(sheet.document, "\n".join([sheet.document.title, *(f"{one.text} {one.answer}" for one in said)]))
