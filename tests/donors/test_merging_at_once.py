"""Two people merge the same two donors in the same second."""

from __future__ import annotations

import pytest

from donors import merging
from donors.merging import UnableToMerge
from donors.models import Donor, DonorMerge
from tests import facts, threads
from tests.facts import NOW


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("crossed", [False, True])
def test_two_merges_at_once_never_make_a_circle(crossed: bool) -> None:
    actor = facts.staff_member()
    one, other = facts.donor("G. Kim", "g.kim@example.org"), facts.donor()
    pairs = [(one, other), (other, one) if crossed else (one, other)]
    outcomes = threads.at_once(
        [
            lambda pair=pair: merging.merge(  # type: ignore[misc]
                donor_id=pair[0].pk, into_id=pair[1].pk, reason="same", actor=actor, now=NOW
            )
            for pair in pairs
        ]
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in refused] == ([UnableToMerge] if crossed else [])
    assert Donor.objects.filter(merged_into__isnull=False).count() == 1
    assert DonorMerge.objects.count() == 1
