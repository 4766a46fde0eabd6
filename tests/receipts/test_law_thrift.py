"""What receipts cost: many are drafted and issued with the queries of one, and one with no more than it took before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations.models import Donation
from receipts import correcting, drafting, handing_out, issuing
from receipts.drafting import Ask
from receipts.models import Receipt
from tests import facts
from tests.facts import NOW
from tests.receipts import bodies

pytestmark = pytest.mark.django_db


def queries(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        deed()
    return len([one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]])


def givers(count: int, *, gifts: int = 3) -> list[Ask]:
    first = datetime(2025, 3, 1, 15, tzinfo=UTC)
    asks = []
    for place in range(count):
        donor = facts.donor(f"Giver {place}", f"giver{place}@example.org")
        given = [
            facts.donation(
                {facts.general(): 1_000, facts.campaign().fund: 500},
                donor_id=donor.pk,
                given_at=first + timedelta(days=day),
            )
            for day in range(gifts)
        ]
        asks.append(
            Ask(
                donor_id=donor.pk,
                entity=bodies.body().entity,
                tax_year=2025,
                donation_ids=[gift.pk for gift in given],
                kind=Receipt.Kind.ANNUAL,
            )
        )
    return asks


def test_a_receipt_takes_few_queries() -> None:
    facts.donation()
    issuing.issue_due(now=NOW)
    gift = facts.donation()
    assert queries(lambda: issuing.decide(donation_id=gift.pk, now=NOW)) <= 18


def test_many_are_drafted_and_issued_with_the_queries_of_one() -> None:
    asks = givers(12)
    one = queries(lambda: drafting.draft_many(asks=asks[:1], now=NOW))
    assert queries(lambda: drafting.draft_many(asks=asks, now=NOW)) == one <= 10
    drafts = drafting.draft_many(asks=asks, now=NOW)
    few = queries(lambda: issuing.issue_drafts(drafts=drafts[:2], run=None, issued_on=NOW.date(), now=NOW))
    many = queries(lambda: issuing.issue_drafts(drafts=drafts[2:], run=None, issued_on=NOW.date(), now=NOW))
    assert many == few <= 18
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 13))
    assert [row.donor_id for row in Receipt.objects.order_by("number")] == [ask.donor_id for ask in asks]


def test_a_draft_that_is_no_longer_true_is_left_out() -> None:
    asks = givers(3)
    drafts = drafting.draft_many(asks=asks, now=NOW)
    facts.refund(Donation.objects.get(pk=asks[0].donation_ids[0]), 100)
    receipted = drafting.draft_many(asks=asks[1:2], now=NOW)
    issuing.issue_drafts(drafts=receipted, run=None, issued_on=NOW.date(), now=NOW)
    made = issuing.issue_drafts(drafts=drafts, run=None, issued_on=NOW.date(), now=NOW)
    assert [receipt.donor_id for receipt in made] == [asks[2].donor_id]
    empty = drafting.draft_many(asks=asks[1:2], now=NOW)[0]
    assert set(empty.others) == set(asks[1].donation_ids)
    with pytest.raises(issuing.NotReady):
        issuing.issue_drafts(drafts=[empty], run=None, issued_on=NOW.date(), now=NOW)


def test_looking_for_what_changed_costs_the_same_for_many_receipts() -> None:
    for ask in givers(3, gifts=1):
        handing_out.issue_for(
            donor_id=ask.donor_id, entity=ask.entity, tax_year=2025, actor=facts.staff_member(), now=NOW
        )
    assert queries(lambda: correcting.due(now=NOW)) == 2
