"""The settings of the measured site: production's where PostgreSQL, Redis and nginx are there (`make bench` gives their addresses
in the environment), else the embedded mode's. Files go to BENCH_DIR."""

import os
from pathlib import Path

if os.environ.get("DATABASE_URL"):
    from extranet.settings.production import *  # noqa: F403
    from extranet.settings.production import DATABASES
else:
    from extranet.settings.base import DATABASES
    from extranet.settings.embedded import *  # noqa: F403
from extranet.settings.base import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, REDIS_URL, STORAGES

BENCH_DIR = Path(os.environ["BENCH_DIR"])

ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
ALLOWED_HOSTS = ["bench.example"]
STATIC_ROOT = BENCH_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = str(BENCH_DIR / "media")
DOCUMENT_ROOT = str(BENCH_DIR / "documents")
DERIVED_ROOT = str(BENCH_DIR / "derived")
STORAGES["documents"]["OPTIONS"]["location"] = DOCUMENT_ROOT
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"level": "ERROR", "handlers": []}}
# What a worker would do is not the web process's work: it is queued, and nobody takes it.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://localhost/"
for _name, _cache in CACHES.items():
    _cache["KEY_PREFIX"] = f"bench-{BENCH_DIR.name}-{_name}"
# One connection for the whole run: its process at PostgreSQL's is among those measured.
DATABASES["default"]["CONN_MAX_AGE"] = None
if not os.environ.get("DATABASE_URL"):
    DATABASES["default"]["NAME"] = str(BENCH_DIR / "bench.sqlite3")
# The fan-out alone has a relay; and its tasks go to Redis, as in production, beside those of a site that would use the same.
if _port := os.environ.get("BENCH_SINK_PORT"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = "127.0.0.1", int(_port), 20
    if REDIS_URL:
        CELERY_BROKER_URL = REDIS_URL
        CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"bench-{BENCH_DIR.name}-broker-"
