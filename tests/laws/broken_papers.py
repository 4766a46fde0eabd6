"""Rows that break the laws of what is known of a gift, and of what a receipt says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from donations.models import Benefit, Correction, Donation, GiftDetail, GiftEvent, SoftCredit
from receipts.models import Receipt, ReceiptTotal
from tests import facts
from tests.facts import NOW


def thing_without_words() -> None:
    given = facts.donation()
    values = {field.attname: getattr(given, field.attname) for field in Donation._meta.fields}
    fresh = {"id": facts.fresh_id(), "processor_ref": "ch_x", "payment_ref": "pi_x", "kind": "property"}
    Donation.objects.create(**values | fresh)


def benefit(**given: object) -> None:
    values: dict[str, object] = {"donation": facts.donation(), "description": "Dinner", "entered_at": NOW}
    Benefit.objects.create(**values | given)


def withdraws_itself() -> None:
    benefit(pk=7, withdraws_id=7)


def detail(**given: object) -> None:
    GiftDetail.objects.create(donation=facts.donation(), entered_at=NOW, **given)


def event_twice() -> None:
    gift = facts.donation()
    for day in (1, 2):
        GiftEvent.objects.create(donation=gift, basis="postmark", on=date(2026, 11, day), entered_at=NOW)


def credit(*, times: int = 1, minor: int = 1, is_own: bool = False) -> None:
    gift = facts.donation()
    for _ in range(times):
        SoftCredit.objects.create(
            donation=gift,
            donor=facts.donor("Hannah Lee", "hannah@example.org"),
            kind="match",
            amount_minor=minor,
            matches=gift if is_own else None,
            entered_at=NOW,
        )


def correction(*, after: str = "b", reason: str = "mistyped") -> None:
    Correction.objects.create(
        donation=facts.donation(),
        before={"kind": "a"},
        after={"kind": after},
        reason=reason,
        corrected_by=facts.staff_member(),
        corrected_at=NOW,
    )


def total(**given: object) -> None:
    facts.donation()
    facts.paperwork()
    values: dict[str, object] = {"currency": "EUR", "total_minor": 2, "eligible_minor": 1, **given}
    ReceiptTotal.objects.create(receipt=Receipt.objects.get(), **values)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "donation_of_a_thing_is_described": [thing_without_words],
    "benefit_value_is_not_negative": [lambda: benefit(fair_value_minor=-1)],
    "benefit_cost_is_not_negative": [lambda: benefit(cost_minor=-1)],
    "benefit_does_not_withdraw_itself": [withdraws_itself],
    "gift_detail_counts_something": [lambda: detail(quantity=0)],
    "gift_detail_equivalent_has_its_rate": [
        lambda: detail(equivalent_minor=1, equivalent_currency="USD"),
        lambda: detail(equivalent_minor=1, rate_on=NOW.date()),
        lambda: detail(equivalent_currency="USD"),
    ],
    "gift_event_once_per_basis": [event_twice],
    "soft_credit_once_per_person": [lambda: credit(times=2)],
    "soft_credit_amount_is_positive": [lambda: credit(minor=0)],
    "soft_credit_matches_another_gift": [lambda: credit(is_own=True)],
    "correction_has_a_reason": [lambda: correction(reason="")],
    "correction_changes_something": [lambda: correction(after="a")],
    "receipt_total_once_per_currency": [lambda: total(currency="USD")],
    "receipt_total_holds_its_eligible_part": [
        lambda: total(eligible_minor=3),
        lambda: total(eligible_minor=-1),
        lambda: total(total_minor=-1, eligible_minor=-1),
    ],
}
