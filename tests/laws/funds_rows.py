"""Rows that break the laws of funds: releases, buildings, transfers, sales; and one good row of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from books import selling
from books.models import FundTransfer, PlacedAsset, Release, ReleasePolicy, SecuritySale, TransferRequest
from books.selling import Sold
from donations.dating import Basis
from donations.models import Donation
from payments.models import BankAccount
from tests import facts
from tests.books import holding
from tests.books.holding import TODAY, center, usd
from tests.campaigns import making
from tests.donations import desk
from tests.facts import NOW


def release(**changed: object) -> Release:
    values: dict[str, object] = {
        "fund": center(),
        "kind": "purpose",
        "amount_minor": 100,
        "currency": "USD",
        "released_on": TODAY,
        "reason": "x",
        "document_id": holding.released_paper(),
        "document_name": "a.pdf",
        "released_by": facts.staff_member(),
        "recorded_at": NOW,
        **changed,
    }
    return Release.objects.create(**values)


def reversing_itself() -> None:
    pk = facts.fresh_id()
    release(id=pk, reverses_id=pk)


def asset(**changed: object) -> PlacedAsset:
    values: dict[str, object] = {
        "fund": center(),
        "name": "Community center",
        "opened_on": TODAY,
        "spent_minor": 100,
        "currency": "USD",
        "document_id": holding.released_paper(),
        "document_name": "a.pdf",
        "entered_by": facts.staff_member(),
        "recorded_at": NOW,
        **changed,
    }
    return PlacedAsset.objects.create(**values)


def policy(**changed: object) -> None:
    values: dict[str, object] = {"rule": "opening_day", "months": 0, **changed}
    ReleasePolicy.objects.create(
        entity=making.entity(), changed_by=facts.staff_member(), changed_at=NOW, **values
    )


def _moving(**changed: object) -> dict[str, object]:
    return {
        "fund_from": facts.general(),
        "fund_to": center(),
        "is_restricted": False,
        "amount_minor": 100,
        "currency": "USD",
        "moved_on": TODAY,
        "reason": "x",
        "asked_by": facts.staff_member(),
        **changed,
    }


def request(**changed: object) -> None:
    TransferRequest.objects.create(**_moving(asked_at=NOW, **changed))


def transfer(**changed: object) -> None:
    FundTransfer.objects.create(**_moving(recorded_at=NOW, **{"approved_by": holding.second(), **changed}))


def shares() -> Donation:
    return desk.enter(
        desk.thing(
            kind=Donation.Kind.STOCK,
            method="stock",
            description="10 shares ABC",
            days={Basis.TRANSFER: date(2026, 11, 18)},
        )
    )


def bank() -> BankAccount:
    return BankAccount.objects.create(entity=making.entity(), name="Operating", currency="USD", added_at=NOW)


def sale(**changed: object) -> None:
    values: dict[str, object] = {"price_minor": 100, "fee_minor": 0, **changed}
    SecuritySale.objects.create(
        donation=shares(), bank_account=bank(), sold_on=TODAY, sold_by=facts.staff_member(), recorded_at=NOW,
        **values,
    )  # fmt: skip


def every() -> None:
    """One good row of each fact, through the deeds."""
    holding.given(500_000)
    holding.opened(100_000)
    holding.released(50_000)
    holding.given(5_000, fund=facts.general())
    holding.moved(100, fund_from=facts.general(), fund_to=center())
    told = Sold(bank_account=bank(), price=usd(190_000), fee=usd(500), sold_on=TODAY)
    selling.sell(donation_id=shares().pk, sold=told, actor=facts.staff_member(), now=NOW)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "release_amount_is_positive": [lambda: release(amount_minor=0), lambda: release(amount_minor=-1)],
    "release_has_a_reason": [lambda: release(reason="")],
    "release_placed_in_service_names_what": [
        lambda: release(kind="placed_in_service"),
        lambda: release(asset=asset()),
    ],
    "release_does_not_reverse_itself": [reversing_itself],
    "placed_asset_cost_is_positive": [lambda: asset(spent_minor=0)],
    "placed_asset_has_a_name": [lambda: asset(name="")],
    "release_policy_has_months_only_of_use": [
        lambda: policy(months=1),
        lambda: policy(rule="useful_life"),
        lambda: policy(rule="useful_life", months=1201),
    ],
    "transfer_request_amount_is_positive": [lambda: request(amount_minor=0)],
    "transfer_request_between_two_funds": [lambda: request(fund_to=facts.general())],
    "transfer_request_has_a_reason": [lambda: request(reason="")],
    "transfer_request_of_restricted_money_is_shown": [lambda: request(is_restricted=True)],
    "transfer_request_decided_by_another": [
        lambda: request(status="approved"),
        lambda: request(status="approved", decided_by=facts.staff_member(), decided_at=NOW),
        lambda: request(status="declined", decided_by=holding.second()),
        lambda: request(status="withdrawn", decided_by=holding.second(), decided_at=NOW),
        lambda: request(status="asked", decided_by=holding.second(), decided_at=NOW),
    ],
    "fund_transfer_amount_is_positive": [lambda: transfer(amount_minor=0)],
    "fund_transfer_between_two_funds": [lambda: transfer(fund_to=facts.general())],
    "fund_transfer_has_a_reason": [lambda: transfer(reason="")],
    "fund_transfer_approved_by_another": [lambda: transfer(approved_by=facts.staff_member())],
    "fund_transfer_of_restricted_money_is_shown": [lambda: transfer(is_restricted=True)],
    "security_sale_brings_something": [
        lambda: sale(price_minor=0),
        lambda: sale(fee_minor=-1),
        lambda: sale(fee_minor=101),
    ],
}
TRIGGERS = {
    "release_is_in_the_books",  # tests/books/test_releasing.py, as the other two of releases
    "release_not_above_balance",
    "release_reversal_is_of_the_whole",
    "fund_transfer_is_in_the_books",  # tests/books/test_transferring.py, as the others of transfers
    "fund_transfer_not_above_balance",
    "fund_transfer_stays_in_its_class",
    "fund_transfer_within_one_body",
    "transfer_request_takes_allowed_step",
    "security_sale_is_in_the_books",  # tests/books/test_selling.py
    "security_sale_is_of_securities",
    "sold_gift_stays_a_security",
}
