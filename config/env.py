"""Every environment variable the system reads: its type, its default and whether it is secret.

`python3 run.py manage environment` prints this table; settings.py is the only reader.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True)
class Variable:
    name: str
    kind: str
    default: str
    is_secret: bool
    meaning: str


VARIABLES = (
    Variable("DATABASE_URL", "url", "", True, "PostgreSQL 15 to 18, as the application's role"),
    Variable(
        "MIGRATION_DATABASE_URL",
        "url",
        "",
        True,
        "the same database as its owner, for migrations; empty: DATABASE_URL",
    ),
    Variable("BROKER_URL", "url", "", True, "RabbitMQ (amqp://); empty: a queue inside the database"),
    Variable("SECRET_KEY", "text", "", True, "signs sessions and links; at least 50 characters"),
    Variable("SECRET_KEY_FALLBACKS", "list", "", True, "former secret keys still accepted"),
    Variable("DEBUG", "flag", "0", False, "Django's debug pages; never with a live Stripe key"),
    Variable(
        "INSECURE_LOCAL", "flag", "0", False, "plain http and a stand-in processor on this machine only"
    ),
    Variable("BASE_URL", "url", "http://localhost:8000", False, "the public address; links in mail use it"),
    Variable("ALLOWED_HOSTS", "list", "", False, "exact host names; empty: the host of BASE_URL"),
    Variable("TRUSTED_PROXIES", "int", "0", False, "how many proxies of ours stand before the web server"),
    Variable("STRIPE_API_KEY", "text", "", True, "sk_live_ or sk_test_"),
    Variable("STRIPE_API_BASE", "url", "", False, "empty: Stripe itself; the sandbox's address otherwise"),
    Variable("STRIPE_WEBHOOK_SECRETS", "list", "", True, "whsec_..., comma between two while rotating"),
    Variable("EMAIL_URL", "url", "", True, "smtp://user:password@host:port or smtps:// or smtp+tls://"),
    Variable("EMAIL_FROM", "text", "", False, "sender of mail; empty: the organization's own address"),
    Variable(
        "MAIL_PER_MINUTE", "int", "600", False, "letters sent in a minute at most; sign-in links go first"
    ),
    Variable(
        "BOUNCE_ADDRESS",
        "text",
        "",
        False,
        "where mail servers report what did not arrive; empty: the sender",
    ),
    Variable(
        "BOUNCE_SECRET", "text", "", True, "proves notices to /api/bounces/; empty: that address is closed"
    ),
    Variable(
        "GIVING_LIMITS",
        "list",
        "",
        False,
        "exceptions to the limits of the giving form (docs/security.md), as starts_per_minute=40,starts_per_hour=400",
    ),
    Variable(
        "EXPORT_GIVERS_ALONE",
        "int",
        "500",
        False,
        "of how many givers one person may export names without a second person (docs/security.md)",
    ),
    Variable("STATE_DIR", "path", "var", False, "where files of this installation live"),
    Variable(
        "RECEIPT_KEYS",
        "path",
        "",
        False,
        "folder of the keys that seal and sign receipts; empty: receipt-keys in STATE_DIR",
    ),
    Variable("RECEIPT_KEYS_PASSWORD", "text", "", True, "opens key files that are locked"),
    Variable(
        "RECEIPT_MARKS",
        "path",
        "",
        False,
        "folder of the numbers that are on paper, on another disk than the database; empty: receipt-marks in STATE_DIR",
    ),
    Variable("LOG_LEVEL", "text", "INFO", False, "DEBUG, INFO, WARNING or ERROR"),
)
_BY_NAME = {variable.name: variable for variable in VARIABLES}


def text(name: str) -> str:
    return os.environ.get(name, _BY_NAME[name].default).strip()


def flag(name: str) -> bool:
    value = text(name).lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")


def integer(name: str) -> int:
    try:
        return int(text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text(name)!r}.") from error


def listing(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def path(name: str) -> Path:
    return Path(text(name)).expanduser().resolve()


def database(url: str, *, application: str) -> dict[str, object]:
    """Django's DATABASES entry for a `postgresql://` address; sockets come as `?host=/directory`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must be a postgresql:// address: Almoner runs on PostgreSQL 15 to 18 only."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": application,
            # A line gone silent must not hold a thread for as long as the kernel would wait.
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            # Statements are planned once on each connection: settling a gift takes a fifth less time. A pooler that
            # hands one connection to many clients must know prepared statements (PgBouncer 1.21 does).
            "server_side_binding": True,
            "prepare_threshold": 5,
            "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
            **query,
        },
    }


def email(url: str) -> dict[str, object]:
    """Django's EMAIL_* settings for an smtp address; no address keeps mail in the outbox with an error."""
    parts = urlsplit(url or "smtp://localhost:25")
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtps:// or smtp+tls://.")
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 10,
    }
