"""The suite's settings: embedded engines unless DATABASE_URL and REDIS_URL name real ones."""

import os
import tempfile
from pathlib import Path

from extranet.settings.embedded import *  # noqa: F403
from extranet.settings.embedded import CACHES, DATABASES, INSTALLED_APPS, STORAGES

INSTALLED_APPS += ["django_linear_migrations"]

_files = Path(tempfile.mkdtemp(prefix="extranet-test-"))
MEDIA_ROOT = str(_files / "media")
DOCUMENT_ROOT = str(_files / "documents")
DERIVED_ROOT = str(_files / "derived")
STORAGES["documents"]["OPTIONS"]["location"] = DOCUMENT_ROOT
EMAIL_FILE_PATH = _files / "mail"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
DEMO_MODE = False
# Each client of a test loads the middleware: the static files are looked for when they are asked for, not listed each time.
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Lists that forgot their ORDER BY come backwards, so that no test passes by the luck of insertion order.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA reverse_unordered_selects=ON;"

# Processes of one run share a Redis: each has its own keys, and each test its own generation of them (tests/conftest.py).
CACHE_KEYS = {"run": f"test-{os.getpid()}", "test": 0}
for _cache in CACHES.values():
    _cache["KEY_FUNCTION"] = lambda key, prefix, version: (
        f"{CACHE_KEYS['run']}:{CACHE_KEYS['test']}:{prefix}:{version}:{key}"
    )
