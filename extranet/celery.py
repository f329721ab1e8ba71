"""The Celery application. In the embedded mode the same tasks run in-process (see settings)."""

import os

from celery import Celery, Task
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extranet.settings.embedded")

app = Celery("extranet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def keep_connections(task: Task, **_: object) -> None:
    """As Django does between two requests: a connection to the database serves until it is old or broken. Celery would open one
    for each task (CELERY_DB_REUSE_MAX): a tenth of the time that a hundred mails take."""
    if not task.request.is_eager:
        close_old_connections()
