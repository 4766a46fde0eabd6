"""The day of a gift that came over the wire: by the rule of its body at that moment, kept for ever (C1, C2, C7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from donations import dating
from donations.dating import Basis
from donations.models import Donation
from ledger.models import LegalEntity
from payments import gateway
from receipts import correcting, issuing
from receipts.models import Receipt
from tests import facts
from tests.campaigns import making
from tests.donations.conftest import Supporter
from tests.donations.giving import paperwork, settle_all
from tests.facts import NOW

HONOLULU_EVE = datetime(2026, 1, 1, 9, 59, tzinfo=UTC)
SEOUL_MORNING = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)


def rule(name: str) -> None:
    making.entity()
    LegalEntity.objects.update(date_rule=name)


def test_c1_the_rule_of_the_body_chooses_the_day_and_a_later_rule_moves_nothing(db: None) -> None:
    own = facts.donation(given_at=HONOLULU_EVE, giver_zone="Pacific/Honolulu")
    assert (own.given_on, own.date_rule, own.given_at) == (
        date(2026, 1, 1),
        "charge_in_entity_zone",
        HONOLULU_EVE,
    )
    assert own.giver_zone == "Pacific/Honolulu"
    issuing.issue_due(now=NOW)
    rule("latest_us_zone")
    late = facts.donation(given_at=HONOLULU_EVE)
    assert (late.given_on, late.date_rule) == (date(2025, 12, 31), "charge_in_latest_us_zone")
    issuing.issue_due(now=NOW)
    assert correcting.correct_due(now=NOW + timedelta(days=1)) == 0
    own.refresh_from_db()
    assert own.given_on == date(2026, 1, 1)
    assert set(Receipt.objects.values_list("serial", flat=True)) == {"2026-000001", "2025-000001"}


def test_c2_seoul_gives_in_the_next_year_and_is_receipted_in_this_one(db: None) -> None:
    gift = facts.donation(given_at=SEOUL_MORNING, giver_zone="Asia/Seoul")
    assert gift.given_on == date(2025, 12, 31)
    assert issuing.issue_due(now=NOW) == 1
    assert Receipt.objects.get().tax_year == 2025


def test_c7_a_bank_debit_counts_when_the_bank_pays(supporter: Supporter) -> None:
    begun = supporter.begin()
    supporter.pay(begun, method="us_bank_account", routing="110000000", account="000123456789")
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", f"bank_debits/{charge.id}/settle")
    settle_all(supporter.processor, now=supporter.now)
    gift = Donation.objects.get()
    line = gateway.connect().charge(charge.id).balance
    assert line is not None
    assert (gift.date_rule, gift.given_at) == ("settlement", line.created_at)
    paperwork(now=supporter.now)


def test_a_rule_stands_for_an_event() -> None:
    assert dating.basis_of("charge_in_latest_us_zone") is Basis.CHARGE
    assert dating.basis_of("postmark") is Basis.POSTMARK
    assert dating.basis_of("staff") is Basis.RECEIVED
    paid = dating.charged(at=HONOLULU_EVE, zone="America/New_York", rule="org_zone", basis=Basis.SETTLEMENT)
    assert (paid.kept_as, paid.on) == ("settlement", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("said", "kept"),
    [("Asia/Seoul", "Asia/Seoul"), ("", ""), ("undefined", ""), ("../etc/passwd", ""), ("x" * 90, "")],
)
def test_a_browser_may_say_anything_about_its_clock(supporter: Supporter, said: str, kept: str) -> None:
    begun = supporter.begin(giver_zone=said)
    assert begun.checkout.giver_zone == kept
