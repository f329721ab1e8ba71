"""Whether the site works: for machines in two words, for the regional animation in sentences."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from extranet.errors import ENGINE_AWAY
from extranet.models import Heartbeat
from extranet.templatetags.french import counted, file_size, near_date
from mail.enums import State
from mail.models import OutgoingMail

LATE_AFTER = timedelta(minutes=5)
"""The clock beats every minute: silence as long as this is a fault."""
GIVEN_UP_FOR = timedelta(days=7)
"""A message given up is not looked at for ever: by then somebody has, or will not."""
LOW_DISK = 0.1
"""Below this share of free room, somebody should look."""


@dataclass(frozen=True)
class Fact:
    what: str
    state: str
    is_well: bool = True
    advice: str = ""
    """What to do when it is not well."""
    url: str = ""
    """Where to look, then."""


def engines() -> dict[str, bool]:
    """What the site cannot answer without. « broker » only where there is one beside the cache."""
    asked: dict[str, Callable[[], object]] = {"database": _ask_database, "cache": _ask_cache}
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        asked["broker"] = _queue_length
    return {name: _answers(ask) for name, ask in asked.items()}


def tasks_are_late() -> bool:
    """Whether the clock or the worker is silent; never in the embedded mode, where tasks run in the process that causes them."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return False
    return not Heartbeat.objects.filter(at__gte=timezone.now() - LATE_AFTER).exists()


def facts() -> list[Fact]:
    """What the readable page says. Each engine is asked; none that is away keeps the page from showing the others."""
    state = engines()
    lines = [
        Fact(label, "Répond" if state[name] else "Ne répond pas", state[name], advice)
        for name, label, advice in _ENGINES
        if name in state
    ]
    if state["database"]:
        lines += [*_tasks(state), *_mails()]
    return [*lines, _disk()]


_CALL = "Prévenez la personne qui exploite le site."
_WAITING = f"Les courriels et les récapitulatifs attendent\u00a0; aucun n’est perdu, ils partiront ensuite. {_CALL}"
_ENGINES = (
    ("database", "Base de données", _CALL),
    ("cache", "Cache", _CALL),
    ("broker", "File des tâches (Redis)", _WAITING),
)


def _tasks(state: dict[str, bool]) -> list[Fact]:
    beat = Heartbeat.objects.values_list("at", flat=True).first()
    last = near_date(beat) if beat else "jamais"
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return [
            Fact("Tâches de fond", "Exécutées dans ce processus (mode embarqué)"),
            Fact("Dernier passage des tâches périodiques", last),
        ]
    lines = [Fact("Dernier battement (horloge et ouvrier)", last, not tasks_are_late(), _WAITING)]
    if state.get("broker"):
        workers = len(current_app.control.ping(timeout=1))
        lines.append(Fact("Ouvriers qui répondent", str(workers), workers > 0, _WAITING))
        lines.append(Fact("Tâches en attente", str(_queue_length())))
    return lines


def _mails() -> list[Fact]:
    unsent, now, archive = OutgoingMail.objects.in_hand(), timezone.now(), reverse("notifications:mails")
    waiting, failing = unsent.filter(next_attempt_at__isnull=False), unsent.exclude(last_error="")
    number, late = waiting.count(), waiting.filter(created_at__lt=now - timedelta(hours=1)).count()
    failed = failing.filter(next_attempt_at=None, created_at__gte=now - GIVEN_UP_FOR).count()
    return [
        Fact(
            "Courriels en attente",
            f"{number}, dont {late} depuis plus d’une heure" if number else "Aucun",
            late == 0,
            "Le serveur de courriel ne les a pas pris\u00a0; ils lui sont présentés de nouveau d’eux-mêmes. S’ils sont "
            "nombreux, prévenez la personne qui exploite le site.",
            f"{archive}?etat={State.WAITING}",
        ),
        Fact(
            "Courriels abandonnés depuis une semaine",
            counted(failed, "courriel,courriels") if failed else "Aucun",
            failed == 0,
            "La réponse du serveur dit pourquoi. Si l’adresse n’existe plus, demandez la bonne à la personne\u00a0; si c’était une "
            "panne, elle finie, envoyez-les de nouveau.",
            f"{archive}?etat={State.GIVEN_UP}",
        ),
    ]


def _disk() -> Fact:
    try:
        usage = shutil.disk_usage(settings.DOCUMENT_ROOT)
    except OSError:
        return Fact("Place pour les fichiers", "Dossier introuvable", False, _CALL)
    return Fact(
        "Place pour les fichiers",
        f"{file_size(usage.free)} libres sur {file_size(usage.total)}",
        usage.free / usage.total >= LOW_DISK,
        f"Les dépôts seront refusés quand il n’y en aura plus. {_CALL}",
    )


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (*ENGINE_AWAY, BrokerError):
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.get("sante")


def _queue_length() -> int:
    with current_app.connection_for_read() as broker:
        return int(broker.default_channel.queue_declare("celery", passive=False).message_count)
