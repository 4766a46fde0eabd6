"""Securities that were given are sold: bank, fee, gain or loss; the gift stays what it was (D7)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from books import selling
from books.models import SecuritySale
from books.selling import Sold, UnableToSell
from donations import restating
from donations.dating import Basis
from donations.models import Donation
from ledger.models import Entry, Fund, LegalEntity
from ledger.money import Money
from payments.models import BankAccount
from tests import facts
from tests.books.holding import TODAY, usd
from tests.campaigns import making
from tests.donations import desk
from tests.facts import NOW
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


def bank(**told: object) -> BankAccount:
    values = {"entity": making.entity(), "name": "Operating", "currency": "USD", "added_at": NOW, **told}
    found = BankAccount.objects.filter(name=values["name"]).first()
    return found or BankAccount.objects.create(**values)


def shares(minor: int = 101_500, **told: object) -> Donation:
    kind = Donation.Kind.STOCK
    gift = desk.thing(
        amount=usd(minor),
        kind=kind,
        method="stock",
        description="10 shares ABC",
        days={Basis.TRANSFER: date(2026, 11, 18)},
        **told,
    )
    return desk.enter(gift)


def sold(price: int = 101_000, fee: int = 500, **told: object) -> Sold:
    made = Sold(bank_account=bank(), price=usd(price), fee=usd(fee), sold_on=TODAY)
    return replace(made, **told)  # type: ignore[arg-type]


def sell(gift: Donation, told: Sold | None = None) -> SecuritySale:
    return selling.sell(donation_id=gift.pk, sold=told or sold(), actor=facts.staff_member(), now=NOW)


def lines(gift: Donation) -> list[tuple[str, int]]:
    found = Entry.objects.get(source=f"sale:{gift.pk}").lines.order_by("id")
    return list(found.values_list("account__code", "amount_minor"))


def test_stock_received_at_1015_and_sold_for_1010_less_a_fee_of_5_loses_5() -> None:
    gift = shares()
    sell(gift)
    assert lines(gift) == [("1000", 100_500), ("5170", 500), ("4450", 500), ("1300", -101_500)]
    assert selling.received_at(donation=gift) == []


def test_stock_that_brings_more_is_a_gain_and_no_larger_gift() -> None:
    gift = shares()
    sell(gift, sold(price=120_000, fee=0))
    assert lines(gift) == [("1000", 120_000), ("4450", -18_500), ("1300", -101_500)]


def test_a_gift_to_two_funds_shares_price_fee_and_loss_exactly() -> None:
    one, other = facts.campaign().fund, facts.general()
    gift = shares(100, parts=[(one, usd(67)), (other, usd(33))])
    sell(gift, sold(price=50, fee=1))
    found = Entry.objects.get(source=f"sale:{gift.pk}").lines
    for fund in (one, other):
        told = dict(found.filter(fund=fund).values_list("account__code", "amount_minor"))
        assert sum(told.values()) == 0
    assert sum(found.filter(account__code="1000").values_list("amount_minor", flat=True)) == 49
    assert sum(found.filter(account__code="1300").values_list("amount_minor", flat=True)) == -100


def test_told_twice_it_is_one_sale_and_another_price_is_refused() -> None:
    gift = shares()
    assert sell(gift) == sell(gift)
    with pytest.raises(UnableToSell) as refused:
        sell(gift, sold(price=1))
    assert refused.value.code == "sold"


def test_what_cannot_be_sold_is_refused() -> None:
    gift = shares()
    other = LegalEntity.objects.create(
        code="OTHER", legal_name="Other", country="US", address="x", registration="x", status_line="x",
        signatory="x", email="o@example.org", zone="UTC", base_currency="USD", paper="a4",
    )  # fmt: skip
    told = {
        "price": sold(price=0),
        "fee": sold(price=5, fee=6),
        "day": sold(sold_on=TODAY + timedelta(days=1)),
        "bank": sold(bank_account=bank(name="Won", currency="KRW")),
    }
    for code, wrong in {**told, "bank ": sold(bank_account=bank(name="Theirs", entity=other))}.items():
        with pytest.raises(UnableToSell) as refused:
            sell(gift, wrong)
        assert refused.value.code == code.strip()
    with pytest.raises(UnableToSell) as refused:
        sell(gift, sold(sold_on=gift.given_on - timedelta(days=1)))
    assert refused.value.code == "day"
    with pytest.raises(UnableToSell) as refused:
        sell(gift, Sold(bank_account=bank(), price=Money(5, "KRW"), fee=usd(0), sold_on=TODAY))
    assert refused.value.code == "price"
    with pytest.raises(UnableToSell) as refused:
        sell(desk.enter(desk.thing()))
    assert refused.value.code == "kind"
    with pytest.raises(UnableToSell) as refused:
        selling.sell(donation_id=uuid.uuid4(), sold=sold(), actor=facts.staff_member(), now=NOW)
    assert refused.value.code == "unknown"
    assert not SecuritySale.objects.exists()


def test_what_was_entered_as_money_and_is_a_security_is_sold_for_what_it_stands_for() -> None:
    gift = desk.enter(desk.check())
    restating.restate(
        donation_id=gift.pk,
        changes={"kind": "stock", "description": "10 shares"},
        reason="It was stock",
        actor=facts.staff_member(),
        now=NOW,
    )
    sell(gift, sold(price=25_000, fee=0))
    assert lines(gift) == [("1000", 25_000), ("1300", -25_000)]


def test_nothing_is_sold_twice_from_the_books() -> None:
    gift = shares()
    Fund.objects.filter(code="GEN").first()
    with refused_by("security_sale_is_in_the_books"):
        SecuritySale.objects.create(
            donation=gift, bank_account=bank(), sold_on=TODAY, price_minor=100, sold_by=facts.staff_member(),
            recorded_at=NOW,
        )  # fmt: skip


def test_only_securities_are_sold_and_stay_securities() -> None:
    coats = desk.enter(desk.thing())
    with refused_by("security_sale_is_of_securities"):
        SecuritySale.objects.create(
            donation=coats, bank_account=bank(), sold_on=date(2026, 11, 20), price_minor=100,
            sold_by=facts.staff_member(), recorded_at=NOW,
        )  # fmt: skip
    gift = shares()
    sell(gift)
    with refused_by("sold_gift_stays_a_security"):
        restating.restate(
            donation_id=gift.pk,
            changes={"kind": "property"},
            reason="It was coats",
            actor=facts.staff_member(),
            now=NOW,
        )
