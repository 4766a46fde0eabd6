"""The command that makes and ends keys."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from api.models import ApiKey
from staff.models import AuditEvent, Role
from tests.api import making

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("api_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_a_key_is_made_listed_and_ended() -> None:
    owner = making.user(Role.FINANCE, email="ann@example.org")
    shown = run(
        "create",
        "--owner",
        "ANN@example.org",
        "--name",
        "books",
        "--scope",
        "donations:read",
        "--scope",
        "donors:read",
    )
    key = ApiKey.objects.get()
    assert (key.owner, key.scopes) == (owner, ["donations:read", "donors:read"])
    assert shown.startswith(f"alm_{key.prefix}_")
    listed = run("list")
    assert key.prefix in listed
    assert shown.rsplit("_", 1)[1] not in listed
    assert run("revoke", key.prefix) == "revoked"
    actions = AuditEvent.objects.order_by("number").values_list("action", flat=True)
    assert list(actions) == ["api_key.issued", "api_key.revoked"]


def test_what_it_refuses() -> None:
    making.user(email="ann@example.org")
    for arguments in [
        ("create", "--owner", "nobody@example.org", "--name", "x", "--scope", "donors:read"),
        ("create", "--owner", "ann@example.org", "--name", "x", "--scope", "everything"),
        ("create", "--owner", "ann@example.org", "--name", "x"),
        ("create", "--owner", "ann@example.org", "--name", "x", "--scope", "donors:read", "--days", "-1"),
        ("revoke", "000000000000"),
    ]:
        with pytest.raises(CommandError):
            run(*arguments)
    assert not ApiKey.objects.exists()
