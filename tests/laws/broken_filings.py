"""Rows that break the laws of filings: Hometax, declarations, claims."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from donations.models import Donation
from ledger.money import Money
from receipts.models import GiftAidClaim, GiftAidClaimLine, GiftAidDeclaration, HometaxFiling
from tests import facts
from tests.facts import NOW
from tests.receipts import abroad

DAY = date(2026, 11, 20)


def filing(**given: Any) -> HometaxFiling:
    return HometaxFiling.objects.create(**{"receipt": abroad.korean_receipt(), "changed_at": NOW, **given})


def declaration(**given: Any) -> GiftAidDeclaration:
    values: dict[str, Any] = {
        "entity": abroad.britain(),
        "donor": facts.donor(),
        "first_name": "Grace",
        "last_name": "Kim",
        "home_address": "12",
        "house": "12",
        "postcode": "LS1 4AP",
        "form": "written",
        "wants_gift_aid": True,
        "explanation_version": 1,
        "made_on": DAY,
        "entered_at": NOW,
        **given,
    }
    return GiftAidDeclaration.objects.create(**values)


def claim(**given: Any) -> GiftAidClaim:
    values = {"entity": abroad.britain(), "made_by": facts.staff_member(), "made_at": NOW, **given}
    return GiftAidClaim.objects.create(**values)


def gift() -> Donation:
    return abroad.gift(entity=abroad.britain(), amount=Money(10_000, "GBP"))


def line(**given: Any) -> GiftAidClaimLine:
    values: dict[str, Any] = {"amount_minor": 10_000, **given}
    values = {"claim": values.get("claim") or claim(), "donation": values.get("donation") or gift()} | values
    return GiftAidClaimLine.objects.create(declaration=declaration(), **values)


def claimed_twice() -> None:
    given = gift()
    line(donation=given)
    line(donation=given)


def twice_in_one_claim() -> None:
    given, drafted = gift(), claim()
    line(donation=given, claim=drafted)
    line(donation=given, claim=drafted, amount_minor=-100, is_adjustment=True)


def filed_claim() -> GiftAidClaim:
    made = claim()
    GiftAidClaim.objects.filter(pk=made.pk).update(status="filed", filed_on=DAY)
    return made


BROKEN: dict[str, list[Callable[[], object]]] = {
    "hometax_filed_on_a_day": [lambda: filing(status="filed"), lambda: filing(status="to_cancel")],
    "hometax_canceled_on_a_day": [lambda: filing(status="canceled", filed_on=DAY)],
    "declaration_ends_after_it_begins": [
        lambda: declaration(valid_from=DAY, valid_to=date(2026, 11, 19)),
    ],
    "claim_filed_on_a_day": [lambda: claim(status="filed"), lambda: claim(status="paid")],
    "claim_line_once_per_donation": [claimed_twice],
    "claim_line_once_per_claim": [twice_in_one_claim],
    "claim_line_adjusts_downward": [
        lambda: line(amount_minor=0),
        lambda: line(amount_minor=-1),
        lambda: line(amount_minor=1, is_adjustment=True),
        lambda: line(amount_minor=0, is_adjustment=True),
    ],
}
"""Laws that a model names."""

STEPS: dict[str, list[Callable[[], object]]] = {
    "hometax_takes_allowed_step": [
        lambda: [filing(), HometaxFiling.objects.update(status="to_cancel", filed_on=DAY)],
        lambda: [filing(status="filed", filed_on=DAY), HometaxFiling.objects.update(status="waiting")],
    ],
    "claim_takes_allowed_step": [
        lambda: [claim(), GiftAidClaim.objects.update(status="paid", filed_on=DAY)],
        lambda: [filed_claim(), GiftAidClaim.objects.update(total_minor=1)],
        lambda: [filed_claim(), GiftAidClaim.objects.update(status="draft")],
        lambda: GiftAidClaim.objects.filter(pk=filed_claim().pk).delete(),
    ],
    "claim_lines_stay_when_filed": [
        lambda: line(claim=filed_claim()),
        lambda: [line(), GiftAidClaimLine.objects.update(amount_minor=1)],
    ],
    "declaration_keeps_its_words": [
        lambda: [declaration(), GiftAidDeclaration.objects.update(last_name="Park")],
        lambda: GiftAidDeclaration.objects.filter(pk=declaration().pk).delete(),
    ],
    "no_resident_number_is_kept": [lambda: filing(approval="900101-1234567")],
}
"""Laws that only a trigger of the database knows."""
