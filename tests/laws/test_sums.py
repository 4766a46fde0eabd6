"""The laws that look at more than one row, broken by raw rows as the application's role."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from donations.models import (
    Checkout,
    Designation,
    Donation,
    PlanChange,
    Refund,
    RefundPart,
    RefundRequest,
    TransferPromise,
)
from ledger import posting
from ledger.models import Entry, Line
from receipts.models import Receipt, Series
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW
from tests.refusing import refused_by

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _as_the_application(request: pytest.FixtureRequest) -> None:
    if "committed_db" not in request.fixturenames:
        facts_first = request.getfixturevalue("as_application")
        facts.campaign()
        facts.donor()
        posting.account_id("1100")
        facts_first()


def entry(lines: list[tuple[str, int, int, str]], *, count: int | None = None) -> Entry:
    made = Entry.objects.create(
        entity=making.entity(),
        kind="adjustment",
        source=f"test:{facts.number()}",
        happened_at=NOW,
        booked_on=NOW.date(),
        line_count=len(lines) if count is None else count,
        recorded_at=NOW,
    )
    for account, fund_id, minor, currency in lines:
        Line.objects.create(
            entry=made,
            account_id=posting.account_id(account),
            fund_id=fund_id,
            amount_minor=minor,
            currency=currency,
        )
    return made


def test_an_entry_off_by_one_is_refused() -> None:
    fund = making.any_fund().pk
    with refused_by("entry_balances"):
        entry([("1100", fund, 100, "USD"), ("4000", fund, -99, "USD")])


def test_an_entry_that_balances_only_over_two_funds_is_refused() -> None:
    with refused_by("entry_balances"):
        entry([("1100", making.any_fund().pk, 100, "USD"), ("4000", facts.general().pk, -100, "USD")])


def test_an_entry_that_balances_only_over_two_currencies_is_refused() -> None:
    fund = making.any_fund().pk
    with refused_by("entry_balances"):
        entry([("1100", fund, 100, "USD"), ("4000", fund, -100, "KRW")])


def test_an_entry_with_a_line_missing_is_refused() -> None:
    fund = making.any_fund().pk
    balanced = [("1100", fund, 100, "USD"), ("4000", fund, -100, "USD")]
    with refused_by("entry_is_complete"):
        entry(balanced, count=3)
    with refused_by("entry_is_complete"):
        entry([], count=2)


def test_lines_cannot_be_added_to_an_entry_later() -> None:
    fund = making.any_fund().pk
    made = entry([("1100", fund, 100, "USD"), ("4000", fund, -100, "USD")])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with refused_by("entry_is_complete"):
        for minor in (5, -5):
            Line.objects.create(
                entry=made,
                account_id=posting.account_id("1100"),
                fund_id=fund,
                amount_minor=minor,
                currency="USD",
            )


def bare_donation(**given: object) -> Donation:
    asked = facts.received()
    values: dict[str, object] = {
        "entity": asked.entity,
        "donor_id": asked.donor_id,
        "campaign": asked.campaign,
        "rail": "processor",
        "method": "card",
        "processor_ref": asked.processor_ref,
        "amount_minor": 10_000,
        "currency": "USD",
        "given_at": NOW,
        "given_on": NOW.date(),
        "date_rule": "charge_in_entity_zone",
        "language": "en",
        "is_live": False,
        "recorded_at": NOW,
        **given,
    }
    return Donation.objects.create(**values)


@pytest.mark.parametrize("designated", [[], [9_999], [10_001], [5_000, 4_999]])
def test_designations_must_sum_to_the_donation(designated: list[int]) -> None:
    funds = [making.any_fund(), facts.general()]
    with refused_by("designations_sum_to_donation"):
        gift = bare_donation()
        for fund, minor in zip(funds, designated, strict=False):
            Designation.objects.create(donation=gift, fund=fund, amount_minor=minor)


def test_a_designation_cannot_be_added_later() -> None:
    gift = facts.donation()
    with refused_by("designations_sum_to_donation"):
        Designation.objects.create(donation=gift, fund=facts.general(), amount_minor=1)


def bare_refund(of: Donation, minor: int) -> Refund:
    return Refund.objects.create(
        donation=of,
        processor_ref=f"re_{facts.number()}",
        amount_minor=minor,
        refunded_at=NOW,
        recorded_at=NOW,
    )


@pytest.mark.parametrize("parts", [[], [99], [101], [60, 39]])
def test_parts_must_sum_to_the_refund(parts: list[int]) -> None:
    gift = facts.donation({making.any_fund(): 5_000, facts.general(): 5_000})
    with refused_by("refund_parts_sum_to_refund"):
        back = bare_refund(gift, 100)
        for fund, minor in zip([making.any_fund(), facts.general()], parts, strict=False):
            RefundPart.objects.create(refund=back, fund=fund, amount_minor=minor)


def test_a_part_cannot_be_added_to_a_refund_later() -> None:
    gift = facts.donation({making.any_fund(): 9_900, facts.general(): 100})
    back = facts.refund(gift, 50)
    with refused_by("refund_parts_sum_to_refund"):
        RefundPart.objects.create(refund=back, fund=facts.general(), amount_minor=1)


def test_refunds_never_pass_the_donation() -> None:
    gift = facts.donation()
    with refused_by("refund_not_above_donation"):
        bare_refund(gift, 10_001)
    facts.refund(gift, 6_000)
    with refused_by("refund_not_above_donation"):
        bare_refund(gift, 4_001)
    second = facts.refund(gift, 4_000)
    with refused_by("refund_not_above_donation"):
        bare_refund(gift, 1)
    facts.returned(second)
    facts.refund(gift, 4_000)


def test_two_refunds_at_once_cannot_pass_the_donation_together(committed_db: None) -> None:
    gift = facts.donation()

    def give_back() -> bool:
        with transaction.atomic():
            back = bare_refund(gift, 6_000)
            RefundPart.objects.create(refund=back, fund=gift.campaign.fund, amount_minor=6_000)
        return True

    outcomes = threads.at_once([give_back, give_back, give_back])
    refused = [outcome for outcome in outcomes if isinstance(outcome, IntegrityError)]
    assert outcomes.count(True) == 1
    assert [str(refusal).splitlines()[0] for refusal in refused] == [
        "refunds of 12000 would pass the donation of 10000"
    ] * 2
    assert Refund.objects.get().amount_minor == 6_000


CHECKOUT_STEPS = [(before, after) for before in Checkout.Status for after in Checkout.Status]
REQUEST_STEPS = [(before, after) for before in RefundRequest.Status for after in RefundRequest.Status]


@pytest.mark.parametrize(("before", "after"), CHECKOUT_STEPS)
def test_a_checkout_takes_the_steps_of_its_table_and_no_other(
    before: Checkout.Status, after: Checkout.Status
) -> None:
    under_way = {"begun", "open", "confirming"}
    checkout = facts.checkout(
        status=before, session_ref="cs_1", ended_at=None if before in under_way else NOW
    )
    row = Checkout.objects.filter(pk=checkout.pk)
    change = {"status": after, "ended_at": None if after in under_way else NOW}
    if after == before or after in Checkout.STEPS[before]:
        assert row.update(**change) == 1
    else:
        with refused_by("checkout_takes_allowed_step"):
            row.update(**change)


@pytest.mark.parametrize(("before", "after"), REQUEST_STEPS)
def test_a_refund_request_takes_the_steps_of_its_table_and_no_other(
    before: RefundRequest.Status, after: RefundRequest.Status
) -> None:
    under_way = {"proposed", "requested", "sent"}
    asked = facts.request(
        facts.donation(),
        status=before,
        ended_at=None if before in under_way else NOW,
        decided_by=facts.staff_member("other@example.org"),
        decided_at=NOW,
    )
    row = RefundRequest.objects.filter(pk=asked.pk)
    change = {"status": after, "ended_at": None if after in under_way else NOW}
    if after == before or after in RefundRequest.STEPS[before]:
        assert row.update(**change) == 1
    else:
        with refused_by("refund_request_takes_allowed_step"):
            row.update(**change)


@pytest.mark.parametrize("before", PlanChange.Status)
@pytest.mark.parametrize("after", PlanChange.Status)
def test_a_plan_change_takes_the_steps_of_its_table_and_no_other(
    before: PlanChange.Status, after: PlanChange.Status
) -> None:
    asked = facts.plan_change(status=before, ended_at=None if before == "requested" else NOW)
    row = PlanChange.objects.filter(pk=asked.pk)
    change = {"status": after, "ended_at": None if after == "requested" else NOW}
    if after == before or after in PlanChange.STEPS[before]:
        assert row.update(**change) == 1
    else:
        with refused_by("plan_change_takes_allowed_step"):
            row.update(**change)


@pytest.mark.parametrize(
    ("before", "after", "is_allowed"),
    [
        ("open", "lapsed", True),
        ("open", "received", True),
        ("lapsed", "received", True),
        ("lapsed", "open", False),
        ("received", "open", False),
        ("received", "lapsed", False),
    ],
)
def test_a_promised_transfer_that_comes_late_is_received_all_the_same(
    before: str, after: str, is_allowed: bool
) -> None:
    gift = facts.donation()
    told = facts.promise(status=before, donation=gift if before == "received" else None)
    row = TransferPromise.objects.filter(pk=told.pk)
    change = {"status": after, "donation": gift if after == "received" else None}
    if is_allowed:
        assert row.update(**change) == 1
    else:
        with refused_by("transfer_takes_allowed_step"):
            row.update(**change)


@pytest.mark.parametrize(("before", "after"), CHECKOUT_STEPS)
def test_advance_moves_only_along_the_table(before: Checkout.Status, after: Checkout.Status) -> None:
    under_way = {"begun", "open", "confirming"}
    checkout = facts.checkout(
        status=before, session_ref="cs_1", ended_at=None if before in under_way else NOW
    )
    moved = Checkout.advance(pk=checkout.pk, to=after, now=NOW)
    assert moved == (after in Checkout.STEPS[before])
    checkout.refresh_from_db()
    assert checkout.status == (after if moved else before)
    assert (checkout.ended_at is None) == (checkout.status in under_way)


def test_an_attempt_that_does_not_exist_cannot_advance() -> None:
    from donations.models.intents import WrongStep

    with pytest.raises(WrongStep):
        Checkout.advance(pk=uuid.uuid4(), to=Checkout.Status.PAID, now=NOW)


def receipt_row(series: Series, number: int) -> None:
    Receipt.objects.create(
        series=series,
        number=number,
        serial=f"2026-{number:06d}",
        donor=facts.donor(),
        tax_year=2026,
        law="US",
        language="en",
        currency="USD",
        total_minor=1,
        eligible_minor=1,
        snapshot="{}",
        snapshot_sha256="0" * 64,
        previous_hash="0" * 64,
        hash=f"{number:064d}",
        issued_at=NOW,
        issued_on=NOW.date(),
    )


def series(next_number: int = 1) -> Series:
    return Series.objects.create(
        entity=making.entity(), year=2026, next_number=next_number, last_hash="0" * 64
    )


def test_a_number_is_not_left_out() -> None:
    with refused_by("receipt_number_follows"):
        receipt_row(series(4), 3)


def test_the_counter_is_not_moved_without_a_receipt() -> None:
    with refused_by("series_has_no_gap"):
        series(2)
    facts.donation()
    facts.paperwork()
    for moved in (1, 3, 99):
        with refused_by("series_has_no_gap"):
            Series.objects.update(next_number=moved)


@pytest.mark.parametrize("number", [2, 3])
def test_a_receipt_without_its_counter_is_refused(check_laws: Callable[[], None], number: int) -> None:
    facts.donation()
    facts.paperwork()
    check_laws()
    with refused_by("receipt_number_follows"):
        receipt_row(Series.objects.get(), number)


def test_a_file_is_the_bytes_of_its_hash(check_laws: Callable[[], None]) -> None:
    from paper.models import Document

    with refused_by("document_size_is_of_its_content"):
        Document.objects.create(sha256="a" * 64, media_type="x", size=3, content=b"ab", created_at=NOW)
    check_laws()
