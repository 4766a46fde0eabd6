"""What an appeal cost: written down once, taken back by a row against it, summed by code and currency."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection

from campaigns import spending
from campaigns.models import AppealCost, SourceCode
from campaigns.spending import Spent, TakenBackAlready, UnableToSpend
from ledger.money import Money
from staff.models import AuditEvent, User
from tests import facts
from tests.campaigns import making
from tests.campaigns.making import NOW, TODAY
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> User:
    return facts.staff_member()


def code(name: str = "spring", **campaign: object) -> SourceCode:
    found = SourceCode.objects.filter(code=name).first()
    return found or SourceCode.objects.create(
        code=name, name=name.title(), campaign=making.campaign(**campaign), created_at=NOW
    )


def cost(minor: int = 20_000, **given: object) -> Spent:
    values: dict[str, object] = {
        "id": uuid.uuid4(),
        "source": code(),
        "amount": Money(minor, "USD"),
        "spent_on": TODAY,
        "words": "Printing",
        **given,
    }
    return Spent(**values)  # type: ignore[arg-type]


def spend(actor: User, one: Spent) -> AppealCost:
    return spending.spend(cost=one, today=TODAY, actor=actor, now=NOW)


def test_costs_are_summed_by_code_and_currency(actor: User) -> None:
    spend(actor, cost(20_000))
    spend(actor, cost(5_000, words="Postage"))
    spend(actor, cost(9_000, amount=Money(9_000, "KRW")))
    other = code("autumn", slug="well", fund=making.fund("WEL"))
    spend(actor, cost(source=other, amount=Money(100, "USD")))
    assert spending.spent(currency="USD") == {other: Money(100, "USD"), code(): Money(25_000, "USD")}
    assert spending.spent(currency="USD", campaign="family") == {code(): Money(25_000, "USD")}
    assert spending.spent(currency="KRW", entity="US") == {code(): Money(9_000, "KRW")}
    assert spending.spent(currency="KRW", entity="KR") == {}
    assert [row.amount_minor for row in spending.written_down(code="autumn")] == [100]
    assert spending.written_down().count() == 4


def test_pressed_twice_it_is_one_cost(actor: User) -> None:
    one = cost()
    assert spend(actor, one) == spend(actor, one)
    assert AppealCost.objects.count() == 1
    note = AuditEvent.objects.get(action="appeal.spent")
    assert note.details["amount_minor"] == 20_000
    assert note.target == f"source:{code().pk}"


def test_a_cost_is_taken_back_once_and_both_rows_stay(actor: User) -> None:
    made = spend(actor, cost())
    back = spending.take_back(cost_id=made.pk, actor=actor, now=NOW)
    assert spending.spent(currency="USD") == {}
    assert (back.reverses_id, back.amount) == (made.pk, made.amount)
    for again in (made, back):
        with pytest.raises(TakenBackAlready):
            spending.take_back(cost_id=again.pk, actor=actor, now=NOW)
    assert AppealCost.objects.count() == 2
    assert AuditEvent.objects.filter(action="appeal.cost_taken_back").count() == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"amount": Money(0, "USD")}, "amount"),
        ({"amount": Money(10**14, "USD")}, "amount"),
        ({"spent_on": TODAY + timedelta(days=1)}, "day"),
        ({"words": "  "}, "words"),
        ({"words": "x" * 121}, "words"),
    ],
)
def test_what_cannot_be_a_cost_is_refused(actor: User, wrong: dict[str, object], why: str) -> None:
    with pytest.raises(UnableToSpend) as refused:
        spend(actor, cost(**wrong))  # type: ignore[arg-type]
    assert refused.value.code == why
    assert not AppealCost.objects.exists()


@pytest.mark.parametrize(
    "otherwise", [{"amount_minor": 1}, {"currency": "KRW"}, {"spent_on": date(2026, 1, 1)}]
)
def test_a_cost_is_taken_back_as_it_was(actor: User, otherwise: dict[str, object]) -> None:
    made = spend(actor, cost())
    values = {
        "amount_minor": made.amount_minor,
        "currency": made.currency,
        "spent_on": made.spent_on,
        **otherwise,
    }
    with refused_by("appeal_cost_is_taken_back_whole"):
        AppealCost.objects.create(
            source=made.source, words="x", reverses=made, recorded_by=actor, recorded_at=NOW, **values
        )


def test_the_application_writes_and_takes_back_with_its_own_rights(
    actor: User, as_application: Callable[[], None]
) -> None:
    one = cost()
    as_application()
    made = spend(actor, one)
    spending.take_back(cost_id=made.pk, actor=actor, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "almoner_app"
    assert spending.spent(currency="USD") == {}
