"""Settings from the environment; refuses to start on a wrong value.

QUANHENG_DATA      folder of the database and the keys (default ./var)
QUANHENG_KEYS      key file, best outside that folder (default keys.json in it)
QUANHENG_DATABASE  sqlite (default) or postgresql://user:password@host:port/name
QUANHENG_HOSTS     comma-separated host names served
QUANHENG_DEMO      1 on a synthetic city only: sign-in page offers the personas
QUANHENG_HTTPS     1 when served by TLS: secure cookies and HSTS
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def _flag(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def _folder(path: Path) -> Path:
    """Made for this user alone; one that is there keeps its mode."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"QUANHENG_DATA: {path} cannot be made: {error.strerror}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"QUANHENG_DATA: {path} cannot be written by this user")
    return path


def _secret(path: Path) -> str:
    """A signing secret of this installation, made at the first start, 0600. Several processes may start at once."""
    if not path.exists():
        draft = path.with_name(f".secret.{os.urandom(6).hex()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(32).hex())
        with suppress(FileExistsError):
            os.link(draft, path)  # appears whole, and only for the first
        draft.unlink()
    secret = path.read_text().strip()
    if len(secret) < 50:
        raise ImproperlyConfigured(f"{path} is damaged: remove it, a new one is made and everybody signs in again")
    return secret


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",")]
    wrong = [host for host in hosts if not re.fullmatch(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]", host)]
    if wrong:
        raise ImproperlyConfigured(
            f"QUANHENG_HOSTS: {wrong[0]!r} is no host name; names or addresses by comma, no scheme, port or *"
        )
    return hosts


SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",  # a reader never turns into a writer half-way
        "timeout": 30,
        "init_command": (  # secure_delete: an erased detail of the ledger does not stay behind in a free page
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    },
}


def _database(url: str) -> dict[str, object]:
    """The URL is never repeated in an error: it holds a password."""
    if url == "sqlite":
        return {**SQLITE, "NAME": DATA / "quanheng.sqlite3"}
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise ImproperlyConfigured("QUANHENG_DATABASE is sqlite or postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port),
        "CONN_MAX_AGE": 60,
    }


BASE_DIR = Path(__file__).resolve().parent
DATA = _folder(Path(os.environ.get("QUANHENG_DATA") or BASE_DIR.parent / "var").absolute())
KEY_FILE = Path(os.environ.get("QUANHENG_KEYS") or DATA / "keys.json").absolute()
SECRET_KEY = _secret(DATA / "secret")
DEBUG = False
DEMO = _flag("QUANHENG_DEMO")
HTTPS = _flag("QUANHENG_HTTPS")
ALLOWED_HOSTS = _hosts(os.environ.get("QUANHENG_HOSTS", "127.0.0.1,localhost,[::1]"))
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "quanheng.ledger",
    "quanheng.papers",
    "quanheng.organization",
    "quanheng.instruments",
    "quanheng.accounts",
    "quanheng.people",
    "quanheng.intake",
    "quanheng.demo",
    "quanheng.operations",
    "quanheng.web",
]

MIDDLEWARE = [
    "quanheng.web.shared.middleware.content_security_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "quanheng.web.shared.middleware.actor",
    "quanheng.web.shared.middleware.Refusals",
    "quanheng.web.shared.middleware.Characters",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "quanheng.urls"
WSGI_APPLICATION = "quanheng.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "quanheng.web.shared.context.chrome",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    }
]

DATABASES = {"default": _database(os.environ.get("QUANHENG_DATABASE", "sqlite"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "web:sign-in"
SESSION_COOKIE_AGE = 30 * 60  # idle limit: renewed by requests, written once a minute (web.shared.middleware)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # an office shares one address: lock-out counts by account
    "security.W005",  # this host does not speak for its subdomains
    "security.W021",  # an intranet host belongs on no public list
]
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page names the end, so it must not move
AXES_DISABLE_ACCESS_LOG = True  # the ledger records who signed in
AXES_LOCKOUT_CALLABLE = "quanheng.web.shared.sign_in.locked_out"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next"]  # the page to return to holds what was searched for

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
FILE_UPLOAD_TEMP_DIR = DATA / "uploads"  # uploads name persons: they never lie in the system's own folder
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
CENSUS_FOLDER = DATA / "census"  # snapshots of all people: keys, codes and dates
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
