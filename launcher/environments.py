"""The environment contract: which variables the product's processes are given, and what the person may
choose."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import cleaning, states

# The person may set these for the demo; all else is ours. They are shown, so that a forgotten one is no
# riddle.
CHOOSABLE = (
    "ALLOWED_HOSTS",
    "BROKER_URL",
    "DEBUG",
    "EMAIL_URL",
    "LOG_LEVEL",
    "STRIPE_API_BASE",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRETS",
)


@dataclass(frozen=True)
class Ports:
    """The doors of one running system, all on the loopback address."""

    web: int
    sandbox: int
    mailbox: int
    smtp: int


def chosen(environment: Mapping[str, str]) -> dict[str, str]:
    """This function will return what the person set of the variables that may be chosen."""
    return {name: environment[name] for name in CHOOSABLE if name in environment}


def of_product(
    *,
    state: states.State,
    ports: Ports,
    database_url: str,
    migration_database_url: str,
    choices: Mapping[str, str],
) -> dict[str, str]:
    """This function will return the whole environment of a local system: sandbox, mailbox, loopback only."""
    return {
        **cleaning.for_product(os.environ),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": database_url,
        "MIGRATION_DATABASE_URL": migration_database_url,
        "BROKER_URL": "",
        "SECRET_KEY": state.secret("secret-key"),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://localhost:{ports.web}",
        "STRIPE_API_KEY": "sk_test_sandbox"
        + state.secret("stripe-key").replace("-", "").replace("_", "")[:24],
        "STRIPE_API_BASE": f"http://127.0.0.1:{ports.sandbox}",
        "STRIPE_WEBHOOK_SECRETS": "whsec_" + state.secret("webhook").replace("-", "").replace("_", "")[:32],
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "INSECURE_LOCAL": "1",
        # Whoever tries the demo, people and tests, comes from one address and soon presses again.
        "GIVING_LIMITS": "posts_per_minute=6000,starts_per_minute=6000,starts_per_hour=60000,"
        "starts_per_email_hour=6000,starts_per_minute_of_all=6000,failures=60,mistakes=600,"
        "youngest_form_seconds=0,processor_per_second=200,presses_a_second=2000",
        "STATE_DIR": str(state.path),
        "LOG_LEVEL": "INFO",
        **choices,
    }


def of_production_check() -> dict[str, str]:
    """This function will return values such as production has, to check the settings with; nothing is
    contacted."""
    return {
        **cleaning.for_product(os.environ),
        "PYTHONUTF8": "1",
        "DATABASE_URL": "postgresql://almoner_app:secret@db.example.org:5432/almoner",
        "MIGRATION_DATABASE_URL": "postgresql://almoner_owner:secret@db.example.org:5432/almoner",
        "BROKER_URL": "amqp://almoner:secret@broker.example.org:5672/almoner",
        "SECRET_KEY": os.urandom(48).hex(),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "give.example.org",
        "BASE_URL": "https://give.example.org",
        "STRIPE_API_KEY": "_".join(("rk", "live", os.urandom(12).hex())),
        "STRIPE_WEBHOOK_SECRETS": "whsec_" + os.urandom(16).hex(),
        "EMAIL_URL": "smtps://almoner:secret@mail.example.org:465",
        "STATE_DIR": str(Path("/var/lib/almoner-state")),
        "LOG_LEVEL": "INFO",
    }
