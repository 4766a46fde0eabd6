"""The audit trail cannot be bent unseen, and roles open exactly what they open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from staff import auditing, roles
from staff.models import AuditEvent, Role, RoleGrant, User
from tests import facts, threads
from tests.facts import NOW


def tell(count: int = 4) -> None:
    for number in range(count):
        auditing.record(
            actor="test",
            action="look",
            target=f"donation:{number}",
            now=NOW,
            details={"b": number, "a": "이유"},
        )


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_trail_is_one_chain(db: None) -> None:
    user = facts.staff_member()
    first = auditing.record(actor=user, action="refund", target="donation:1", now=NOW)
    second = auditing.record(actor="sweeper", action="look", target="donation:1", now=NOW)
    assert (first.number, first.previous_hash, first.actor) == (1, auditing.GENESIS, f"user:{user.pk}")
    assert (second.number, second.previous_hash, second.actor) == (2, first.hash, "system:sweeper")
    assert auditing.broken_links() == []
    assert str(second) == "2 system:sweeper look donation:1"


def test_the_same_moment_in_another_zone_is_the_same(db: None) -> None:
    auditing.record(
        actor="t", action="a", target="b", now=datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    )
    assert auditing.broken_links() == []
    assert AuditEvent.objects.get().at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE staff_auditevent SET actor = 'user:9' WHERE number = 2", [2]),
        ("UPDATE staff_auditevent SET action = 'x' WHERE number = 1", [1]),
        ("UPDATE staff_auditevent SET at = at + interval '1 second' WHERE number = 3", [3]),
        ("UPDATE staff_auditevent SET details = '{\"b\": 7}' WHERE number = 4", [4]),
        ("DELETE FROM staff_auditevent WHERE number = 2", [3]),
        ("DELETE FROM staff_auditevent WHERE number = 1", [2]),
        ("UPDATE staff_auditevent SET hash = repeat('0', 64) WHERE number = 2", [2, 3]),
        ("UPDATE staff_auditevent SET number = 9 WHERE number = 4", [9]),
    ],
)
def test_tampering_is_found(db: None, unguarded: None, tampering: str, named: list[int]) -> None:
    tell()
    sql(tampering)
    assert auditing.broken_links() == named


def test_many_at_once_make_one_chain(committed_db: None) -> None:
    threads.results(threads.at_once([lambda: tell(3)] * 6))
    assert sorted(AuditEvent.objects.values_list("number", flat=True)) == list(range(1, 19))
    assert auditing.broken_links() == []


def test_details_are_stored_as_told(db: None) -> None:
    tell(1)
    assert AuditEvent.objects.get().details == {"b": 0, "a": "이유"}


def member(*held: Role) -> User:
    user = facts.staff_member()
    for role in held:
        roles.grant(user=user, role=role, now=NOW)
    return user


@pytest.mark.parametrize(
    ("held", "asked", "may"),
    [
        ([], [Role.VIEWER], False),
        ([Role.VIEWER], [Role.VIEWER], True),
        ([Role.VIEWER], [Role.FINANCE], False),
        ([Role.VIEWER, Role.FINANCE], [Role.FINANCE, Role.EDITOR], True),
        ([Role.ADMIN], [Role.FINANCE], True),
        ([Role.ADMIN], [], True),
        ([Role.FINANCE], [], False),
    ],
)
def test_may(db: None, held: list[Role], asked: list[Role], may: bool) -> None:
    assert roles.may(member(*held), roles=asked) is may


def test_somebody_switched_off_may_nothing(db: None) -> None:
    user = member(Role.ADMIN)
    User.objects.filter(pk=user.pk).update(is_active=False)
    gone = User.objects.get(pk=user.pk)
    assert not roles.may(gone, roles=list(Role))
    assert roles.held_by(gone) == frozenset()
    assert not gone.is_staff


def test_a_stranger_may_nothing(db: None) -> None:
    assert not roles.may(AnonymousUser(), roles=list(Role))
    assert not roles.may(None, roles=list(Role))


def test_a_role_is_granted_once_and_known_at_once(db: None) -> None:
    user = member(Role.VIEWER)
    assert not roles.may(user, roles=[Role.EDITOR])
    for _ in range(2):
        roles.grant(user=user, role=Role.EDITOR, now=NOW)
    assert roles.may(user, roles=[Role.EDITOR])
    assert RoleGrant.objects.filter(user=user, role=Role.EDITOR).count() == 1


def test_roles_are_read_once_for_each_user(
    db: None, django_assert_num_queries: Callable[..., object]
) -> None:
    user = User.objects.get(pk=member(Role.VIEWER).pk)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        for _ in range(3):
            assert roles.may(user, roles=[Role.VIEWER])


def test_people_are_found_by_address_whatever_its_case(db: None) -> None:
    user = User.objects.create_user(email="Anna@EXAMPLE.org", name="Anna", password="a long pass phrase")
    assert user.email == "Anna@example.org"
    assert User.objects.get_by_natural_key("anna@example.ORG") == user
    assert user.check_password("a long pass phrase")
    assert str(user) == "Anna"
    assert not User.objects.create_user(email="b@example.org", name="B").has_usable_password()
