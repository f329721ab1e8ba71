"""Production's, for the worker and the clock that tests/notifications/test_with_a_real_worker.py starts: a clock that hurries."""

from extranet.settings.production import *  # noqa: F403
from extranet.settings.production import CELERY_BEAT_SCHEDULE

_WATCHED = {"notifications.tasks.send_digests", "notifications.tasks.sweep_events", "mail.tasks.sweep_mail"}
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": 1} for name, entry in CELERY_BEAT_SCHEDULE.items() if entry["task"] in _WATCHED
}
