"""Years of random gifts and of what happens to gifts afterwards, by the real deeds where they decide something."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Campaign
from donations import folding, refunding, restating
from donations.models import (
    Designation,
    Dispute,
    DisputeClosing,
    DisputeMovement,
    Donation,
    Refund,
    RefundFailure,
    RefundPart,
)
from donors import merging
from donors.models import Donor
from ledger.models import Fund, LegalEntity
from receipts import founding
from staff.models import User
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

YEARS = (2022, 2026)
ZONE = ZoneInfo("America/New_York")


class History:
    """One house with two bodies, three campaigns and a dozen givers; the dice decide the rest."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.actor: User = facts.staff_member()
        self.campaigns = [facts.campaign(), self._campaign("well", facts.general()), self._korean()]
        self.donors = [facts.donor(f"Giver {place}", f"giver{place}@example.org") for place in range(12)]

    def _campaign(self, slug: str, fund: Fund) -> Campaign:
        return making.campaign(slug=slug, fund=fund)

    def _korean(self) -> Campaign:
        known = making.entity()
        body = LegalEntity.objects.create(
            code="KR",
            legal_name="Harbour Mission Korea",
            country="KR",
            address=known.address,
            registration="000-00-00000",
            status_line="public body",
            signatory="Anna Example",
            email="give@example.org",
            zone="Asia/Seoul",
            base_currency="KRW",
            paper="a4",
        )
        founding.found(entity=body, now=NOW)
        return self._campaign("seoul", making.fund("SEO", entity=body))

    def run(self, steps: int) -> None:
        deeds = (
            [self.give] * 8
            + [self.refund] * 2
            + [self.dispute, self.correct, self.merge, self.fold, self.give_many]
        )
        for _ in range(steps):
            self.dice.choice(deeds)()

    def _day(self) -> date:
        first = date(YEARS[0], 1, 1)
        return first + timedelta(days=self.dice.randrange((NOW.date() - first).days + 1))

    def _fresh(self) -> Donation:
        campaign, day = self.dice.choice(self.campaigns), self._day()
        currency = self.dice.choice(["USD", "USD", "KRW"])
        scale = 100 if currency == "USD" else 1000
        return Donation(
            entity=campaign.fund.entity,
            donor=self.dice.choice(self.donors),
            campaign=campaign,
            rail=Donation.Rail.DESK,
            method="check",
            amount_minor=scale * self.dice.choice([5, 10, 25, 25, 50, 100, 249, 250, 1000]),
            currency=currency,
            given_at=datetime.combine(day, time(12), tzinfo=ZONE),
            given_on=day,
            date_rule=Donation.DateRule.RECEIVED,
            language="en",
            source=self.dice.choice(["", "", "", "spring", "card"]),
            is_live=False,
            recorded_at=NOW,
        )

    def give(self, count: int = 1) -> None:
        made = Donation.objects.bulk_create([self._fresh() for _ in range(count)])
        Designation.objects.bulk_create(
            Designation(donation=gift, fund=gift.campaign.fund, amount_minor=gift.amount_minor)
            for gift in made
        )

    def give_many(self) -> None:
        self.give(self.dice.randrange(2, 6))

    def _some(self) -> Donation | None:
        found = list(Donation.objects.order_by("given_at", "id"))
        return self.dice.choice(found) if found else None

    def refund(self) -> None:
        gift = self._some()
        left = refunding.refunded(donation=gift) if gift else None
        if gift is None or left is None or left.minor == gift.amount_minor:
            return
        rest = gift.amount_minor - left.minor
        made = Refund.objects.create(
            donation=gift,
            processor_ref=f"re_{facts.number()}",
            amount_minor=self.dice.choice([rest, max(1, rest // 3)]),
            refunded_at=NOW,
            recorded_at=NOW,
        )
        RefundPart.objects.create(refund=made, fund=gift.campaign.fund, amount_minor=made.amount_minor)
        if self.dice.random() < 0.3:
            RefundFailure.objects.create(
                refund=made, balance_ref=f"txn_{facts.number()}", failed_at=NOW, recorded_at=NOW
            )

    def dispute(self) -> None:
        """Lost, won, called off, or lost and won on appeal, with or without money moved, in any order of notices."""
        gift = self._some()
        if gift is None or gift.disputes.exists() or gift.refunds.exists():
            return
        made = Dispute.objects.create(
            donation=gift,
            processor_ref=f"du_{facts.number()}",
            amount_minor=self.dice.choice([gift.amount_minor, max(1, gift.amount_minor // 2)]),
            reason="fraudulent",
            opened_at=NOW,
            recorded_at=NOW,
        )
        steps: list[Callable[[], None]] = [lambda: self._moved(made, -1)] * self.dice.randrange(2)
        steps += [lambda: self._moved(made, 1)] * (self.dice.random() < 0.3)
        steps += [lambda: self._closed(made)] * (self.dice.random() < 0.8)
        self.dice.shuffle(steps)
        for step in steps:
            step()

    def _moved(self, dispute: Dispute, sign: int) -> None:
        DisputeMovement.objects.create(
            dispute=dispute,
            balance_ref=f"txn_{facts.number()}",
            amount_minor=sign * dispute.amount_minor,
            fee_minor=0,
            currency=dispute.donation.currency,
            moved_at=NOW,
            recorded_at=NOW,
        )

    def _closed(self, dispute: Dispute) -> None:
        outcome = self.dice.choice(["lost", "lost", "won", "withdrawn"])
        DisputeClosing.objects.create(dispute=dispute, outcome=outcome, closed_at=NOW, recorded_at=NOW)

    def correct(self) -> None:
        gift = self._some()
        if gift is None:
            return
        changes: dict[str, object] = {"given_on": self._day()}
        alone = Donor.objects.filter(merged_into__isnull=True, pk__in=[donor.pk for donor in self.donors])
        if self.dice.random() < 0.6:
            changes["donor_id"] = self.dice.choice(sorted(alone.values_list("pk", flat=True)))
        try:
            restating.restate(
                donation_id=gift.pk, changes=changes, reason="so it was", actor=self.actor, now=NOW
            )
        except restating.UnableToRestate as error:
            if error.code != "nothing":
                raise

    def merge(self) -> None:
        one, other = self.dice.sample(self.donors, 2)
        merged: uuid.UUID | None = Donor.objects.values_list("merged_into", flat=True).get(pk=one.pk)
        try:
            if merged:
                merging.unmerge(donor_id=one.pk, reason="not the same", actor=self.actor, now=NOW)
            else:
                merging.merge(donor_id=one.pk, into_id=other.pk, reason="the same", actor=self.actor, now=NOW)
        except merging.UnableToMerge as error:
            if error.code != "merged":
                raise

    def fold(self) -> None:
        folding.fold_gifts(most=self.dice.choice([1, 3, 100]))
