"""The laws of receipts (I10 to I12) are broken behind the triggers' back, and the check names the row."""

from __future__ import annotations

import pytest

from donations.models import Donation
from tests import facts
from tests.reports.breaking import broken, sql


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "UPDATE receipts_receipttotal SET total_minor = 1, eligible_minor = 1 WHERE total_minor = 7500",
            "receipt 2026-000002 is 1, its lines 7500 USD",
        ),
        (
            "DELETE FROM receipts_receiptline WHERE amount_minor > refunded_minor",
            "receipt 2026-000001 is 10000, its lines 0 USD",
        ),
        ("DELETE FROM receipts_receipttotal", "receipt 2026-000002 has no total in USD"),
        (
            "UPDATE receipts_receipt SET total_minor = 1, eligible_minor = 1 WHERE number = 2",
            "receipt 2026-000002 is 1 USD, and no total of it says so",
        ),
        (
            "UPDATE receipts_receipt SET snapshot = replace(snapshot, 'Grace', 'Gracy') WHERE number = 1",
            "receipt 2026-000001 differs from its snapshot",
        ),
        (
            "UPDATE receipts_receipt SET snapshot = 'no JSON' WHERE number = 1",
            "receipt 2026-000001 differs from its snapshot",
        ),
        (
            "UPDATE receipts_receipttotal SET eligible_minor = 1 WHERE total_minor = 10000",
            "receipt 2026-000001 differs from its snapshot",
        ),
        (
            "UPDATE receipts_receipt SET previous_hash = repeat('1', 64) WHERE number = 1",
            "receipt 2026-000001 is not chained to the beginning",
        ),
        (
            "UPDATE receipts_receipt SET previous_hash = repeat('1', 64) WHERE number = 2",
            "receipt 2026-000002 is not chained to 2026-000001",
        ),
    ],
)  # fmt: skip
def test_i10_a_receipt_that_was_changed(lawful: Donation, unguarded: None, change: str, named: str) -> None:
    sql(change)
    assert named in broken("I10")


def test_i10_a_forged_receipt_with_a_fitting_hash_breaks_the_chain(lawful: Donation, unguarded: None) -> None:
    sql(
        "UPDATE receipts_receipt SET snapshot = '{\"total_minor\": 10000}',"
        " snapshot_sha256 = encode(sha256(convert_to('{\"total_minor\": 10000}', 'UTF8')), 'hex') WHERE number = 1"
    )
    sql(
        "UPDATE receipts_receipt SET hash = encode(sha256(convert_to(previous_hash || snapshot_sha256, 'UTF8')),"
        " 'hex') WHERE number = 1"
    )
    assert broken("I10") == ["receipt 2026-000002 is not chained to 2026-000001"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE receipts_receiptline SET receipt_id = (SELECT id FROM receipts_receipt WHERE number = 2)"
         " WHERE FALSE; DELETE FROM receipts_voiding", "gift {gift} stands on 2 receipts"),
        ("UPDATE receipts_coverage SET receipt_id = (SELECT id FROM receipts_receipt WHERE number = 1);"
         " DELETE FROM receipts_receiptline WHERE refunded_minor = 0",
         "gift {gift} is on receipt 2026-000002, which does not cover it"),
        ("DELETE FROM receipts_receiptline WHERE refunded_minor > 0",
         "gift {gift} is covered by receipt 2026-000002, which does not tell it"),
        ("UPDATE receipts_receipt SET tax_year = 2025 WHERE number = 2",
         "gift {gift} is of another year than receipt 2026-000002"),
        ("UPDATE donations_donation SET donor_id = (SELECT id FROM donors_donor WHERE name = 'Hannah Lee')",
         "gift {gift} is of another donor than receipt 2026-000002"),
        ("UPDATE receipts_exclusion SET donation_id = (SELECT donation_id FROM receipts_coverage)",
         "gift {gift} has a receipt and a reason for none"),
        ("DELETE FROM receipts_coverage; UPDATE donations_donation SET recorded_at = '2026-11-17Z'",
         "gift {gift} has no receipt and nothing says why"),
    ],
)  # fmt: skip
def test_i11_a_gift_on_the_wrong_paper(lawful: Donation, unguarded: None, change: str, named: str) -> None:
    facts.donor("Hannah Lee", "hannah@example.org")
    for statement in change.split(";"):
        sql(statement)
    assert named.format(gift=lawful.pk) in broken("I11")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE receipts_receiptline SET refunded_minor = 1 WHERE refunded_minor > 0",
         "receipt 2026-000002 tells of 1 given back of gift {gift}, not of 2500"),
        ("UPDATE donations_dispute SET donation_id = '{gift}';"
         " UPDATE donations_disputeclosing SET recorded_at = '2026-11-17Z'",
         "receipt 2026-000002 stands for gift {gift}, which a dispute took"),
        ("DELETE FROM receipts_voiding", "receipt 2026-000002 replaces 2026-000001, which stands"),
        ("DELETE FROM receipts_coverage; DELETE FROM receipts_exclusion; INSERT INTO receipts_exclusion"
         " (donation_id, reason, decided_at) VALUES ('{gift}', 'refunded', now())",
         "gift {gift} is excluded as given back and 7500 of it stayed"),
    ],
)  # fmt: skip
def test_i12_a_receipt_that_does_not_tell_what_went_back(
    lawful: Donation, unguarded: None, change: str, named: str
) -> None:
    sql("UPDATE donations_refund SET recorded_at = '2026-11-19Z'")
    for statement in change.split(";"):
        sql(statement.format(gift=lawful.pk))
    assert named.format(gift=lawful.pk) in broken("I12")
