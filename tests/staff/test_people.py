"""The operator's shell: people come, change and go, and every step is written down."""

from __future__ import annotations

from datetime import datetime
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from staff import auditing, people, roles
from staff.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    told = StringIO()
    call_command("staff", *words, stdout=told)
    return told.getvalue()


def test_somebody_is_added_and_may_sign_in_with_the_password_told() -> None:
    told = run("add", "anna@example.org", "--name", "Anna", "--role", "finance")
    password = told.split(" may sign in with ")[1].split()[0]
    assert authenticate(None, username="anna@example.org", email="anna@example.org", password=password)
    assert roles.held_by(User.objects.get(email="anna@example.org")) == {"finance"}


def test_the_same_address_is_refused_whatever_its_letters() -> None:
    run("add", "anna@example.org", "--name", "Anna", "--role", "finance")
    with pytest.raises(CommandError, match="works here already"):
        run("add", "ANNA@example.org", "--name", "Anna", "--role", "admin")


def test_roles_are_exactly_those_set(now: datetime) -> None:
    people.add(email="b@example.org", name="B", roles=[Role.ADMIN], password="a-long-password", now=now)
    run("roles", "b@example.org", "--role", "viewer", "--role", "editor")
    assert roles.held_by(User.objects.get(email="b@example.org")) == {"viewer", "editor"}
    with pytest.raises(CommandError, match="Nobody here"):
        run("roles", "nobody@example.org", "--role", "viewer")


def test_a_closed_account_cannot_sign_in_and_its_sessions_end(now: datetime) -> None:
    user = people.add(
        email="c@example.org", name="C", roles=[Role.ADMIN], password="a-long-password", now=now
    )
    before = user.get_session_auth_hash()
    run("close", "c@example.org")
    user = User.objects.get(email="c@example.org")
    assert user.get_session_auth_hash() != before
    assert (
        authenticate(None, username="c@example.org", email="c@example.org", password="a-long-password")
        is None
    )
    assert not roles.may(user, roles=[Role.ADMIN])
    assert "closed" in run("list")
    assert AuditEvent.objects.filter(actor="system:operator").count() == 2
    assert auditing.broken_links() == []
