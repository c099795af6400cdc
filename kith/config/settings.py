"""Django's settings. What an installation may change comes from the environment."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from kith.attachments.bucket_place import Bucket
from kith.config import database, embedded_postgres, environment, mail
from kith.kernel import clock, proof_keys, secret_files
from kith.sso.place import SHIPPED_EXTENSION, IdentityProvider

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent
HOME = embedded_postgres.home()
IMPORT_FOLDER = HOME / "imports"
DEBUG = environment.flag("KITH_DEBUG", default=False)
TESTING = environment.flag("KITH_TESTING", default=False)


def _kept_secret(given: str, file_name: str, made: str = "") -> str:
    """As given, else one made once and kept in the data folder, readable by its owner only."""
    if given:
        return given
    path = HOME / file_name
    secret_files.written_once(path, made or secrets.token_urlsafe(64))
    return path.read_text(encoding="ascii")


SECRET_KEY = _kept_secret(environment.text("KITH_SECRET_KEY"), "secret-key")
TOMBSTONE_KEY = _kept_secret(environment.text("KITH_TOMBSTONE_KEY"), "tombstone-key")
proof_keys.hold(_kept_secret(environment.text("KITH_PROOF_KEY"), "proof-key", proof_keys.new_line(1)))
MASTER_KEY = environment.text("KITH_MASTER_KEY")
MASTER_KEY_FILE = HOME / "master-key"
JOURNAL_HEADS = Path(environment.text("KITH_JOURNAL_HEADS") or HOME / "journal-heads")
ERASURE_LEDGER = Path(environment.text("KITH_ERASURE_LEDGER") or HOME / "erasures.ledger")
BACKUP_FOLDER = environment.text("KITH_BACKUP_FOLDER")
BACKUP_AT = environment.time_of_day("KITH_BACKUP_AT", "05:00")
BACKUP_KEEP_DAYS = environment.number("KITH_BACKUP_KEEP_DAYS", 30)
ALLOWED_HOSTS = environment.words("KITH_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("KITH_TRUSTED_ORIGINS")

DATABASE_URL = environment.text("DATABASE_URL") or embedded_postgres.start(
    HOME / "postgres", durable=not TESTING
)
DATABASES = {"default": database.from_url(DATABASE_URL)}
if TESTING:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a kept connection of a worker's thread would outlive its test
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "kith.access",
    "kith.audit",
    "kith.web",
    "kith.settings",
    "kith.vault",
    "kith.users",
    "kith.jobs",
    "kith.runs",
    "kith.sources",
    "kith.organisation",
    "kith.contacts",
    "kith.golden",
    "kith.grouping",
    "kith.namedays",
    "kith.notes",
    "kith.relations",
    "kith.attachments",
    "kith.accounts",
    "kith.stewardship",
    "kith.find",
    "kith.find.exporting",
    "kith.find.bulk",
    "kith.printouts",
    "kith.delivery",
    "kith.sso",
    "kith.privacy",
    "kith.privacy.elsewhere",
    "kith.privacy.register",
    "kith.privacy.information",
    "kith.privacy.holds",
    "kith.backups",
    "kith.config",
    "procrastinate.contrib.django",
    "axes",
    "django_htmx",
    "template_partials",
    "lucide",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kith.config.largest_body.LargestBodyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kith.settings.middleware.SettingsMiddleware",
    "kith.access.http.ActorMiddleware",
    "kith.web.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kith.config.urls"
WSGI_APPLICATION = "kith.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kith.web.frame.frame",
            ],
            "builtins": ["kith.web.templatetags.kith", "template_partials.templatetags.partials"],
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "users:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "users:sign-in"

PROXIES = environment.number("KITH_PROXIES", 0)
AXES_CLIENT_IP_CALLABLE = "kith.web.outside.visitor_address"
AXES_FAILURE_LIMIT = environment.number("KITH_SIGN_IN_ATTEMPTS", 5)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "users/locked_out.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "email", "ip_address", "csrfmiddlewaretoken"]

CSRF_FAILURE_VIEW = "kith.web.errors.csrf_failure"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SECURE_COOKIES = environment.flag("KITH_HTTPS", default=False)
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a missing one
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_HANDLERS = ["kith.web.uploads.NamelessUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
ATTACHMENT_BUCKET = Bucket(
    name=environment.text("KITH_S3_BUCKET"),
    prefix=environment.text("KITH_S3_PREFIX"),
    endpoint=environment.text("KITH_S3_ENDPOINT"),
    region=environment.text("KITH_S3_REGION", "us-east-1"),
    key_id=environment.text("KITH_S3_KEY_ID"),
    secret=environment.text("KITH_S3_SECRET"),
)
ATTACHMENT_STORE = "kith.attachments." + (
    "bucket.BucketStore" if ATTACHMENT_BUCKET.name else "store.FolderStore"
)
ATTACHMENT_FOLDER = Path(environment.text("KITH_ATTACHMENT_FOLDER") or HOME / "attachments")
UPLOAD_LIMIT_BYTES = environment.number("KITH_UPLOAD_LIMIT_MB", 4_096) * 1024 * 1024

CACHES = {
    "default": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if TESTING else 'locmem.LocMemCache'}"
    }
}

SSO = IdentityProvider(
    url=environment.text("KITH_SSO_URL"),
    token=environment.text("KITH_SSO_TOKEN"),
    extension=environment.text("KITH_SSO_EXTENSION", SHIPPED_EXTENSION),
)

FONT_FOLDER = environment.text("KITH_FONT_FOLDER")

_MAIL = mail.from_environment(HOME)
EMAIL_BACKEND = _MAIL.backend
EMAIL_FILE_PATH = _MAIL.folder
MAIL_STAYS_HERE = _MAIL.stays_here
DEFAULT_FROM_EMAIL = _MAIL.sender
EMAIL_HOST = _MAIL.smtp.host
EMAIL_PORT = _MAIL.smtp.port
EMAIL_HOST_USER = _MAIL.smtp.user
EMAIL_HOST_PASSWORD = _MAIL.smtp.password
EMAIL_USE_SSL = _MAIL.smtp.security == "tls"
EMAIL_USE_TLS = _MAIL.smtp.security == "starttls"
EMAIL_TIMEOUT = 30
ANYMAIL = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT, **_MAIL.provider}


WEBHOOKS_TO_PRIVATE = environment.flag("KITH_WEBHOOKS_TO_PRIVATE", default=DEBUG)

LANGUAGE_CODE = "en-gb"
TIME_ZONE = environment.zone("KITH_TIME_ZONE", "UTC")
clock.be_in(TIME_ZONE)
USE_TZ = True
USE_I18N = True

# Composition: what lower rooms call upwards, by name.
KITH_NAVIGATION = "kith.config.navigation.NAVIGATION"
KITH_SETTINGS_SECTIONS = "kith.config.settings_sections.SECTIONS"
KITH_SETTINGS_ELSEWHERE = "kith.config.settings_sections.ELSEWHERE"
KITH_CODES_IN_USE = "kith.config.codes_in_use.IN_USE"
KITH_CONTACT_TALLY = "kith.config.contact_page.TALLIED"
KITH_CONTACT_PHOTO = "kith.attachments.photos.photo_url"
KITH_STORED_BESIDE = "kith.config.stored_beside.NAMED"
KITH_LIBRARY_USES = "kith.config.library_uses.USES"
KITH_PRINTOUT_SECTIONS = "kith.config.printout_sections.SECTIONS"
KITH_PRINTOUT_PRESETS = "kith.config.printout_sections.PRESETS"
KITH_CONTACT_PAGE = "kith.config.contact_page.PAGE"
KITH_SEARCH_PAGE = "kith.find.views.search_page"
KITH_SEARCH_CRITERIA = "kith.config.search_criteria.CRITERIA"
KITH_POSSIBLE_DUPLICATES = "kith.stewardship.review.queue.POSSIBLE_DUPLICATES"
KITH_CONTACT_HEAD = "kith.config.contact_head.HEAD"
KITH_ADDRESS_IN_USE = "kith.accounts.addresses.address_in_use"
KITH_CONTACT_CHIPS = "kith.config.contact_head.CHIPS"
KITH_SUSPENSE_NEEDED = "kith.privacy.sections.is_enabled"
KITH_LIFE_CYCLE = "kith.accounts.life_cycle.condition"
KITH_FINANCIAL_AMONG = "kith.accounts.life_cycle.financial_among"
KITH_FILE_KINDS = "kith.config.file_kinds.KINDS"
KITH_CLAIM_FIELDS_SEEN = "kith.contacts.rights.files.claim_fields_seen"
KITH_TYPED_CONTACTS_IN = "kith.contacts.intake.rows.typed_contacts_in"
KITH_DELETED_WITH = "kith.config.deleted_with.ROOMS"
KITH_ERASED_WITH = "kith.config.erased_with.ROOMS"
KITH_RETAINED = "kith.config.retained.RETAINED"
KITH_RELATED_AS = "kith.relations.queries.related_as"
KITH_MOVES_WITH = "kith.config.moves_with.ALONG"
KITH_OVERNIGHT = "kith.config.overnight.STEPS"
KITH_AFTER_IMPORT = "kith.config.reactions.after_import"
KITH_RUN_STANDS = "kith.config.reactions.run_stands"
KITH_JOURNAL_REFS = "kith.config.journal_refs.REFS"
KITH_OPEN_CASE = "kith.stewardship.cases.open_case"
KITH_SETTLE_CASES = "kith.stewardship.cases.settle_cases"
KITH_EDITS_WAIT = "kith.stewardship.policy.edits_wait"
KITH_CHANGES_WAIT = "kith.stewardship.policy.changes_wait"
KITH_CLAIMS_WRITTEN = "kith.contacts.suppressions.arriving.claims_written"
KITH_PLACE_RECORD = "kith.grouping.placing.place_new"
KITH_MATCHING_RECIPE = "kith.grouping.recipe.in_force.matching_in_force"
KITH_GOLDEN_WATCH = "kith.delivery.announcing.watched"
KITH_REASSEMBLE = "kith.golden.assembly.assemble"

PROCRASTINATE_ON_APP_READY = "kith.config.jobs.ready"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "kith.config.logs.Discreet",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": environment.text("KITH_LOG_LEVEL", "WARNING")},
    "loggers": {
        "kith": {"level": environment.text("KITH_LOG_LEVEL", "INFO")},
        "django": {"handlers": []},  # its own show paths as they are
    },
}
