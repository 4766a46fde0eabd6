"""A form of the desk is sent twice in the same second, by two processes."""

from __future__ import annotations

from donations import entering
from donations.benefiting import Return
from donations.models import Benefit, Donation
from ledger.models import Entry
from tests import facts, threads
from tests.donations import desk
from tests.facts import NOW


def test_sent_twice_at_once_is_one_gift(committed_db: None) -> None:
    gift, actor = desk.check(returns=[Return("A mug", 500)]), facts.staff_member()
    made = threads.results(
        threads.at_once([lambda: entering.enter(gift=gift, actor=actor, now=NOW) for _ in range(4)])
    )
    assert {row.pk for row in made} == {gift.id}
    assert (Donation.objects.count(), Benefit.objects.count(), Entry.objects.count()) == (1, 1, 1)
