"""Django's settings. Everything an operator may choose comes through ``xpenser.env``."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django

from access.scopes import SCOPES
from accounts import languages
from xpenser import env, secret
from xpenser.bucket import bucket_settings
from xpenser.database import with_our_options
from xpenser.oidc import oidc_settings

BASE_DIR = env.PROJECT
ENV = env.read()

DEBUG = False
SECRET_KEY, *SECRET_KEY_FALLBACKS = secret.secret_keys(ENV.data)
LIMITS_FILE = ENV.data / "limits.sqlite3"
REDIS_URL = ENV.redis_url
PUBLIC_URL = ENV.public_url
PUBLIC_HOST = urlsplit(PUBLIC_URL).netloc.lower()

# Names that old clients have built in; xpenser.edge keeps them to the old clients' paths.
LEGACY_HOSTS = ["xpenser.com", "www.xpenser.com"]
ALLOWED_HOSTS = [
    "127.0.0.1", "localhost", "[::1]", PUBLIC_HOST.removesuffix(f":{urlsplit(PUBLIC_URL).port}"),
    *ENV.allowed_hosts, *LEGACY_HOSTS,
]  # fmt: skip
PROXIES = ENV.proxies

INSTALLED_APPS = [
    "xpenser",
    "expenses",  # before django.contrib.auth: its createsuperuser opens the account whole
    "reports",
    "access",
    "accounts",
    "api",
    "web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials.apps.SimpleAppConfig",  # the other one would let the pages of every app be shown
    "oauth2_provider",
    "django.contrib.admin.apps.SimpleAdminConfig",  # the tables that it shows are named in web.operator.tables
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
METRICS_TOKEN = ENV.metrics_token
METRICS_FOLDER = ENV.data / "metrics" / str(ENV.port)  # two servers on one data folder are two
MIDDLEWARE = [
    "xpenser.logs.RequestLog",
    *(["xpenser.metrics.RequestMetrics"] if METRICS_TOKEN else []),  # its library takes time and memory
    "xpenser.edge.EdgeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xpenser.language.PageLanguage",
    "web.headers.PageHeaders",
    "xpenser.admission.Admission",  # from here on it costs something
    "xpenser.shortcut.Shortcut",  # what is for pages stands between this and its end
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.signin.PagesLoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xpenser.shortcut.shortcut_end",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "xpenser.urls"
WSGI_APPLICATION = "xpenser.wsgi.application"
APPEND_SLASH = False  # a redirected POST becomes a GET in old clients (wire §1.0.2)
# Ours, and of apps only the admin's, behind the operator's pages: allauth's own pages are never shown.
ADMIN_TEMPLATES = Path(django.__file__).parent / "contrib" / "admin" / "templates"
LOADERS = [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", ADMIN_TEMPLATES],
        "OPTIONS": {
            "string_if_invalid": "",
            "loaders": [("template_partials.loader.Loader", LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

SQLITE = {
    "ENGINE": "xpenser.sqlite",
    "NAME": ENV.data / "xpenser.sqlite3",
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        # A transaction that starts by reading can't wait for the writer before it: it would have to fail.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}
KEPT = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
DATABASES = {"default": {**with_our_options(ENV.database), **KEPT} if ENV.database else SQLITE}
if ENV.standby:  # pragma: no cover - tests/faults/test_standby.py
    DATABASES["standby"] = {**with_our_options(ENV.standby), **KEPT, "TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["web.signin.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "web.coming_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "web.coming_in.forms.SignUpForm",
    "add_email": "web.coming_in.forms.EmailForm",
    "reset_password": "web.coming_in.forms.ResetForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Where anybody may come, whose address it is must be shown first: nobody is told that it is taken, and nobody takes
# another's. Who was invited, or let in by the operator, comes in at once: there may be no mail at all.
SIGN_UP = ENV.sign_up
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SIGN_UP == "open" else "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of each change in how one signs in
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
# allauth's own notes the address of whoever is asked for as one that was never confirmed.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a name
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_SESSION_REMEMBER = True
# Passwords are counted by accounts.attempts, for every door, and so that strangers lock nobody out; what is counted as
# "login_failed" here are codes of second factors. All of it in a cache that processes and machines share.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}
MFA_ADAPTER = "web.coming_in.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = f"xpenser {urlsplit(PUBLIC_URL).hostname}"
MFA_TOTP_TOLERANCE = 1  # telephones are not always right by the half minute
# Where anybody may sign up, an address is confirmed before its owner comes in; elsewhere it may never be.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SOCIALACCOUNT_ADAPTER = "web.coming_in.adapters.IdentityAdapter"
SOCIALACCOUNT_FORMS = {"signup": "web.coming_in.forms.IdentityForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # currency and zone are asked for
SOCIALACCOUNT_PROVIDERS = oidc_settings(ENV.oidc)
# Django hashes a password with the first; the second is for secrets of programs, which nobody chose.
PASSWORD_HASHERS = ["accounts.hashers.Argon2idHasher", "accounts.hashers.SecretHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# The toolkit's own 22 steps lead through ten years of its tables, and take longer than all else in a first start.
# Nobody was here then: one step makes them. `makemigrations --check` says when another version of it wants another.
MIGRATION_MODULES = {
    "oauth2_provider": "access.toolkit.migrations",
    "django_tasks_database": "xpenser.queue.migrations",  # 21 steps
}
# The toolkit's defaults, which migrations look for by these names.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth2_provider.Grant"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"  # noqa: S105 - a name
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth2_provider.RefreshToken"  # noqa: S105 - a name
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth2_provider.IDToken"  # noqa: S105 - a name
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oauth2_provider.DeviceGrant"
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES": SCOPES,
    "DEFAULT_SCOPES": [],  # a program says what it wants (api.oauth2.server refuses one that doesn't)
    "OAUTH2_SERVER_CLASS": "api.oauth2.server.Server",
    "OAUTH2_VALIDATOR_CLASS": "api.oauth2.validator.Validator",
    "OIDC_ISS_ENDPOINT": PUBLIC_URL,  # the issuer, also without OIDC: from PUBLIC_URL, never from a request's Host
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # Of a program that was not used for so long; with each use the time starts anew.
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 24 * 3600,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],  # and what access.redirects says of a person's own machine and apps
    "CLIENT_SECRET_HASHER": "sha256",
    "CLIENT_SECRET_GENERATOR_LENGTH": 48,
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "refresh_token"],
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

REST_FRAMEWORK = {
    # Closed by default: a dialect names who may come in; a view that forgets to is shut.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
}

# What allauth counts, and which codes were used: where all processes count together. In the ledger's database so many
# entries that nobody pushes out, with requests of his own, what counts against him.
_IN_DATABASE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "shared_cache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
_IN_REDIS = {"BACKEND": "accounts.shared_cache.SharedCache", "LOCATION": [REDIS_URL], "KEY_PREFIX": "xpenser:cache"}
CACHES = {"default": _IN_REDIS if REDIS_URL else _IN_DATABASE}

# What nobody waits for; with a backend that is no database's, `serve` starts no process for it.
TASKS = {"default": {"BACKEND": ENV.tasks_backend}}

EMAIL_BACKEND = "xpenser.posting.Queue"
MAILER = ENV.mail["EMAIL_BACKEND"]  # by which what is in the queue goes
EMAIL_HOST = ENV.mail["EMAIL_HOST"]
EMAIL_PORT = ENV.mail["EMAIL_PORT"]
EMAIL_HOST_USER = ENV.mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = ENV.mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = ENV.mail["EMAIL_USE_TLS"]
EMAIL_USE_SSL = ENV.mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = ENV.mail["EMAIL_TIMEOUT"]
EMAIL_FILE_PATH = ENV.mail["EMAIL_FILE_PATH"]
DEFAULT_FROM_EMAIL = ENV.mail_from

TIME_ZONE = "UTC"
USE_TZ = True
SERVER_ZONE = ENV.server_zone
SERVER_OFFSET_SECONDS = ENV.server_offset_seconds
LANGUAGE_CODE = "en"  # the wires', and that of who asks for none of ours
LANGUAGES = list(languages.LANGUAGES.items())
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True

# Not /static/: a proxy's usual rule for it would swallow the receipts' old path.
STATIC_URL = "/assets/"
STATIC_ROOT = ENV.data / "assets"
STATICFILES_DIRS = [BASE_DIR / "static"]
RECEIPTS_FOLDER = {
    "BACKEND": "expenses.files.folder.ReceiptFolder",
    "OPTIONS": {
        "location": ENV.data / "receipts",
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
STORAGES = {
    "default": bucket_settings(ENV.receipts_s3) if ENV.receipts_s3 else RECEIPTS_FOLDER,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

ARCHIVES = ENV.data / "archives"
TURNS_FOLDER = ENV.data / "turns"

MAX_WAITING = ENV.max_waiting
MAX_UPLOAD_BYTES = ENV.max_upload_bytes
# Of text. A form that is all percent signs grows eighty-fold while it is read, and nobody types a megabyte.
DATA_UPLOAD_MAX_MEMORY_SIZE = min(1_000_000, MAX_UPLOAD_BYTES)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
RECEIPTS_PUBLIC = ENV.receipts_public
OAUTH1_HTTP = ENV.oauth1_http
MAX_RECEIPT_BYTES = ENV.max_receipt_bytes
MAX_RECEIPT_PIXELS = ENV.max_receipt_pixels

# With https in PUBLIC_URL a cookie never travels in the clear; without it people must be able to sign in all the same.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Browsers that came by https stay with it; old clients don't know the word. The two that follow go with the first: what
# lies below this name is this server's, and no list takes "preload" from who says it for less than a year.
# Not for localhost, which everybody's other servers are called by.
SECURE_HSTS_SECONDS = ENV.hsts_seconds if PUBLIC_URL.startswith("https://") and "//localhost" not in PUBLIC_URL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
FRAME_ANCESTORS = ENV.frame_ancestors
# security.W008 wants plain http to be redirected. Old clients have it built in: a redirect comes after they have sent
# their password, and makes a GET of their POST (wire §1.0.2).
SILENCED_SYSTEM_CHECKS = ["security.W008"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"routes": {"()": "xpenser.logs.RoutesOnly"}},
    "formatters": {
        "plain": {"()": "xpenser.logs.PlainFormatter"},
        "json": {"()": "xpenser.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": ENV.log_format, "filters": ["routes"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # A 4xx is the client's business and is answered; the log is for what the operator must mend.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # A line for each request is for programs to read.
        "xpenser.access": {"level": "INFO" if ENV.log_format == "json" else "WARNING"},
        # They tell at length what they did, with addresses that hold codes in them.
        "oauth2_provider": {"level": "WARNING"},
        # They tell of each task that begins and ends, and of each end of the process that does them.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "ERROR"},
        # It notes each passkey that was shown, and whose key that is.
        "fido2": {"level": "WARNING"},
        # They tell where they found credentials, and with which addresses they failed.
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        # It notes each refusal, and at DEBUG what was to be signed.
        "oauthlib": {"level": "WARNING"},
    },
}
