"""A paper is what was issued, whatever becomes of those it names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from donors import keeping
from receipts import keyholding, reading, registering, rendering, sealing
from receipts.models import Issuer, Receipt
from tests import facts
from tests.facts import NOW
from tests.receipts.reading import words

pytestmark = pytest.mark.django_db


def test_d14_a_year_later_the_giver_gets_the_same_bytes(tmp_path: Any, settings: Any) -> None:
    """The body has another name, address and treasurer, the giver another name and home: the paper stays."""
    settings.RECEIPT_KEYS = str(tmp_path)
    issuer = Issuer.objects.get(entity=facts.general().entity)
    keyholding.make_missing(entities=[(issuer.entity.code, issuer.entity.legal_name)], now=NOW)
    gift = facts.donation()
    facts.paperwork()
    receipt = Receipt.objects.get()
    first = reading.copy_of(receipt=receipt)
    later, person = NOW + timedelta(days=365), facts.staff_member()
    changed = replace(
        registering.body_of(issuer=issuer),
        legal_name="Lighthouse Relief",
        registered_name="Lighthouse Relief",
        local_name="등대구호",
        address="9 Other Road\nSalem, OR 97301",
        signatory="Noah Other, Treasurer",
    )
    registering.change(entity_id=issuer.entity_id, body=changed, actor=person, now=later)
    moved = {"name": "Grace Lee", "address": "1 New Lane\nAlbany, NY 12207"}
    keeping.change(donor_id=gift.donor_id, changes=moved, actor=person, now=later)
    facts.paperwork(now=later)
    again = Receipt.objects.get()
    assert reading.copy_of(receipt=again) == first
    # Nor is it the stored copy alone: from the frozen words the same file is made once more.
    signer = keyholding.signer(entity_code=issuer.entity.code)
    seal = sealing.Seal(again.seal.key_id, bytes(again.seal.signature))
    assert rendering.render(json.loads(again.snapshot), seal=seal, signer=signer) == first
    assert "Lighthouse" not in words(first)
    # The next receipt has the new names.
    facts.donation(donor_id=gift.donor_id)
    facts.paperwork(now=later)
    newest = words(reading.file_of(receipt=Receipt.objects.get(number=2)))
    assert "Lighthouse Relief" in newest
    assert "Grace Lee" in newest
