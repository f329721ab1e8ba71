"""Every periodic task by hand: one that fails does not keep the others from running."""

import pytest
from celery import current_app
from django.core.management import CommandError, call_command

from extranet.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(settings, monkeypatch):
    """Two tasks, of which the first fails."""
    settings.CELERY_BEAT_SCHEDULE = {
        "sessions": {"task": "extranet.tasks.clear_sessions", "schedule": 60},
        "beat": {"task": "extranet.tasks.beat", "schedule": 60},
    }

    def fail() -> None:
        raise RuntimeError("disk full")

    current_app.loader.import_default_modules()
    monkeypatch.setattr(current_app.tasks["extranet.tasks.clear_sessions"], "run", fail)


def test_the_others_run_and_the_failure_is_said(schedule):
    with pytest.raises(CommandError, match=r"En échec\u00a0: extranet\.tasks\.clear_sessions\."):
        call_command("run_schedule", verbosity=0)
    assert Heartbeat.objects.exists()


def test_one_of_them_by_its_name(schedule):
    call_command("run_schedule", "extranet.tasks.beat", verbosity=0)
    assert Heartbeat.objects.exists()


def test_an_unknown_name_is_refused(schedule):
    with pytest.raises(CommandError, match="pas une tâche périodique"):
        call_command("run_schedule", "extranet.tasks.nothing", verbosity=0)
