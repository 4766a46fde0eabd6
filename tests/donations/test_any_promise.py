"""Any history of promises: whatever is promised, given, refunded, lost, merged and given up, the law of promises holds.

The model is what a person would write on paper beside it: what of each promise is to come, and what the books are owed.
"""

from __future__ import annotations

import contextlib
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from donations import giving_up, keeping_pledges, pledging, refunding, reversing
from donations.models import Donation, Pledge, Reversal, WriteOffRequest
from donations.pledging import NewPledge, UnableToPledge
from donations.reversing import Wrong
from donors import merging
from donors.models import Donor
from ledger.models import Line
from ledger.money import Money
from reports import pledge_laws
from tests import facts
from tests.donations import desk

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
WHICH, SHARE = st.integers(0, 50), st.integers(1, 100)


class AnyPromise(RuleBasedStateMachine):
    """Three givers, promises the books know or not, gifts by card and over the desk."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.actor, self.second = facts.staff_member(), facts.staff_member("ben@example.org")
        self.givers = [facts.donor(f"Giver {name}", f"{name}@example.org") for name in "abc"]
        self.promises: list[Pledge] = []
        self.gifts: list[Donation] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    @rule(who=WHICH, minor=st.integers(1, 900), count=st.integers(1, 4), is_booked=st.booleans())
    def promise(self, who: int, minor: int, count: int, is_booked: bool) -> None:
        campaign = facts.campaign()
        amount = Money(minor, "USD")
        parts = pledging.schedule(
            amount=amount, count=min(count, minor), first_on=date(2026, 2, 28), months=1
        )
        asked = NewPledge(
            id=uuid.uuid4(), entity=campaign.fund.entity, donor_id=self._giver(who).pk, campaign=campaign,
            fund=campaign.fund, amount=amount, promised_on=date(2026, 1, 1), parts=parts, is_booked=is_booked,
        )  # fmt: skip
        self.promises.append(pledging.promise(pledge=asked, actor=self.actor, now=NOW))

    def _giver(self, who: int) -> Donor:
        found = Donor.objects.get(pk=self.givers[who % 3].pk)
        return found.merged_into or found

    @rule(who=WHICH, minor=st.integers(1, 900), by_card=st.booleans())
    def give(self, who: int, minor: int, by_card: bool) -> None:
        donor = self._giver(who)
        if by_card:
            made = facts.donation({facts.campaign().fund: minor}, donor_id=donor.pk)
        else:
            made = desk.enter(desk.check(amount=Money(minor, "USD"), donor_id=donor.pk))
        self.gifts.append(made)

    @precondition(lambda self: self.promises and self.gifts)
    @rule(which=WHICH, gift=WHICH, share=SHARE, is_all=st.booleans())
    def keep(self, which: int, gift: int, share: int, is_all: bool) -> None:
        pledge, donation = self._one(which), self.gifts[gift % len(self.gifts)]
        amount = None if is_all else Money(max(donation.amount_minor * share // 100, 1), "USD")
        with contextlib.suppress(UnableToPledge):
            keeping_pledges.keep(
                pledge_id=pledge.pk, donation_id=donation.pk, amount=amount, actor=self.actor, now=NOW
            )

    def _one(self, which: int) -> Pledge:
        return Pledge.objects.get(pk=self.promises[which % len(self.promises)].pk)

    @precondition(lambda self: self.promises and self.gifts)
    @rule(which=WHICH, gift=WHICH)
    def keep_no_more(self, which: int, gift: int) -> None:
        with contextlib.suppress(UnableToPledge):
            keeping_pledges.take_back(
                pledge_id=self._one(which).pk,
                donation_id=self.gifts[gift % len(self.gifts)].pk,
                actor=self.actor,
                now=NOW,
            )

    @precondition(lambda self: self.gifts)
    @rule(gift=WHICH, share=SHARE, comes_back=st.booleans())
    def give_back(self, gift: int, share: int, comes_back: bool) -> None:
        donation = self.gifts[gift % len(self.gifts)]
        left = (donation.amount - refunding.refunded(donation=donation)).minor
        if not left:
            return
        if donation.rail == Donation.Rail.DESK:
            wrong = Wrong(
                donation_id=donation.pk, kind=Reversal.Kind.BOUNCED, reason="bounced", gift_id=uuid.uuid4(),
                happened_on=NOW.date(),
            )  # fmt: skip
            reversing.reverse(wrong=wrong, actor=self.actor, now=NOW)
            return
        back = facts.refund(donation, max(left * share // 100, 1))
        if comes_back:
            facts.returned(back)

    @rule(who=WHICH, into=WHICH)
    def merge(self, who: int, into: int) -> None:
        with contextlib.suppress(merging.UnableToMerge):
            merging.merge(
                donor_id=self.givers[who % 3].pk, into_id=self.givers[into % 3].pk, reason="the same",
                actor=self.actor, now=NOW,
            )  # fmt: skip

    @rule(who=WHICH)
    def unmerge(self, who: int) -> None:
        with contextlib.suppress(merging.UnableToMerge):
            merging.unmerge(donor_id=self.givers[who % 3].pk, reason="two people", actor=self.actor, now=NOW)

    @precondition(lambda self: self.promises)
    @rule(which=WHICH, is_agreed=st.booleans())
    def give_up(self, which: int, is_agreed: bool) -> None:
        with contextlib.suppress(UnableToPledge), transaction.atomic():
            giving_up.ask(pledge_id=self._one(which).pk, reason="moved", actor=self.actor, now=NOW)
        for asked in WriteOffRequest.objects.filter(status="asked"):
            with contextlib.suppress(UnableToPledge), transaction.atomic():
                giving_up.decide(request_id=asked.pk, is_agreed=is_agreed, actor=self.second, now=NOW)

    @precondition(lambda self: self.promises)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        with contextlib.suppress(UnableToPledge):
            pledging.cancel(pledge_id=self._one(which).pk, reason="mistake", actor=self.actor, now=NOW)

    @rule()
    def heal(self) -> None:
        """The worker goes round, two days later: then nothing may be wrong any more."""
        keeping_pledges.follow_refunds(now=NOW + timedelta(days=2))
        assert lawless() == []
        self._owed()

    def _owed(self) -> None:
        """On paper: a promise the books know is owed what of it has not come, until it ends."""
        paper = sum(
            pledging.left(pledge).minor
            for pledge in Pledge.objects.filter(is_booked=True, status=Pledge.Status.OPEN)
        )
        lines = Line.objects.filter(account__code="1200").values_list("amount_minor", flat=True)
        assert sum(lines) == paper


def lawless() -> list[str]:
    """Rows that break the law; a refund of this minute would be forgiven for a day, and is not here."""
    query = pledge_laws.PLEDGES.replace("r.recorded_at < now() - interval '1 day'", "true")
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [str(row[0]) for row in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 15), pytest.param(100, 40, marks=pytest.mark.slow)], ids=["quick", "long"]
)
def test_any_history_of_promises(examples: int, steps: int) -> None:
    facts.campaign()

    class Ending(AnyPromise):
        def teardown(self) -> None:
            try:
                self.heal()
            finally:
                super().teardown()

    run_state_machine_as_test(
        Ending,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=examples < 50,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.explicit, Phase.generate],
        ),
    )
