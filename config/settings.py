"""One settings file: the environment decides, production needs no code difference."""

from pathlib import Path
from urllib.parse import urlsplit

from config import env

ROOT = Path(__file__).resolve().parent.parent
STATE_DIR = env.path("STATE_DIR")
RECEIPT_KEYS = env.path("RECEIPT_KEYS") if env.text("RECEIPT_KEYS") else STATE_DIR / "receipt-keys"
RECEIPT_MARKS = env.path("RECEIPT_MARKS") if env.text("RECEIPT_MARKS") else STATE_DIR / "receipt-marks"
RECEIPT_KEYS_PASSWORD = env.text("RECEIPT_KEYS_PASSWORD")

DEBUG = env.flag("DEBUG")
INSECURE_LOCAL = env.flag("INSECURE_LOCAL")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS")
BASE_URL = env.text("BASE_URL").rstrip("/")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS") or [urlsplit(BASE_URL).hostname or "localhost"]
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES")
GIVING_LIMITS = env.listing("GIVING_LIMITS")
EXPORT_GIVERS_ALONE = env.integer("EXPORT_GIVERS_ALONE")

STRIPE_API_KEY = env.text("STRIPE_API_KEY")
STRIPE_API_BASE = env.text("STRIPE_API_BASE")
STRIPE_WEBHOOK_SECRETS = env.listing("STRIPE_WEBHOOK_SECRETS")

INSTALLED_APPS = [
    "ledger",
    "staff",
    "jobs",
    "paper",
    "donors",
    "campaigns",
    "outreach",
    "payments",
    "donations",
    "books",
    "receipts",
    "reports",
    "web",
    "api",
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.guarding.PageGuardMiddleware",
    "web.resting.DatabaseRestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.furnishing.organization",
            ],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), application="almoner")}
_POOL = {"min_size": 1, "max_size": 16, "timeout": 10}
DATABASES["default"]["OPTIONS"]["pool"] = _POOL  # type: ignore[index]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "office:today"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "web.office.signing_in.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = INSECURE_LOCAL
MFA_TOTP_ISSUER = "Almoner"

# Limits on sign-in and on the API must hold over all server processes, so they are counted in the database;
# public pages are kept by each process for itself.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_counts"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": STATE_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_LOCAL = not INSECURE_LOCAL
SECURE_SSL_REDIRECT = SECURE_LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_LOCAL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_LOCAL
SECURE_HSTS_PRELOAD = SECURE_LOCAL
SECURE_REFERRER_POLICY = "strict-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if SECURE_LOCAL else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_LOCAL else "csrf"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# The hosted payment page must be listed: form-action 'self' alone blocks the redirect of our own POST.
PAYMENT_PAGE_ORIGINS = (
    [f"{urlsplit(STRIPE_API_BASE).scheme}://{urlsplit(STRIPE_API_BASE).netloc}"]
    if STRIPE_API_BASE
    else ["https://checkout.stripe.com", "https://billing.stripe.com"]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'", *PAYMENT_PAGE_ORIGINS],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
globals().update(env.email(env.text("EMAIL_URL")))
EMAIL_FROM = env.text("EMAIL_FROM")
MAIL_PER_MINUTE = env.integer("MAIL_PER_MINUTE")
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS")
BOUNCE_SECRET = env.text("BOUNCE_SECRET")

CELERY = {
    "broker_url": env.text("BROKER_URL"),
    # A bell that cannot be rung at once is not rung: whoever rings is answering a webhook, and the timetable will find
    # the row. By default the library would try for six seconds. Workers wait for a broker by their own count.
    "broker_transport_options": {"max_retries": 0},
    "broker_connection_timeout": 2,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_prefetch_multiplier": 4,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "broker_connection_retry_on_startup": True,
    "task_time_limit": 300,
    "task_soft_time_limit": 240,
    "timezone": "UTC",
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsing.StrictJSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permitting.RoleAndScope"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authenticating.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.ActorThrottle"],
    "DEFAULT_THROTTLE_RATES": {"actor": "600/min", "stranger": "120/min", "export": "30/hour"},
    "EXCEPTION_HANDLER": "api.problems.handle",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Almoner",
    "DESCRIPTION": "Campaigns for everybody; donors, donations, receipts and exports for staff and their programs.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "config.hiding.HideSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL")},
    # The package logs every call with its address; ours are counted, not told one by one.
    # And a refused request is no event: in a flood there are hundreds a second.
    "loggers": {
        "stripe": {"level": "WARNING"},
        "django.request": {"level": "ERROR", "filters": ["secrets"]},
    },
}
