"""What some territories have put to the regional bodies, and what has come back: one in each state."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from accounts.models import User
from meetings.actions import choose_items
from meetings.actions.escalations import answer_escalation, escalate, withdraw_escalation
from meetings.enums import BodyKind, EscalationState, MeetingState, Purpose
from meetings.models import AgendaItem, Body, Escalation, Meeting
from spaces.models import Space


@dataclass(frozen=True)
class Raised:
    space: str
    to: BodyKind
    days: int
    """Ago."""
    title: str
    text: str
    becomes: EscalationState
    answer: str = ""


RAISED = (
    Raised(
        "lille", BodyKind.COTEC, 74, "Permanences d’été des missions locales",
        "Deux permanences passent sous la moitié du temps d’ouverture en juillet et en août. Le label est-il suspendu pendant ces "
        "deux mois, ou la moyenne de l’année fait-elle foi\u00a0?",
        EscalationState.TREATED,
        "La moyenne de l’année fait foi. Les heures d’été sont affichées sur place et signalées au lieu labellisé le plus proche.",
    ),
    Raised(
        "lille", BodyKind.COORDINATORS, 11, "Une fiche contact à remplir à l’écran",
        "Les conseillers du territoire demandent une fiche à remplir à l’écran, imprimable sur une page. Un modèle commun à la région "
        "éviterait quinze versions.",
        EscalationState.ENTERED,
    ),
    Raised(
        "dunkerque", BodyKind.COTEC, 6, "Un lieu partagé par deux réseaux",
        "Un Espace Info Formation et un Point Information Jeunesse ouvriront dans les mêmes murs. Faut-il un dossier de label ou deux\u00a0?",
        EscalationState.SENT,
    ),
    Raised(
        "calais", BodyKind.COORDINATORS, 40, "Prise en charge des déplacements",
        "Les usagers du groupe demandent le remboursement de leurs déplacements.",
        EscalationState.RETURNED,
        "Ce point ne relève pas des coordinateurs\u00a0: adressez la demande au financeur du territoire, avec le nombre de séances de l’année.",
    ),
    Raised(
        "douai", BodyKind.COTEC, 52, "Calendrier du dossier de label",
        "Le territoire demande un mois de plus pour la grille des services.",
        EscalationState.WITHDRAWN,
    ),
)  # fmt: skip


def load(users: dict[str, User], date_event: Callable[[models.Model, datetime], None]) -> int:
    """Returns how many were sent; a territory or a body that the region lacks is left out."""
    spaces, count = Space.objects.in_bulk(field_name="slug"), 0
    for one in RAISED:
        upper = Body.objects.filter(kind=one.to).select_related("space").first()
        if upper is not None and one.space in spaces:
            _raise(one, spaces[one.space], upper, users, date_event)
            count += 1
    return count


def _raise(
    one: Raised, space: Space, upper: Body, users: dict[str, User], date_event: Callable[[models.Model, datetime], None]
) -> None:
    by, sent_at = users[f"coordination.{one.space}"], timezone.now() - timedelta(days=one.days)
    body = Body.objects.filter(space=space, kind=BodyKind.CTT).first()
    past = Meeting.objects.filter(body=body, starts_at__lt=sent_at).exclude(state=MeetingState.CANCELLED)
    raised = escalate(
        space=space,
        body=body,
        meeting=past.order_by("-starts_at", "pk").first(),
        to_body=upper,
        by=by,
        title=one.title,
        text=one.text.replace("\u00a0?", "\u00a0?"),
        purpose=Purpose.DECISION,
    )
    date_event(raised, sent_at)
    AgendaItem.objects.filter(escalations=raised).update(created_at=sent_at)
    _carry_on(one, raised, users)
    mine = Escalation.objects.filter(pk=raised.pk)
    mine.update(sent_at=sent_at)
    mine.exclude(closed_at=None).update(closed_at=min(sent_at + timedelta(days=19), timezone.now()))


def _carry_on(one: Raised, raised: Escalation, users: dict[str, User]) -> None:
    animation = users["animation"]
    if one.becomes == EscalationState.WITHDRAWN:
        withdraw_escalation(escalation=raised, by=users[f"coordination.{one.space}"])
    elif one.becomes == EscalationState.ENTERED:
        coming = Meeting.objects.filter(body=raised.to_body, state=MeetingState.CONVENED).upcoming().first()
        if coming is not None and raised.item is not None:
            choose_items(meeting=coming, items=[raised.item], by=animation)
    elif one.answer:
        answer_escalation(escalation=raised, by=animation, state=one.becomes, answer=one.answer)
