"""What every mode shares. Whatever changes from one machine to another is read from the environment here
or in the sibling modules, and nowhere else in the code."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from extranet.settings.schedule import CELERY_BEAT_SCHEDULE
from extranet.settings.signing_in import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# --- The product ----------------------------------------------------------------------------------------------------

SITE_NAME = env("SITE_NAME", default="Extranet du SPO")
SITE_TAGLINE = env("SITE_TAGLINE", default="Service public de l’orientation, Nord – Pas-de-Calais")
# Lines of the State's brand block (bloc-marque), separated by "|".
SITE_BRAND = env("SITE_BRAND", default="Préfet|de la région|Nord – Pas-de-Calais").split("|")
# Readable description of the region: territories, networks, spaces, folders. Another region is another file.
REGION_FILE = env.path("REGION_FILE", default=str(BASE_DIR / "region" / "data" / "nord-pas-de-calais.toml"))
# Require a second factor from whoever manages a space or the region.
MFA_REQUIRED_FOR_MANAGERS = env.bool("MFA_REQUIRED_FOR_MANAGERS", default=False)
# Who answers for personal data: asked to correct or remove an account.
PERSONAL_DATA_CONTACT = env("PERSONAL_DATA_CONTACT", default="donnees-personnelles@demo.example")
# Days during which an invitation link works.
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)
# Days during which a request for access is kept once it has been answered.
ACCESS_REQUEST_KEEP_DAYS = env.int("ACCESS_REQUEST_KEEP_DAYS", default=365)
# Days before the end of a mandate when the person and the managers are warned.
MANDATE_WARNING_DAYS = 14
# Largest file accepted, in bytes, and largest number of files in one upload.
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_BYTES", default=500 * 1024 * 1024)
DOCUMENT_MAX_FILES = 20
# Days during which it is known who downloaded what; how many did is kept afterwards.
DOWNLOAD_RECORD_DAYS = env.int("DOWNLOAD_RECORD_DAYS", default=365)
# Days during which a document reserved for modification waits for its new version, and days kept in the trash.
RESERVATION_DAYS = env.int("RESERVATION_DAYS", default=7)
TRASH_DAYS = env.int("TRASH_DAYS", default=30)
# Days that the name of a user panel's member is kept after their last day there.
PANEL_NAMES_DAYS = env.int("PANEL_NAMES_DAYS", default=180)
# Days after a meeting that the name of somebody called to it without an account is kept; minutes keep theirs.
GUEST_NAMES_DAYS = env.int("GUEST_NAMES_DAYS", default=365)
# What one ZIP may hold.
ZIP_MAX_BYTES = env.int("ZIP_MAX_BYTES", default=4 * 1024**3)
ZIP_MAX_FILES = 5000
# Links for people without an account: days they live, days before the end when their maker is told, days they are kept after.
LINK_DAYS = env.int("LINK_DAYS", default=14)
LINK_WARNING_DAYS = 3
LINK_KEEP_DAYS = env.int("LINK_KEEP_DAYS", default=365)

# True only where the demo network and its public password may be loaded.
DEMO_MODE = False

# --- Django ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "extranet",
    "region",
    "pages",
    "panels",
    "meetings",
    "documents",
    "acknowledgements",
    "notifications",
    "search",
    "spaces",
    "directory",
    "accounts",
    "mail",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "dsfr",
    "widget_tweaks",
    "django_htmx",
    "csp",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "extranet.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "extranet.middleware.FormRescueMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.VisitMiddleware",
    "extranet.second_factor.MfaRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pages.admin_doors.AdminDoorsMiddleware",
    "extranet.once.OnceMiddleware",
]

ROOT_URLCONF = "extranet.urls"
WSGI_APPLICATION = "extranet.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "extranet.context_processors.site",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "extranet.jinja.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'extranet.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;",
        "transaction_mode": "IMMEDIATE",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Asked five times over one connection, a query is planned once by the server: planning costs it more than running.
    DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
# "kept" holds what can be made again, or is in the database too: the site goes on without it. "pages" is each process's own:
# what it holds is named by an epoch, and never has to be forgotten elsewhere (ADR 022); some 20 MB when it is full.
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "kept", "pages")
}
if REDIS_URL:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    waits = {"socket_connect_timeout": 1, "socket_timeout": 2}
    CACHES["kept"] = CACHES["default"] | {
        "BACKEND": "extranet.cache.SpareCache",
        "KEY_PREFIX": "kept",
        "OPTIONS": waits,
    }
SESSION_CACHE_ALIAS = "kept"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_DB_REUSE_MAX = 1_000_000  # extranet/celery.py closes connections, as Django does
# A broker that is away must not keep anybody waiting: what it would have done is in rows, and swept.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
CELERY_TIMEZONE = TIME_ZONE
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Images uploaded in Wagtail; documents have a store of their own (see documents/storage.py). Neither is public.
MEDIA_URL = "/medias/"
MEDIA_ROOT = env("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
DOCUMENT_ROOT = env("DOCUMENT_ROOT", default=str(BASE_DIR / "var" / "documents"))
DERIVED_ROOT = env("DERIVED_ROOT", default=f"{DOCUMENT_ROOT}-derived")
# The antivirus, tcp://host:3310 or unix:///run/clamd.sock; empty: none, and files are handed out at once.
CLAMD_ADDRESS = env("CLAMD_ADDRESS", default="")
# Address under which nginx hands files out (X-Accel-Redirect); empty: Django sends the bytes itself.
X_ACCEL_PREFIX = env("X_ACCEL_PREFIX", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "documents": {"BACKEND": "documents.storage.ContentAddressedStorage", "OPTIONS": {"location": DOCUMENT_ROOT}},
    "staticfiles": {"BACKEND": "extranet.assets.ModuleStorage"},
}
# Files too large for memory wait in the store's own volume; a file too heavy, or without room, is refused in a sentence.
FILE_UPLOAD_HANDLERS = [
    "documents.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "documents.uploads.IncomingFileHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 50

# --- Rights ---------------------------------------------------------------------------------------------------------

MFA_TOTP_ISSUER = SITE_NAME
# guardian: no anonymous user, no methods added to our classes; only spaces/policy/projection.py talks to it.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False

# --- Wagtail --------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = env("SITE_URL", default="http://localhost:8000")
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = False
WAGTAILDOCS_DOCUMENT_MODEL = "documents.Document"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "documents.admin_forms.HeldDocumentForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "french"}}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_WORKFLOW_ENABLED = False
# Sign-in, password and address have one door each, under /compte/.
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = ""  # a pasted address is never looked up: it would tell the title of a page
WAGTAILADMIN_LOGIN_URL = "account_login"  # one door, with its limits and its second factor
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 5
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.forms.SpaceImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILEMBEDS_FINDERS: list[dict] = []  # the server fetches nothing on behalf of an editor
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "pages.rich_text.ConfinedRichTextArea",
        "OPTIONS": {"features": ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]},
    }
}

# --- Mail -----------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default="Extranet du SPO <extranet@demo.example>")
MAIL_REPLY_TO = env("MAIL_REPLY_TO", default="")  # where answers go when no person stands behind; empty: to the sender
MAIL_KEEP_DAYS = env.int("MAIL_KEEP_DAYS", default=90)  # what was sent to whom
BOUNCE_MAILBOX = env("BOUNCE_MAILBOX", default="")  # a Maildir or mbox of delivery reports; empty: none is read
if BOUNCE_MAILBOX:
    CELERY_BEAT_SCHEDULE["mail: read what came back"] = {"task": "mail.tasks.read_bounces", "schedule": 600}
MAIL_GIVE_UP_DAYS = env.int("MAIL_GIVE_UP_DAYS", default=3)  # a message that no relay could be found for
MAIL_CLAIM_SECONDS = env.int("MAIL_CLAIM_SECONDS", default=600)  # a batch is a worker's own

# --- Headers --------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"  # Wagtail lifts it for its own previews, to the same origin
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # our SpacePermissionBackend is guardian's backend, held against the policy
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_secret": {"()": "extranet.logs.ScrubTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["no_secret"]},
        "mail_admins": {"class": "extranet.logs.ScrubbedMailHandler", "level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["mail_admins"], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        "django_tasks": {"level": "WARNING"},  # two lines a saved page otherwise
        "celery": {"level": "WARNING"},  # likewise for each task of the embedded mode
        "wagtail": {"level": "WARNING"},  # its audit log is in the database
    },
}
