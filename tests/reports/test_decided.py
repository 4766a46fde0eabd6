"""Gifts on no receipt and why, counted ahead, equal a count gift by gift, whatever was decided in which order."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from donations import folding, restating
from donations.models import Donation
from ledger.money import Money
from receipts import folding as decisions
from receipts import tasks
from receipts.models import Coverage, Exclusion, Obstacle
from reports.answers import unreceipting
from reports.answers.asking import Asked, Span
from tests import facts
from tests.facts import NOW
from tests.reports.breaking import broken
from tests.reports.history import History

DAY = NOW.date()
REASONS = ("by_staff", "daf", "purchase")
CODES = ("no_address", "no_name")


class Deciding(History):
    """A history in which gifts are also decided of: on a receipt, on none, held up, and otherwise again."""

    def decide(self) -> None:
        gift = self._some()
        if gift is None or Coverage.objects.filter(donation=gift).exists():
            return
        Exclusion.objects.filter(donation=gift).delete()
        held = Obstacle.objects.filter(donation=gift)
        step = self.dice.randrange(4)
        if step == 0:
            held.delete()
        elif step == 1:
            held.delete()
            Exclusion.objects.create(donation=gift, reason=self.dice.choice(REASONS), decided_at=NOW)
        elif not held.update(code=self.dice.choice(CODES)):
            Obstacle.objects.create(
                donation=gift, code=self.dice.choice(CODES), words="", noticed_at=NOW, try_after=NOW
            )

    def run(self, steps: int) -> None:
        deeds = [self.give] * 4 + [self.decide] * 6 + [self.correct, self.fold, self.fold_decisions]
        for _ in range(steps):
            self.dice.choice(deeds)()

    def fold_decisions(self) -> None:
        decisions.fold(most=self.dice.choice([1, 3, 100]))


def expected(asked: Asked, span: Span) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for gift in Donation.objects.filter(currency=asked.currency, given_on__range=(span.first, span.last)):
        if asked.entity not in ("", gift.entity.code) or asked.campaign not in ("", gift.campaign.slug):
            continue
        excluded = Exclusion.objects.filter(donation=gift).first()
        held = Obstacle.objects.filter(donation=gift).first()
        if Coverage.objects.filter(donation=gift).exists():
            found["covered", ""] += gift.amount_minor
        elif excluded is not None:
            found["excluded", excluded.reason] += gift.amount_minor
        else:
            found["hindered" if held else "waiting", held.code if held else ""] += gift.amount_minor
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_gifts_on_no_receipt_equal_a_naive_count(seed: int) -> None:
    made = Deciding(seed)
    made.run(60)
    facts.donation()
    facts.paperwork()
    made.run(20)
    asks = [
        Asked(DAY, "USD", 2026),
        Asked(DAY, "USD", 2025, "US"),
        Asked(DAY, "KRW", 2024, "", "seoul"),
        Asked(DAY, "USD", 2026, "US", "family", ends_in_month=6),
    ]
    for asked in asks:
        told = unreceipting.unreceipted(asked, asked.span)
        sums = expected(asked, asked.span)
        covered = sums.pop(("covered", ""), 0)
        assert {(one.kind, one.code): one.given.minor for one in told.reasons} == dict(sums)
        assert told.covered_sum == Money(covered, asked.currency)
        assert told.given.minor == covered + sum(sums.values())
        assert told.gifts == told.covered + sum(one.gifts for one in told.reasons)
        assert told.reasons == sorted(told.reasons, key=lambda one: (-one.gifts, one.kind, one.code))
    assert broken("I44") == []
    tasks.fold()
    folding.fold_all()
    assert broken("I44") == []
    decisions.rebuild()
    assert decisions.fold_all() == 0
    assert broken("I44") == []


def test_another_day_of_a_receipted_gift_moves_what_is_decided(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    actor = facts.staff_member()
    restating.restate(
        donation_id=gift.pk,
        changes={"given_on": date(2026, 10, 30)},
        reason="so it was",
        actor=actor,
        now=NOW,
    )
    month = Span(date(2026, 10, 1), date(2026, 10, 31))
    told = unreceipting.unreceipted(Asked(DAY, "USD", 2026), month)
    assert (told.gifts, told.covered) == (1, 1)
    assert broken("I44") == []
