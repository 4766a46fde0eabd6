"""A web server with unsafe settings does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each case starts a process of its own

ROOT = Path(__file__).resolve().parents[2]
SOUND = {
    "SECRET_KEY": "s" * 60,
    "STRIPE_API_KEY": "sk_test_sandbox",
    "STRIPE_API_BASE": "http://127.0.0.1:12111",
    "STRIPE_WEBHOOK_SECRETS": "whsec_abcdefghijklmnop",
    "INSECURE_LOCAL": "1",
    "BASE_URL": "http://localhost:8000",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "EMAIL_URL": "smtp://127.0.0.1:9",
}


def start(**changed: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **SOUND, **changed}
    command = [sys.executable, "-c", "import config.wsgi"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("secrets", ["", "secret", "whsec_", "whsec_abcdefghijklmnop,"])
def test_T33_without_a_webhook_secret_nothing_is_served(secrets: str) -> None:
    done = start(STRIPE_WEBHOOK_SECRETS=secrets)
    if secrets.endswith(","):  # an empty place in the list is no secret and opens nothing
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode != 0
    assert "STRIPE_WEBHOOK_SECRETS is missing or not a webhook secret." in done.stderr


def test_T55_debugging_with_a_live_key_is_not_served() -> None:
    done = start(
        DEBUG="1", STRIPE_API_KEY="sk_live_abc", STRIPE_API_BASE="", INSECURE_LOCAL="0", BASE_URL="https://x.example.org"
    )  # fmt: skip
    assert done.returncode != 0
    assert "DEBUG is on with a live Stripe key." in done.stderr
