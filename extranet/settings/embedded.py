"""Embedded mode: SQLite, memory and local folders; nothing else to start. For a demo, a trial or a developer's machine."""

import os
import secrets

from extranet.settings.base import *  # noqa: F403
from extranet.settings.base import BASE_DIR, env

VAR_DIR = BASE_DIR / "var"
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns when the folder is missing

_secret_file = VAR_DIR / "secret_key"
try:
    with _secret_file.open("x") as new:
        new.write(secrets.token_urlsafe(50))
except FileExistsError:
    pass
# Not by `env`, which would take a « $ » at the start for another variable's name.
SECRET_KEY = os.environ.get("SECRET_KEY") or _secret_file.read_text()

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DEMO_MODE = True

# Static files are read where they are, without a collection step.
WHITENOISE_USE_FINDERS = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405

EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"

# Tasks run in-process here: one line for each would bury what the commands have to say.
LOGGING["loggers"]["celery.app.trace"] = {"level": "WARNING"}  # noqa: F405
