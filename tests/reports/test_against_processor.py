"""Our facts beside the processor's own record, over its real HTTP."""

from __future__ import annotations

from donations.models import Donation
from reports import selfchecking
from tests import facts
from tests.donations.giving import Supporter, settle_all


def rows(code: str, supporter: Supporter) -> list[str]:
    findings = selfchecking.against_processor(now=supporter.now)
    return [row for finding in findings if finding.code == code for row in finding.rows]


def test_a_charge_we_never_heard_of_is_named(supporter: Supporter) -> None:
    supporter.give()
    assert len(rows("I1", supporter)) == 1
    assert rows("I1", supporter)[0].endswith("has no donation")
    assert rows("I7", supporter)[0].startswith("USD: processor ")
    settle_all(supporter.processor, now=supporter.now)
    assert rows("I1", supporter) == []
    assert rows("I7", supporter) == []


def test_a_donation_the_processor_never_heard_of_is_named(supporter: Supporter) -> None:
    gift = facts.donation()
    assert rows("I1", supporter) == [f"donation of charge {gift.processor_ref} has no charge"]
    assert rows("I7", supporter) == [f"USD: processor 0, books {10_000 - 320}"]


def test_another_amount_is_named(supporter: Supporter, unguarded: None) -> None:
    supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    Donation.objects.update(amount_minor=9_999)
    ref = Donation.objects.get().processor_ref
    assert rows("I1", supporter) == [f"charge {ref} differs in amount"]


def test_a_payout_we_have_not_posted_is_money_in_transit(supporter: Supporter) -> None:
    supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    supporter.processor.operate("POST", "payouts", {"currency": "usd"})
    assert rows("I7", supporter) != []
    settle_all(supporter.processor, now=supporter.now)
    assert rows("I7", supporter) == []
