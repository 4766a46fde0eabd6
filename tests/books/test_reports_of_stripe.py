"""A settlement report of Stripe beside our books: every row is classified, and its payout ties to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from books import importing
from books.comparing import Verdict
from books.importing import Source
from books.models import ProcessorReport, ProcessorReportRow
from donations import depositing, disputing, recording, refunding
from donations.models import Donation
from ledger.money import Money
from payments.gateway import BalanceLine
from payments.models import BalanceTransaction, Payout, PayoutLine
from tests import facts
from tests.books import files
from tests.facts import NOW

pytestmark = pytest.mark.django_db


def bring(content: bytes, **how: str) -> importing.Outcome:
    asked = files.asked(Source.STRIPE, content, **how)
    return importing.bring_in(asked=asked, actor=facts.staff_member(), now=NOW)


def kept(line: BalanceLine) -> dict[str, str]:
    """The row by which a report tells of a line of the balance."""
    amounts = {name: Money(getattr(line, f"{name}_minor"), line.currency).plain for name in ("fee", "net")}
    gross = Money(line.amount_minor, line.currency).plain
    return {"balance_transaction_id": line.ref, "gross": gross, "source_id": line.source_ref, **amounts}


def month() -> tuple[list[dict[str, str]], Donation]:
    """The books of E1: a charge, a refund, the charge again, and two fees of the processor's own."""
    facts.general()
    gift = facts.donation({facts.campaign().fund: 2_500})
    charged = BalanceTransaction.objects.get(source_ref=gift.processor_ref)
    state = facts.refund_state(gift, 1_000)
    refunding.take_in(donation=gift, state=state, now=NOW)
    again = facts.donation({facts.campaign().fund: 1_000})
    second = BalanceTransaction.objects.get(source_ref=again.processor_ref)
    fees = [facts.line("stripe_fee", -50, source="") for _ in range(2)]
    for fee in fees:
        depositing.post_fee(line=fee, now=NOW)
    assert state.balance is not None
    rows = [
        {"balance_transaction_id": charged.ref, "gross": "25", "fee": "3.20", "net": "21.80",
         "reporting_category": "charge", "source_id": gift.processor_ref or "", "charge_id": gift.processor_ref or ""},
        kept(state.balance) | {"reporting_category": "refund"},
        {"balance_transaction_id": second.ref, "gross": "10", "fee": "3.20", "net": "6.80",
         "reporting_category": "charge", "source_id": again.processor_ref or ""},
        *(kept(fee) | {"reporting_category": "fee", "description": "Radar (2026-03-25): Standard"} for fee in fees),
    ]  # fmt: skip
    return [row | {"automatic_payout_id": "po_E1"} for row in rows], gift


def payout_row(net: str) -> dict[str, str]:
    gross = "24" if not net.startswith("-") else net
    return {"balance_transaction_id": "txn_po", "gross": gross, "net": net, "source_id": "po_E1",
            "reporting_category": "payout", "automatic_payout_id": "po_E1"}  # fmt: skip


def paid(minor: int) -> Payout:
    made = Payout.objects.create(
        ref="po_E1",
        amount_minor=minor,
        currency="USD",
        created_at=NOW,
        arrives_on=NOW.date(),
        recorded_at=NOW,
    )
    lines = BalanceTransaction.objects.order_by("id")
    PayoutLine.objects.bulk_create(PayoutLine(payout=made, balance_transaction=line) for line in lines)
    return made


@pytest.mark.parametrize("net", ["23.05", "-23.05"], ids=["positive", "negative"])
def test_E1_every_row_is_classified_and_the_payout_ties(net: str) -> None:
    """24.05 - 10.00 + 10.00 - 0.50 - 0.50 = 23.05, whichever sign the payout's own row has."""
    rows = [
        {"balance_transaction_id": "txn_1", "gross": "25", "fee": "0.95", "net": "24.05",
         "reporting_category": "charge"},
        {"balance_transaction_id": "txn_2", "gross": "-10", "net": "-10", "reporting_category": "refund"},
        {"balance_transaction_id": "txn_3", "gross": "10", "net": "10", "reporting_category": "charge"},
        {"balance_transaction_id": "txn_4", "gross": "-0.5", "net": "-0.5", "reporting_category": "fee",
         "description": "Card payments (2026-03-24): Transaction network costs"},
        {"balance_transaction_id": "txn_5", "gross": "-0.5", "net": "-0.5", "reporting_category": "fee"},
    ]  # fmt: skip
    carried = [row | {"automatic_payout_id": "po_E1"} for row in rows]
    outcome = bring(files.stripe(*carried, payout_row(net)))
    (tie,) = outcome.ties
    assert (tie.rows, tie.told, tie.difference) == (2_405 - 1_000 + 1_000 - 50 - 50, 2_305, 0)
    assert outcome.counts() == {"missing": 6}  # nothing of it is in these books


def test_E1_against_our_books_every_row_agrees() -> None:
    rows, gift = month()
    paid(2_180 - 1_000 + 680 - 100)
    outcome = bring(files.stripe(*rows, payout_row("17.60")))
    assert outcome.counts() == {"agrees": 6}
    assert not any(tie.difference for tie in outcome.ties)
    kept_rows = ProcessorReportRow.objects.filter(donation=gift).order_by("position")
    assert [row.kind for row in kept_rows] == ["charge", "refund"]
    assert BalanceTransaction.objects.count() == 5


