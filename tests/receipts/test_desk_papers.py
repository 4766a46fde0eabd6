"""What the receipt says of gifts over the desk, and how it follows a correction (D6 to D9, B30)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from donations import benefiting, restating
from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import Detail
from donations.models import Donation, SoftCredit
from donors import keeping
from donors.models import Donor
from receipts.models import Exclusion, Receipt
from tests import facts
from tests.donations import desk
from tests.facts import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def paper(of: Donation) -> Receipt:
    facts.paperwork()
    return Receipt.objects.get(lines__donation=of, voiding__isnull=True)


def told(receipt: Receipt) -> dict[str, object]:
    line = json.loads(receipt.snapshot)["lines"][0]
    assert isinstance(line, dict)
    return line


def test_d6_coats_are_described_and_never_valued() -> None:
    made = desk.enter(desk.thing(detail=Detail(quantity=40, claimed_minor=300_000, staff_note="Says 3,000")))
    receipt = paper(made)
    line = told(receipt)
    assert (line["description"], line["amount_minor"], line["kind"]) == ("40 winter coats", None, "property")
    assert receipt.total_minor == 0
    assert not receipt.lines.get().is_valued
    assert "3,000" not in receipt.snapshot
    assert "300000" not in receipt.snapshot
    assert "200000" not in receipt.snapshot


def test_d7_shares_are_counted_and_never_valued() -> None:
    days = {Basis.TRANSFER: date(2026, 11, 17)}
    made = desk.enter(
        desk.check(method="stock", kind=Donation.Kind.STOCK, description="10 shares ABC", days=days)
    )
    line = told(paper(made))
    assert (line["description"], line["amount_minor"], line["given_on"]) == (
        "10 shares ABC",
        None,
        "2026-11-17",
    )


def test_d8_neither_the_fund_nor_its_adviser_gets_a_receipt() -> None:
    adviser = facts.donor()
    credit = Credit(adviser.pk, SoftCredit.Kind.ADVISER)
    made = desk.enter(desk.check(donor_id=desk.organization().pk, payer=Donation.Payer.DAF, credits=[credit]))
    facts.paperwork()
    assert Exclusion.objects.get(donation=made).reason == "daf"
    assert not Receipt.objects.exists()


def test_d9_each_is_receipted_for_their_own() -> None:
    own, company = facts.donation(), desk.organization("Northwind Freight")
    match = Credit(own.donor_id, SoftCredit.Kind.MATCH, own.amount_minor, own.pk)
    made = desk.enter(
        desk.check(amount=own.amount, donor_id=company.pk, payer=Donation.Payer.EMPLOYER, credits=[match])
    )
    assert (paper(own).donor_id, paper(own).total_minor) == (own.donor_id, 10_000)
    assert (paper(made).donor, paper(made).total_minor) == (company, 10_000)


def test_another_giver_gets_a_receipt_of_their_own() -> None:
    made, other = desk.enter(desk.check()), facts.donor("Daniel Kim", "daniel@example.org")
    former = paper(made)
    restating.restate(
        donation_id=made.pk,
        changes={"donor_id": other.pk},
        reason="Envelope",
        actor=facts.staff_member(),
        now=LATER,
    )
    fresh = paper(made)
    former.refresh_from_db()
    assert former.voiding.reason == "corrected"
    assert (fresh.donor, fresh.replaces) == (other, None)
    assert "Grace Kim" not in fresh.snapshot


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (lambda gift, actor: restating.restate(
            donation_id=gift.pk, changes={"given_on": date(2026, 11, 10)}, reason="Postmark", actor=actor, now=LATER,
        ), "2026-11-10"),
        (lambda gift, actor: restating.restate(
            donation_id=gift.pk, changes={"kind": "property", "description": "41 coats"}, reason="Coats",
            actor=actor, now=LATER,
        ), "41 coats"),
        (lambda gift, actor: benefiting.add(
            donation_id=gift.pk, given=Return("Dinner at the gala", 5_000, 3_000), actor=actor, now=LATER,
        ), "Dinner at the gala"),
    ],
)  # fmt: skip
def test_the_receipt_follows_by_itself(deed: Callable[..., object], words: str) -> None:
    made = desk.enter(desk.check())
    former = paper(made)
    deed(made, facts.staff_member())
    fresh = paper(made)
    former.refresh_from_db()
    assert fresh.replaces == former
    assert former.voiding.reason == "corrected"
    assert words in fresh.snapshot
    facts.paperwork()
    assert paper(made) == fresh


def test_a_return_makes_less_of_it_deductible_and_taking_it_back_restores_it() -> None:
    made, actor = desk.enter(desk.check()), facts.staff_member()
    row = benefiting.add(donation_id=made.pk, given=Return("Dinner", 5_000), actor=actor, now=NOW)
    assert paper(made).eligible_minor == 20_000
    benefiting.withdraw(benefit_id=row.pk, donation_id=made.pk, actor=actor, now=LATER)
    assert paper(made).eligible_minor == 25_000


def test_b30_a_profile_edited_later_changes_no_receipt() -> None:
    made = desk.enter(desk.check())
    former = paper(made)
    keeping.change(
        donor_id=made.donor_id,
        changes={"name": "Grace Park", "address": "9 New Street"},
        actor=facts.staff_member(),
        now=LATER,
    )
    assert paper(made) == former
    assert Donor.objects.get(pk=made.donor_id).name == "Grace Park"
