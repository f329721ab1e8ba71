"""Production: PostgreSQL, Redis, nginx in front, everything from the environment. README lists the variables.

A missing SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL, REDIS_URL, SITE_URL or MAIL_REPLY_TO stops the start with its name.
"""

from extranet.settings.base import *  # noqa: F403
from extranet.settings.base import env

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
WAGTAILADMIN_BASE_URL = env("SITE_URL")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[WAGTAILADMIN_BASE_URL])

for required in ("DATABASE_URL", "REDIS_URL"):  # the other modes do without them
    env(required)
CELERY_TASK_ALWAYS_EAGER = False

# --- HTTPS ----------------------------------------------------------------------------------------------------------

# nginx (deploy/nginx.conf) always sets this header itself: a visitor cannot.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# nginx alone adds to X-Forwarded-For: rate limits count the address that it saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

# The prefix makes browsers refuse these cookies over HTTP, for a path, or set by another host of the domain.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True

# --- Files ----------------------------------------------------------------------------------------------------------

# Static files are collected once, compressed, and named after their content; only those names are kept.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
X_ACCEL_PREFIX = env("X_ACCEL_PREFIX", default="/fichiers-internes")

# --- Mail -----------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
MAIL_REPLY_TO = env("MAIL_REPLY_TO")  # no dead end: an answer reaches somebody (mail/checks.py)
# Who is told of errors: « Name <address> », separated by commas.
ADMINS = [(address, address) for address in env.list("ADMINS", default=[])]