def test_what_differs_is_shown_with_both_amounts() -> None:
    rows, gift = month()
    rows[0] |= {"gross": "26", "net": "22.80"}
    outcome = bring(files.stripe(*rows))
    assert outcome.counts() == {"agrees": 4, "differs": 1}
    row = ProcessorReportRow.objects.get(verdict=Verdict.DIFFERS)
    assert (row.gross_minor, row.books_gross_minor, row.donation) == (2_600, 2_500, gift)


def test_the_dashboards_activity_is_read_by_the_names_of_its_columns() -> None:
    rows, _ = month()
    told = [
        {
            "id": row["balance_transaction_id"],
            "Type": row["reporting_category"],
            "Source": row["source_id"],
            "Amount": row["gross"],
            "Fee": row.get("fee", "0"),
            "Net": row["net"],
            "Transfer": "po_E1",
        }
        for row in rows
    ]
    last = {"id": "txn_po", "Type": "Payout", "Source": "po_E1", "Amount": "-17.60", "Net": "-17.60"}
    outcome = bring(files.activity(*told, last))
    assert outcome.counts() == {"agrees": 5, "missing": 1}
    assert [tie.difference for tie in outcome.ties] == [0]
    assert outcome.report.format == "stripe_activity"


def test_E2_a_refund_keeps_its_fee_and_the_report_agrees() -> None:
    gift = facts.donation()
    state = facts.refund_state(gift, 10_000)
    refunding.take_in(donation=gift, state=state, now=NOW)
    charged = BalanceTransaction.objects.get(source_ref=gift.processor_ref)
    assert state.balance is not None
    outcome = bring(
        files.stripe(
            {
                "balance_transaction_id": charged.ref,
                "gross": "100",
                "fee": "3.20",
                "net": "96.80",
                "reporting_category": "charge",
            },
            kept(state.balance) | {"reporting_category": "refund"},
        )
    )
    assert outcome.counts() == {"agrees": 2}
    assert outcome.sums() == {"USD": {"gross": 0, "fee": 320, "net": -320}}


def test_E3_the_lines_of_a_lost_and_a_won_dispute_agree() -> None:
    gift = facts.donation({facts.campaign().fund: 3_000})
    taken = facts.dispute_state(gift, "won")
    back = facts.line("adjustment", 3_000, source=taken.ref, created_at=NOW + timedelta(days=9))
    won = (*taken.balances, back)
    disputing.apply(state=replace(taken, balances=won), now=NOW)
    rows = [
        kept(taken.balances[0]) | {"reporting_category": "dispute"},
        kept(back) | {"reporting_category": "dispute_reversal"},
    ]
    outcome = bring(files.stripe(*rows))
    assert outcome.counts() == {"agrees": 2}
    assert {one.donation for one in outcome.judged} == {gift}
    assert outcome.sums()["USD"] == {"gross": 0, "fee": 1_500, "net": -1_500}


def test_E8_won_yen_and_dinars_are_read_in_their_own_decimals() -> None:
    def row(ref: str, amount: str, currency: str) -> dict[str, str]:
        return {"balance_transaction_id": ref, "gross": amount, "net": amount, "currency": currency,
                "reporting_category": "charge"}  # fmt: skip

    outcome = bring(
        files.stripe(row("t1", "50,000", "krw"), row("t2", "5000", "jpy"), row("t3", "1.230", "kwd"))
    )
    assert [(one.line.gross, one.line.currency) for one in outcome.judged] == [
        (50_000, "KRW"),
        (5_000, "JPY"),
        (1_230, "KWD"),
    ]
    refused = files.stripe(row("t4", "50,000.50", "krw"))
    with pytest.raises(importing.UnableToImport) as told:
        bring(refused)
    assert [(bad.row, bad.column, bad.code) for bad in told.value.rejects] == [(2, "gross", "decimals")]


def test_E9_a_covered_fee_stands_in_the_report_as_it_was_charged() -> None:
    """$100 with its fee covered: 103.30 charged, 3.30 kept, 100.00 left; nothing of it is hidden."""
    asked = facts.received({facts.campaign().fund: 10_330})
    made, _ = recording.record(received=asked, now=NOW)
    line = facts.line("charge", 10_330, source=asked.processor_ref, fee=330)
    recording.post_settlement(
        entity=made.entity, line=line, gross=made.amount, shares=recording.shares_of(made), now=NOW
    )
    outcome = bring(files.stripe(kept(line) | {"reporting_category": "charge"}))
    (one,) = outcome.judged
    assert (one.verdict, one.line.gross, one.line.fee, one.line.net) == (Verdict.AGREES, 10_330, 330, 10_000)


def test_the_same_file_twice_adds_nothing_and_a_rehearsal_keeps_nothing() -> None:
    rows, _ = month()
    asked = files.asked(Source.STRIPE, files.stripe(*rows))
    seen = importing.rehearse(asked=asked, actor=facts.staff_member(), now=NOW)
    assert seen.counts() == {"agrees": 5}
    assert not ProcessorReport.objects.exists()
    first = importing.bring_in(asked=asked, actor=facts.staff_member(), now=NOW)
    again = importing.bring_in(asked=asked, actor=facts.staff_member(), now=NOW)
    assert (again.is_known, again.report) == (True, first.report)
    assert ProcessorReportRow.objects.count() == 5
    assert importing.rehearse(asked=asked, actor=facts.staff_member(), now=NOW).is_known
