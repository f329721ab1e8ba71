"""Writes: asking that something be read, saying « J’ai lu », reminding."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from accounts.journal import log
from acknowledgements import queries, subjects
from acknowledgements.leaving import GATE
from acknowledgements.models import Acknowledgement, AcknowledgementRequest, Reminder, ReminderKind, ReminderMail
from acknowledgements.subjects import Current
from mail.actions import queue_mail
from mail.one_by_one import one_by_one
from notifications.actions import record_event
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

REMIND_BEFORE_DAYS = 2
REMIND_AFTER_DAYS = 7
"""The reminder of what is overdue leaves the day after the deadline; missed by more than this, it does not leave at all."""


@transaction.atomic
def ask_acknowledgement(
    *, kind: str, object_id: int, space: Space, by: "User", deadline: date | None
) -> AcknowledgementRequest:
    """Ask that an object of `space` be read, until `deadline` (included); asked again, it changes the deadline and keeps what
    has been read; where whoever asked publishes no more, `by` takes it over. The object may still be a draft: nobody is asked before they may read it.

    Raises `PermissionDenied`/`Http404` when `by` may not publish in `space`, `ValidationError` for a day that is past, or when
    it is read in a space where `by` does not publish: its members are not theirs to ask."""
    policy.require(by, Ability.PUBLISH_ANNOUNCEMENT, space)
    current = subjects.find(by, [(kind, object_id)]).get((kind, object_id))
    if current and (names := queries.beyond(by, current)):
        raise ValidationError(
            f"La lecture serait demandée aussi dans {names}, où vous ne publiez pas\u00a0: demandez à l’animateur de cet "
            "espace de l’en retirer, ou à l’animation régionale de demander la lecture."
        )
    if deadline and deadline < timezone.localdate():
        raise ValidationError("Cette date est passée\u00a0: choisissez-en une à venir.")
    request, created = AcknowledgementRequest.objects.get_or_create(
        kind=kind, object_id=object_id, defaults={"asked_by": by, "deadline": deadline}
    )
    is_news = created or request.stopped_at is not None
    is_left = queries.is_left(request, space)
    if not created and (request.deadline != deadline or is_news or is_left):
        if is_news or is_left:
            request.asked_by = by
        if is_news or current is None:  # taken back, and given another day: it comes back as something to read
            request.asked_at = timezone.now()
        request.deadline, request.stopped_at = deadline, None
        request.save(update_fields=["asked_by", "asked_at", "deadline", "stopped_at"])
    log(request, "acknowledgements.ask", user=by, data={"space": space.slug})
    if is_news and current:
        _make_known(request, current, by)
    return request


def _make_known(request: AcknowledgementRequest, current: Current, by: "User") -> None:
    """One event in each space where it is read, all the same news: nobody is told twice. Of what is not published yet,
    publishing it says that it is to be read."""
    subject = subjects.of(request.kind)
    news = f"reading:{request.pk}:{timezone.now():%Y%m%d%H%M%S%f}" if current.places else ""
    for space in Space.objects.filter(pk__in=current.space_ids).order_by("pk"):
        object_id, url = current.places.get(space.pk, (request.object_id, current.url))
        record_event(
            space=space,
            kind=subject.news,
            about=subject.model(pk=object_id),
            title=current.title,
            url=url,
            actor=by,
            boundary_id=current.boundary_id,
            news=news,
        )


def ask_again(*, kind: str, object_id: int, by: "User") -> None:
    """Another text has been published, to be read by those who have read the former one too: told as when it was asked. Asks no
    right: called by the room that publishes."""
    request = AcknowledgementRequest.objects.filter(kind=kind, object_id=object_id, stopped_at=None).first()
    current = subjects.find(by, [request.subject]).get(request.subject) if request else None
    if request and current:
        _make_known(request, current, by)


@transaction.atomic
def stop_acknowledgement(*, kind: str, object_id: int, space: Space, by: "User") -> None:
    """Nobody is expected to read any more; what was read is kept. Stopping it again changes nothing. Raises as above."""
    policy.require(by, Ability.PUBLISH_ANNOUNCEMENT, space)
    request = AcknowledgementRequest.objects.filter(kind=kind, object_id=object_id, stopped_at=None).first()
    if request is not None:
        request.stopped_at = timezone.now()
        request.save(update_fields=["stopped_at"])
        log(request, "acknowledgements.stop", user=by, data={"space": space.slug})


@transaction.atomic
def acknowledge(*, request: AcknowledgementRequest, by: "User") -> Current:
    """« J’ai lu », for the version of this moment; saying it again changes nothing. Returns what was read.

    Raises `Http404` when `by` may not read the object or nothing is asked, `PermissionDenied` when it is not asked of them."""
    current = subjects.find(by, [request.subject]).get(request.subject)
    if current is None or request.stopped_at is not None:
        raise Http404
    if request.asked_by_id == by.pk or not queries.is_expected(by, current):
        raise PermissionDenied
    Acknowledgement.objects.get_or_create(request=request, user=by, version=current.version)
    return current


@transaction.atomic
def remind_by_hand(*, request: AcknowledgementRequest, current: Current, by: "User") -> Reminder:
    """Have a reminder sent to whoever has not read; the mails leave in the background, to those who have still not read then.

    Raises `PermissionDenied` when `by` may not follow the request, `ValidationError` when it was done today already."""
    if not queries.may_follow(by, request, current.home_id):
        raise PermissionDenied
    reminder, created = Reminder.objects.get_or_create(
        request=request,
        version=current.version,
        occasion=timezone.localdate().isoformat(),
        defaults={"kind": ReminderKind.BY_HAND, "asked_by": by},
    )
    if not created:
        raise ValidationError("Un rappel est déjà parti aujourd’hui\u00a0: attendez demain pour en envoyer un autre.")
    log(request, "acknowledgements.remind", user=by)
    from acknowledgements.tasks import send_soon  # the task calls `send_reminder` below

    transaction.on_commit(lambda: send_soon(reminder.pk))
    return reminder


def plan_reminders() -> int:
    """Write the rounds that the calendar asks for: near the deadline and once it has passed, once a version and a deadline; never
    on the day when it was asked, or when what is to be read appeared: the news of it has just left. Returns how many are new.
    Two processes at the same moment write each once."""
    today = timezone.localdate()
    due = queries.in_progress().filter(
        deadline__range=(today - timedelta(days=REMIND_AFTER_DAYS), today + timedelta(days=REMIND_BEFORE_DAYS))
    )
    return sum(one_by_one(due, _plan_reminder))


def _plan_reminder(request: AcknowledgementRequest) -> bool:
    current = subjects.for_author(request)
    today = timezone.localdate()
    if current is None or request.deadline is None:
        return False
    if timezone.localdate(max(request.asked_at, current.version_since)) >= today:
        return False
    kind = ReminderKind.AFTER if request.deadline < today else ReminderKind.BEFORE
    return Reminder.objects.get_or_create(
        request=request,
        version=current.version,
        occasion=f"{kind}:{request.deadline:%Y%m%d}",
        defaults={"kind": kind, "asked_by": request.asked_by},
    )[1]


@transaction.atomic
def send_reminder(reminder_id: int) -> int:
    """Queue the mails of one round, once: claimed by a conditional update in the same transaction. Whoever has read, left or
    lost the right meanwhile gets nothing, nor do the people of spaces that whoever asked for it manages no more. Returns how
    many mails were queued."""
    if not Reminder.objects.filter(pk=reminder_id, sent_at=None).update(sent_at=timezone.now()):
        return 0
    reminder = Reminder.objects.select_related("request__asked_by", "asked_by").get(pk=reminder_id)
    request = reminder.request
    asker = reminder.asked_by
    current = subjects.find(asker, [request.subject]).get(request.subject) if asker else None
    if current is None or current.version != reminder.version or request.stopped_at is not None:
        return 0
    # Whoever asked may be gone: it is said in the name of who has it reminded, whom the answers reach.
    by = request.asked_by if subjects.for_author(request) else asker
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    recipients = 0
    for person in queries.outstanding(request, queries.within_reach(asker, current)):
        read = _as_read_by(person, request)
        if read is None:
            continue
        recipients += 1
        mail = queue_mail(
            to=person.email,
            template="acknowledgements/email/reminder",
            context={
                "person": person,
                "by": by,
                "title": current.title,
                "deadline": request.deadline,
                "is_late": request.deadline is not None and request.deadline < timezone.localdate(),
                "url": site + read.url,
                "why": "Vous recevez ce message parce que la lecture vous en est demandée, "
                f"en tant que membre d’un espace de {settings.SITE_NAME}.",
            },
            reply_to=by.email if by else "",
            gate=GATE,
        )
        ReminderMail.objects.create(reminder=reminder, user=person, mail=mail)
    Reminder.objects.filter(pk=reminder_id).update(recipients=recipients)
    return recipients


def _as_read_by(person: "User", request: AcknowledgementRequest) -> Current | None:
    """Asked of the object itself: a restricted folder or a withdrawal is not the mandate's business, and its address may
    be another in another space."""
    return subjects.find(person, [request.subject]).get(request.subject)
