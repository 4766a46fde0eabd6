"""The law of deposits is broken behind the triggers' back, and the check names the row."""

from __future__ import annotations

from donations import collecting
from donations.models import Donation
from donations.postings import Share
from ledger import posting
from ledger.models import Entry
from ledger.money import Money
from ledger.posting import Posting
from payments.models import Payout, PayoutTrouble
from tests import facts
from tests.campaigns import making
from tests.facts import NOW
from tests.reports.breaking import broken, sql


def entered(source: str, *lines: Posting) -> None:
    posting.post(
        entity=making.entity(),
        kind=Entry.Kind.PAYOUT,
        source=source,
        happened_at=NOW,
        postings=lines,
        now=NOW,
    )


def test_i45_a_deposit_of_something_else(lawful: Donation, unguarded: None) -> None:
    fund, amount = facts.general().pk, Money(100, "USD")
    assert broken("I45") == []
    paid = Payout.objects.create(
        ref="po_9", amount_minor=90, currency="USD", created_at=NOW, arrives_on=NOW.date(), recorded_at=NOW
    )
    entered("payout:po_9", Posting("1000", fund, amount), Posting("1910", fund, -amount))
    PayoutTrouble.objects.create(
        ref="po_9", code="by_hand", amount_minor=90, currency="USD", words="", created_at=NOW,
        arrives_on=NOW.date(), seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip
    collecting.keep_unknown(
        entity=making.entity(), ref="paypal:9", share=Share(fund, False, amount, ""),
        fee=Money(0, "USD"), at=NOW, now=NOW,
    )  # fmt: skip
    sql("UPDATE donations_donation SET processor_ref = 'paypal:9' WHERE id = %s", lawful.pk)
    assert broken("I45") == [
        f"payout {paid.ref} of 90 brought 100 to the bank",
        "bodies owe each other -100 USD that nobody owes",
        "money of paypal:9 is a gift and nobody's",
        "payout po_9 is in the books and waits for somebody",
    ]
