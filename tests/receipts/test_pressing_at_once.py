"""Whoever issues the same receipt at the same moment gets one receipt and its number (D13)."""

from __future__ import annotations

from donations.models import Donation
from receipts import handing_out, issuing
from receipts.models import Receipt
from tests import facts, threads
from tests.facts import NOW
from tests.receipts import bodies


def test_d13_pressing_twice_gives_one_receipt(committed_db: None) -> None:
    grace = bodies.person()
    bodies.given(5_000, by=grace)
    bodies.given(6_000, by=grace)
    entity, actor = bodies.body().entity, facts.staff_member()

    def press() -> handing_out.Answer:
        return handing_out.issue_for(donor_id=grace.pk, entity=entity, tax_year=2025, actor=actor, now=NOW)

    def run() -> list[Receipt]:
        made = issuing.draft(
            donor_id=grace.pk,
            entity=entity,
            tax_year=2025,
            donation_ids=list(Donation.objects.values_list("pk", flat=True)),
            kind="annual",
            replaces=None,
            now=NOW,
        )
        return issuing.issue_drafts(
            drafts=[made] if made.is_ready else [], run=None, issued_on=NOW.date(), now=NOW
        )

    answers = threads.results(threads.at_once([press, press, run]))
    receipt = Receipt.objects.get()
    assert receipt.lines.count() == 2
    pressed = [one for one in answers if isinstance(one, handing_out.Answer)]
    assert {one.receipt.serial for one in pressed if one.receipt} == {receipt.serial}
    again = press()
    assert (again.is_new, again.receipt) == (False, receipt)
