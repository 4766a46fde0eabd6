"""Which variables of the person's environment reach the installers and the product, and which must not.

A hash-checked install can be bent by dozens of PIP_* and UV_* variables (targets, constraints, user
installs). What is kept is only what somebody needs to reach a registry at all: addresses, certificates,
proxies, caches.
"""

from collections.abc import Mapping

KEPT_OF_PIP = frozenset(
    {
        "PIP_CACHE_DIR",
        "PIP_CERT",
        "PIP_CLIENT_CERT",
        "PIP_CONFIG_FILE",
        "PIP_DEFAULT_TIMEOUT",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "PIP_INDEX_URL",
        "PIP_KEYRING_PROVIDER",
        "PIP_NO_CACHE_DIR",
        "PIP_NO_INDEX",
        "PIP_PROXY",
        "PIP_RETRIES",
        "PIP_TIMEOUT",
        "PIP_TRUSTED_HOST",
    }
)
KEPT_OF_UV = frozenset(
    {
        "UV_CACHE_DIR",
        "UV_CONFIG_FILE",
        "UV_DEFAULT_INDEX",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "UV_HTTP_TIMEOUT",
        "UV_INDEX",
        "UV_INDEX_STRATEGY",
        "UV_INDEX_URL",
        "UV_INSECURE_HOST",
        "UV_KEYRING_PROVIDER",
        "UV_LINK_MODE",
        "UV_NATIVE_TLS",
        "UV_NO_CACHE",
        "UV_NO_INDEX",
        "UV_OFFLINE",
        "UV_SYSTEM_CERTS",
    }
)
# The product's own variables (config/env.py): each process is given exactly those meant for it, no leftovers.
OF_PRODUCT = frozenset(
    {
        "ALLOWED_HOSTS",
        "BASE_URL",
        "BOUNCE_ADDRESS",
        "BOUNCE_SECRET",
        "BROKER_URL",
        "DATABASE_URL",
        "DEBUG",
        "EMAIL_FROM",
        "EMAIL_URL",
        "EXPORT_GIVERS_ALONE",
        "GIVING_LIMITS",
        "INSECURE_LOCAL",
        "LOG_LEVEL",
        "MAIL_PER_MINUTE",
        "MIGRATION_DATABASE_URL",
        "RECEIPT_KEYS",
        "RECEIPT_KEYS_PASSWORD",
        "RECEIPT_MARKS",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "STATE_DIR",
        "STRIPE_API_BASE",
        "STRIPE_API_KEY",
        "STRIPE_WEBHOOK_SECRETS",
        "TRUSTED_PROXIES",
    }
)
# Never inherited: they would change which Python code runs, or which database or settings it talks to.
DROPPED = frozenset({"CONDA_PREFIX", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"})
DROPPED_PREFIXES = ("CELERY_", "DJANGO_", "GUNICORN_", "PG", "PYTEST_")
KEPT_OF_PYTHON = frozenset({"PYTHONFAULTHANDLER", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE"})


def for_install(environment: Mapping[str, str]) -> dict[str, str]:
    """This function will return the environment in which pip and uv install by hash, and nothing bends
    them."""
    kept = {name: value for name, value in environment.items() if _may_reach_installer(name)}
    # A value here beats the person's pip.conf, which we must keep because it may be the only way to a
    # registry.
    kept.update(
        PIP_USER="0",
        PIP_REQUIRE_VIRTUALENV="0",
        PIP_NO_INPUT="1",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_ROOT_USER_ACTION="ignore",
        UV_NO_PROGRESS="1",
    )
    return kept


def for_product(environment: Mapping[str, str]) -> dict[str, str]:
    """This function will return the part of the environment the product's processes inherit."""
    return {
        name: value
        for name, value in environment.items()
        if _is_neutral(name) and name not in OF_PRODUCT and not name.startswith(("PIP_", "UV_"))
    }


def _may_reach_installer(name: str) -> bool:
    if name.startswith("PIP_"):
        return name in KEPT_OF_PIP
    if name.startswith("UV_"):
        return name in KEPT_OF_UV or name.startswith("UV_INDEX_")
    return _is_neutral(name)


def _is_neutral(name: str) -> bool:
    if name.startswith("PYTHON"):
        return name in KEPT_OF_PYTHON
    return name not in DROPPED and not name.startswith(DROPPED_PREFIXES)
