"""System checks: unsafe settings are refused in one sentence before anything starts."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from donations import guarding

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _error(number: int, words: str, hint: str) -> Error:
    return Error(words, hint=hint, id=f"almoner.E{number:03}")


def check_processor(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """Keys, addresses and secrets of the processor must fit each other."""
    key, base = settings.STRIPE_API_KEY, settings.STRIPE_API_BASE
    is_live = key.startswith(("sk_live_", "rk_live_"))
    found: list[CheckMessage] = []
    if not key.startswith(("sk_live_", "rk_live_", "sk_test_", "rk_test_")):
        found.append(
            _error(
                1,
                "STRIPE_API_KEY is missing or is not a Stripe secret key.",
                "It begins sk_live_ or sk_test_.",
            )
        )
    if is_live and base:
        found.append(
            _error(
                2,
                "A live Stripe key would be sent to a sandbox address.",
                "Unset STRIPE_API_BASE or use a test key.",
            )
        )
    if is_live and settings.DEBUG:
        found.append(_error(3, "DEBUG is on with a live Stripe key.", "Set DEBUG=0."))
    if base and (not settings.INSECURE_LOCAL or urlsplit(base).hostname not in LOOPBACK):
        found.append(
            _error(
                4,
                "STRIPE_API_BASE points at a stand-in outside a local installation.",
                "Unset it, or set INSECURE_LOCAL=1 on your own machine with a loopback address.",
            )
        )
    secrets = settings.STRIPE_WEBHOOK_SECRETS
    if not secrets or any(not secret.startswith("whsec_") or len(secret) < 14 for secret in secrets):
        found.append(
            _error(
                5,
                "STRIPE_WEBHOOK_SECRETS is missing or not a webhook secret.",
                "Copy it from the webhook endpoint's page; it begins whsec_.",
            )
        )
    return found


def check_place(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """What is unsafe must be asked for, and only on this machine."""
    found: list[CheckMessage] = []
    host = urlsplit(settings.BASE_URL).hostname
    if settings.INSECURE_LOCAL and host not in LOOPBACK:
        found.append(
            _error(
                6, "INSECURE_LOCAL is on with a public BASE_URL.", "Unset INSECURE_LOCAL or use localhost."
            )
        )
    if settings.INSECURE_LOCAL and settings.STRIPE_API_KEY.startswith(("sk_live_", "rk_live_")):
        found.append(_error(7, "INSECURE_LOCAL is on with a live Stripe key.", "Unset INSECURE_LOCAL."))
    if len(settings.SECRET_KEY) < 50:
        found.append(
            _error(
                8,
                "SECRET_KEY is missing or shorter than 50 characters.",
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(60))'",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(_error(9, "ALLOWED_HOSTS must name exact hosts.", "List them, comma between."))
    try:
        guarding.limits()
    except ImproperlyConfigured as wrong:
        found.append(_error(10, str(wrong), "The names are in docs/security.md, as starts_per_minute=40."))
    return found


def refuse_unsafe() -> None:
    """A web server runs no checks of its own, and one that believes forged notices must not answer at all.

    Raises ImproperlyConfigured. This function will return only when nothing unsafe was found.
    """
    found = [*check_processor(), *check_place()]
    if found:
        raise ImproperlyConfigured(" ".join(f"{error.msg} {error.hint}" for error in found))


def register_all() -> None:
    register(check_processor)
    register(check_place)
