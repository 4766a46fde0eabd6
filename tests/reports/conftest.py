from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from donations.models import Checkout, Donation
from ledger import closing
from staff import auditing
from tests import facts
from tests.campaigns import making
from tests.donations.conftest import house, supporter
from tests.facts import NOW

__all__ = ["house", "supporter"]


@pytest.fixture
def lawful(db: None) -> Donation:
    """A gift that was paid, receipted and partly refunded, a lost dispute, a closed period and an audit trail."""
    checkout = facts.checkout()
    gift = facts.donation(checkout=checkout, source="spring")
    Checkout.advance(pk=checkout.pk, to=Checkout.Status.PAID, now=NOW)
    facts.paperwork()
    facts.refund(gift, 2_500)
    facts.paperwork()
    facts.dispute(facts.donation(), "lost")
    facts.paperwork()
    for action in ("one", "two", "three"):
        auditing.record(actor="test", action=action, target="nothing", now=NOW, details={"이름": 1})
    closing.close(
        entity=making.entity(), through_on=NOW.date() - timedelta(days=1), closed_by="user:1", now=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return gift
