"""The readable page of the site's health, and what the logs do not keep."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from extranet import health, tasks
from extranet.logs import ScrubTokens
from extranet.models import Heartbeat
from mail.models import OutgoingMail
from spaces.enums import Role
from spaces.models import Space
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_is_for_the_animation_alone(client, lille: Space):
    client.force_login(factories.make_member(lille, Role.MANAGER))
    assert client.get("/sante/detail/").status_code == 403
    client.force_login(factories.make_animation())
    page = client.get("/sante/detail/").content.decode()
    assert "Exécutées dans ce processus" in page


def test_a_mail_given_up_asks_for_attention(client, db):
    client.force_login(factories.make_animation())
    OutgoingMail.objects.create(to="x@test.example", subject="x", text="x", last_error="550", next_attempt_at=None)
    page = client.get("/sante/detail/").content.decode()
    assert "1\u00a0courriel" in page
    assert "À regarder" in page
    assert 'href="/courriels/?etat=abandonne"' in page
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert "etat=abandonne" not in client.get("/sante/detail/").content.decode()


def test_each_fault_says_what_to_do(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.DOCUMENT_ROOT = "/nulle/part"
    monkeypatch.setattr(health, "engines", lambda: {"database": True, "cache": False, "broker": False})
    OutgoingMail.objects.create(to="x@test.example", subject="x", text="x", next_attempt_at=timezone.now())
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=2))
    faults = [fact for fact in health.facts() if not fact.is_well]
    assert [fact.what for fact in faults] == [
        "Cache",
        "File des tâches (Redis)",
        "Dernier battement (horloge et ouvrier)",
        "Courriels en attente",
        "Place pour les fichiers",
    ]
    assert all(fact.advice for fact in faults)


def test_silence_of_the_clock_is_late_where_there_is_one(settings):
    assert not health.tasks_are_late()
    settings.CELERY_TASK_ALWAYS_EAGER = False
    assert health.tasks_are_late()
    tasks.beat()
    tasks.beat()
    assert Heartbeat.objects.count() == 1
    assert not health.tasks_are_late()
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=10))
    assert health.tasks_are_late()


@pytest.mark.parametrize("path", ["/flux/{}/", "/calendrier/{}.ics", "/compte/invitation/{}/?x=1"])
def test_logs_keep_no_secret_of_an_address(path):
    for secret in ("A-b_" * 11, f"{uuid4().hex}:{'A-b_' * 11}"):
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error: %s", (path.format(secret),), None)
        ScrubTokens().filter(record)
        assert secret[-40:] not in record.getMessage()


def test_neither_do_the_mails_of_errors(client, settings, monkeypatch):
    settings.ADMINS = [("Exploitation", "exploitation@test.example")]
    client.raise_request_exception = False
    monkeypatch.setattr("meetings.convocations.invitee_of", None)  # whatever breaks there
    secret = f"{uuid4().hex}:{'A-b_' * 11}"
    assert client.get(f"/reunions/repondre/{secret}/").status_code == 500
    (letter,) = mail.outbox
    assert "/reunions/repondre/…/" in letter.subject
    assert "Traceback" in letter.body
    assert secret[-40:] not in letter.subject + letter.body
