"""A month in which everything happens, told by the sandbox: each deposit is the sum of its lines (B11, B12)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

import pytest

from books import importing
from books.importing import Asked, Source
from campaigns.models import Campaign
from donations.models import Donation
from ledger.money import Money
from payments.models import BalanceTransaction, Payout
from reports import deposit_files, deposits, movements
from tests import facts
from tests.books import files
from tests.donations.giving import Supporter, paperwork, selfcheck, settle_all

pytestmark = pytest.mark.django_db


def pay_out(supporter: Supporter) -> str:
    made = supporter.processor.operate("POST", "payouts", {"currency": "usd"})
    settle_all(supporter.processor, now=supporter.now)
    return str(made["id"])


def of(ref: str) -> deposits.Deposit:
    return deposits.shown(deposits.deposits().get(ref=ref))


def kinds(ref: str) -> list[str]:
    return sorted(line.kind for line in deposits.carried(payout=Payout.objects.get(ref=ref)))


def report(refs: Iterable[str]) -> bytes:
    """Stripe's own report of everything these payouts carried."""
    rows = []
    for line in BalanceTransaction.objects.filter(payout_line__payout__ref__in=refs).order_by("id"):
        amounts = [
            Money(minor, line.currency).plain for minor in (line.amount_minor, line.fee_minor, line.net_minor)
        ]
        rows.append(
            dict(zip(("gross", "fee", "net"), amounts, strict=True))
            | {
                "balance_transaction_id": line.ref,
                "currency": line.currency.lower(),
                "reporting_category": line.kind,
                "source_id": line.source_ref,
                "automatic_payout_id": line.payout_line.payout.ref,
            }
        )
    for payout in Payout.objects.filter(ref__in=refs):
        net = Money(-payout.amount_minor, payout.currency).plain
        rows.append(
            {"balance_transaction_id": f"txn_{payout.ref}", "gross": net, "net": net, "source_id": payout.ref,
             "reporting_category": "payout", "automatic_payout_id": payout.ref}
        )  # fmt: skip
    return files.stripe(*rows)


def test_B11_B12_every_deposit_of_the_month_is_explained_to_the_cent(supporter: Supporter) -> None:
    processor = supporter.processor
    for amount in (10_000, 2_500, 5_000, 4_000):
        supporter.give(amount=Money(amount, "USD"))
    settle_all(processor, now=supporter.now)
    by_amount = {gift.amount_minor: gift.processor_ref for gift in Donation.objects.all()}
    january = by_amount[10_000]
    taken = [
        processor.operate("POST", "disputes", {"charge": by_amount[minor]})["id"] for minor in (5_000, 4_000)
    ]
    first = pay_out(supporter)
    assert kinds(first) == ["adjustment", "adjustment", *["charge"] * 4]

    # Afterwards: one dispute is lost and one won, January's gift goes back, and its bank does not take it.
    processor.operate("POST", f"disputes/{taken[0]}/close", {"outcome": "lost"})
    processor.operate("POST", f"disputes/{taken[1]}/close", {"outcome": "won"})
    refund = processor.v1.refunds.create({"charge": january or ""})
    supporter.give(amount=Money(20_000, "USD"))
    second = pay_out(supporter)
    assert kinds(second) == ["adjustment", "charge", "refund"]
    processor.operate("POST", f"refunds/{refund.id}/fail")
    processor.operate("POST", f"payouts/{second}/fail")
    settle_all(processor, now=supporter.now)
    third = pay_out(supporter)
    assert kinds(third) == ["payout_failure", "refund_failure"]

    for ref in (first, second, third):
        shown = of(ref)
        assert not shown.difference
        assert shown.gross - shown.fees + shown.refunds + shown.disputes + shown.other == shown.net
    assert [of(ref).state for ref in (first, second, third)] == ["adds_up", "came_back", "adds_up"]
    assert deposits.carries_back(payout=Payout.objects.select_related("failure").get(ref=second)) == (
        Payout.objects.get(ref=third)
    )
    # B12: January's gift knows in which deposit each of its movements went.
    gift = Donation.objects.get(processor_ref=january)
    assert [(one.kind, one.payout.ref) for one in movements.of(donation=gift) if one.payout] == [
        ("charge", first),
        ("refund", second),
        ("refund_failure", third),
    ]
    paperwork(now=supporter.now)
    selfcheck(now=supporter.now)

    asked = Asked(
        source=Source.STRIPE, entity=gift.entity, campaign=Campaign.objects.get(slug="family"),
        file_name="november.csv", content=report([first, second, third]),
    )  # fmt: skip
    outcome = importing.bring_in(asked=asked, actor=facts.staff_member(), now=supporter.now)
    assert outcome.counts() == {"agrees": 6 + 3 + 2 + 3}
    assert [tie.difference for tie in outcome.ties] == [0, 0, 0]

    told = b"".join(deposit_files.lines(payout=Payout.objects.get(ref=first))).decode()
    rows = list(csv.DictReader(io.StringIO(told)))
    assert sum(Decimal(row["net"]) for row in rows) == Decimal(of(first).net.plain)
    assert {row["donation_id"] for row in rows} == {str(pk) for pk in Donation.objects.filter(
        amount_minor__lt=20_000).values_list("pk", flat=True)}  # fmt: skip
