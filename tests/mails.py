"""The mails of a small whole world (tests/world.py): every one that it writes, and the five main ones, for the tests and for the
pictures of tests/screenshots.py."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from django.core.mail import get_connection
from django.utils import timezone

from acknowledgements.actions import plan_reminders
from acknowledgements.models import AcknowledgementRequest, Reminder
from acknowledgements.tasks import send_reminder
from mail.messages import as_sent, message_of
from mail.models import OutgoingMail
from meetings.actions import convene_meeting
from notifications import actions
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event
from notifications.tasks import send_digests
from spaces.models import Membership
from tests.factories import asked_yesterday
from tests.world import World

MAIN = {
    "invitation": "vous invite sur",
    "convocation": "merci de répondre",
    "annonce": "Annonce – ",
    "recapitulatif": "dans vos espaces",
    "rappel-de-lecture": "À lire jusqu’au",
}
"""By name, what the subject of the first one of that kind holds."""


def of_the_world(world: World) -> list[OutgoingMail]:
    """All that the world makes the site write: a meeting convened, news told (to one person by a digest), readings reminded."""
    convene_meeting(meeting=world.lille.meeting, by=world.people["animation"], answer_by=timezone.localdate())
    past = timezone.now() - timedelta(days=90)
    Membership.objects.update(created_at=past, starts_on=past.date())
    type(world.people["reader"]).objects.update(created_at=past, last_login=timezone.now())
    for category in Category:
        actions.choose(by=world.people["contributor"], category=category, timing=Timing.DAILY)
    for event in Event.objects.order_by("pk"):
        actions.tell(event.pk)
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=1))
    send_digests()
    AcknowledgementRequest.objects.update(deadline=timezone.localdate() + timedelta(days=1))
    asked_yesterday()
    plan_reminders()
    for reminder in Reminder.objects.order_by("pk"):
        send_reminder(reminder.pk)
    return list(OutgoingMail.objects.exclude(html="").order_by("pk"))


def main_ones(mails: list[OutgoingMail]) -> dict[str, OutgoingMail]:
    return {name: next(mail for mail in mails if part in mail.subject) for name, part in MAIN.items()}


def received(mail: OutgoingMail) -> EmailMessage:
    """As it arrives: its bytes, read by the standard parser. A short message waits for nothing else."""
    raw = as_sent(message_of(mail, get_connection("django.core.mail.backends.dummy.EmailBackend")))
    return message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=modern)
