"""Unsafe settings are refused by name before anything starts, and the environment is read strictly."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from config import checks, env
from config.management.commands import grant_rights
from reports.fact_tables import FACT_TABLES

SAFE: dict[str, object] = {
    "STRIPE_API_KEY": "sk_live_abcdefgh",
    "STRIPE_API_BASE": "",
    "STRIPE_WEBHOOK_SECRETS": ["whsec_abcdefghijklmnop"],
    "DEBUG": False,
    "INSECURE_LOCAL": False,
    "BASE_URL": "https://give.example.org",
    "SECRET_KEY": "s" * 50,
    "ALLOWED_HOSTS": ["give.example.org"],
}
LOCAL: dict[str, object] = {
    **SAFE,
    "STRIPE_API_KEY": "sk_test_sandbox",
    "STRIPE_API_BASE": "http://127.0.0.1:12111",
    "INSECURE_LOCAL": True,
    "BASE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": ["localhost"],
}


def found(settings: Any, base: dict[str, object], **changed: object) -> set[str]:
    for name, value in {**base, **changed}.items():
        setattr(settings, name, value)
    messages = [*checks.check_processor(None), *checks.check_place(None)]
    assert all(message.hint for message in messages)
    return {str(message.id) for message in messages}


@pytest.mark.parametrize("base", [SAFE, LOCAL])
def test_sound_settings_pass(settings: Any, base: dict[str, object]) -> None:
    assert found(settings, base) == set()


@pytest.mark.parametrize(
    ("base", "changed", "errors"),
    [
        (SAFE, {"STRIPE_API_KEY": ""}, {"E001"}),
        (SAFE, {"STRIPE_API_KEY": "pk_live_abc"}, {"E001"}),
        (SAFE, {"STRIPE_API_BASE": "http://127.0.0.1:1"}, {"E002", "E004"}),
        (SAFE, {"DEBUG": True}, {"E003"}),
        (LOCAL, {"STRIPE_API_BASE": "http://sandbox.example.org"}, {"E004"}),
        (LOCAL, {"STRIPE_API_BASE": "http://127.0.0.1.example.org"}, {"E004"}),
        (LOCAL, {"INSECURE_LOCAL": False}, {"E004"}),
        (SAFE, {"STRIPE_WEBHOOK_SECRETS": []}, {"E005"}),
        (SAFE, {"STRIPE_WEBHOOK_SECRETS": [""]}, {"E005"}),
        (SAFE, {"STRIPE_WEBHOOK_SECRETS": ["whsec_short"]}, {"E005"}),
        (SAFE, {"STRIPE_WEBHOOK_SECRETS": ["whsec_abcdefghijklmnop", "secret"]}, {"E005"}),
        (LOCAL, {"BASE_URL": "https://give.example.org"}, {"E006"}),
        (LOCAL, {"STRIPE_API_KEY": "rk_live_abc", "STRIPE_API_BASE": ""}, {"E007"}),
        (SAFE, {"SECRET_KEY": "s" * 49}, {"E008"}),
        (SAFE, {"ALLOWED_HOSTS": ["*"]}, {"E009"}),
    ],
)
def test_each_unsafe_setting_is_named(
    settings: Any, base: dict[str, object], changed: dict[str, object], errors: set[str]
) -> None:
    assert found(settings, base, **changed) == {f"almoner.{error}" for error in errors}


def test_the_checks_are_registered() -> None:
    from django.core.checks.registry import registry

    assert {checks.check_place, checks.check_processor} <= set(registry.get_checks())


@pytest.mark.parametrize(
    ("value", "read"), [("1", True), ("Yes", True), ("off", False), ("", False), (" true ", True)]
)
def test_a_flag_is_read(monkeypatch: pytest.MonkeyPatch, value: str, read: bool) -> None:
    monkeypatch.setenv("DEBUG", value)
    assert env.flag("DEBUG") is read


def test_what_is_unreadable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be 0 or 1"):
        env.flag("DEBUG")
    monkeypatch.setenv("TRUSTED_PROXIES", "two")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES must be a whole number"):
        env.integer("TRUSTED_PROXIES")
    with pytest.raises(KeyError):
        env.text("NOT_IN_THE_TABLE")


def test_lists_and_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example.org, ,b.example.org")
    assert env.listing("ALLOWED_HOSTS") == ["a.example.org", "b.example.org"]
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    assert env.text("LOG_LEVEL") == "INFO"
    assert env.path("STATE_DIR").is_absolute()


def test_a_database_address_is_taken_apart() -> None:
    read = env.database(
        "postgresql://app:p%40ss@db.example.org:5433/al%2Fmoner?sslmode=require", application="almoner"
    )
    assert (read["NAME"], read["USER"], read["PASSWORD"]) == ("al/moner", "app", "p@ss")
    assert (read["HOST"], read["PORT"]) == ("db.example.org", "5433")
    assert read["OPTIONS"] == {
        "application_name": "almoner",
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,
        "server_side_binding": True,
        "prepare_threshold": 5,
        "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
        "sslmode": "require",
    }
    assert env.database("postgres://u@/d?host=/run/pg", application="a")["HOST"] == "/run/pg"
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL 15 to 18 only"):
        env.database("sqlite:///x", application="a")


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("", 25, False, False),
        ("smtp://mail.example.org", 25, False, False),
        ("smtps://u:p%20w@mail.example.org", 465, True, False),
        ("smtp+tls://mail.example.org", 587, False, True),
        ("smtp://127.0.0.1:2525", 2525, False, False),
    ],
)
def test_a_mail_address_is_taken_apart(url: str, port: int, ssl: bool, tls: bool) -> None:
    read = env.email(url)
    assert (read["EMAIL_PORT"], read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"]) == (port, ssl, tls)
    assert read["EMAIL_HOST_PASSWORD"] == ("p w" if "u:" in url else "")


def test_mail_goes_by_smtp_only() -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        env.email("http://mail.example.org")


def test_every_variable_that_is_read_is_in_the_table_once() -> None:
    names = [variable.name for variable in env.VARIABLES]
    assert len(names) == len(set(names))
    source = (Path(env.__file__).parent / "settings.py").read_text()
    for name in names:
        if name != "MIGRATION_DATABASE_URL":
            assert f'"{name}"' in source, name
    assert {variable.name for variable in env.VARIABLES if variable.is_secret} >= {
        "SECRET_KEY", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRETS", "DATABASE_URL", "EMAIL_URL",
    }  # fmt: skip


def rights(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right_name FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS right_name"
            " WHERE has_table_privilege('almoner_app', %s, right_name)",
            [table],
        )
        return {row[0] for row in cursor.fetchall()}


def test_the_application_may_only_add_to_facts(granted_role: str, db: None) -> None:
    out = StringIO()
    call_command("grant_rights", role=granted_role, stdout=out)
    assert f"{len(FACT_TABLES) + 2} of them to be added to only" in out.getvalue()
    for table in (
        "ledger_line",
        "paper_document",
        "donations_donation",
        "campaigns_unitcost",
        "django_migrations",
    ):
        assert rights(table) == {"SELECT", "INSERT"}, table
    for table in ("donations_checkout", "donors_message", "receipts_series"):
        assert rights(table) == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


def test_a_second_release_gives_no_rights_on_queues_that_are_not_its_own(granted_role: str, db: None) -> None:
    """The application makes its queues itself when the first bell is rung; the next version's release meets them."""
    keeper = f"keeper_{uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS pgmq")
        cursor.execute(f"CREATE ROLE {keeper}")
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA pgmq TO {keeper}, {granted_role}")
        for role, table in ((granted_role, "q_theirs"), (keeper, "q_ours")):
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(f"CREATE TABLE pgmq.{table} (msg_id bigint)")
        cursor.execute(grant_rights.QUEUES)
        mine = {row[0] for row in cursor.fetchall()}
        cursor.execute("RESET ROLE")
    assert "pgmq.q_ours" in mine
    assert "pgmq.q_theirs" not in mine
    call_command("grant_rights", role=granted_role, verbosity=0)


def test_a_role_with_a_strange_name_is_only_a_name(db: None) -> None:
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match="does not exist"):
        call_command("grant_rights", role='x"; DROP TABLE ledger_line; --')
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ledger_line')")
        assert cursor.fetchone()[0] == "ledger_line"
