"""The Celery application. In the embedded mode the same tasks run in-process (see settings)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extranet.settings.embedded")

app = Celery("extranet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
