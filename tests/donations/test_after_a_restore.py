"""The runbook's remedy for a gift whose form was lost between the backup and the accident."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import timezone

from donations import settling
from donations.models import Checkout, Donation
from payments import inbox
from payments.models import ProcessorEvent
from tests.donations.giving import Supporter, notices, only_donation, paperwork, selfcheck

RUNBOOK = Path(__file__).resolve().parents[2] / "deploy" / "RUNBOOK.md"


def test_a_gift_whose_form_is_lost_is_parked_and_recorded_as_the_runbook_says(supporter: Supporter) -> None:
    lost = supporter.give()
    session = Checkout.objects.get(pk=lost.pk).session_ref
    assert session
    Checkout.objects.filter(pk=lost.pk).delete()
    for notice in notices(supporter.processor):
        pk, _ = inbox.keep(notice=notice, now=supporter.now)
        settling.settle(event_id=pk, now=supporter.now)
    assert ProcessorEvent.objects.filter(status="parked").exists()
    assert not Donation.objects.exists()

    _as_written(reference=str(lost.pk), session=session)

    donation = only_donation()
    assert donation.checkout_id == lost.pk
    assert donation.donor.name == "Grace Kim"
    paperwork(now=timezone.now())
    selfcheck(now=timezone.now())


def _as_written(*, reference: str, session: str) -> None:
    written = re.findall(
        r"^```python\n(.*?)^```", RUNBOOK.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(written) == 1
    exec(written[0].replace("CLIENT_REFERENCE_ID", reference).replace("CHECKOUT_SESSION_ID", session), {})
