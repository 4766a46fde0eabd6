"""The steps of filings, and that no text of the house holds a resident number: the database's own word (KR-13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from donations.models import Benefit, GiftDetail, GiverDetail, Tribute
from donors.models import Donor
from tests import facts
from tests.facts import NOW
from tests.laws import broken_filings
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db
NUMBER = "900101-1234567"


@pytest.mark.parametrize(
    ("law", "breaking"),
    [(law, breaking) for law, breakings in broken_filings.STEPS.items() for breaking in breakings],
)
def test_each_step_is_refused_by_name(law: str, breaking: Callable[[], object]) -> None:
    with refused_by(law):
        breaking()


@pytest.mark.parametrize(
    "breaking",
    [
        lambda: Donor.objects.create(name=f"김 {NUMBER}", name_key="x", created_at=NOW),
        lambda: Donor.objects.filter(pk=facts.donor().pk).update(address=f"서울\n{NUMBER}"),
        lambda: Donor.objects.filter(pk=facts.donor().pk).update(phone=NUMBER.replace("-", "")),
        lambda: facts.checkout(note=f"제 번호는 {NUMBER} 입니다"),
        lambda: facts.checkout(donor_name=NUMBER.replace("-", " ")),
        lambda: GiverDetail.objects.create(checkout=facts.checkout(), address=NUMBER),
        lambda: Tribute.objects.create(checkout=facts.checkout(), kind="honor", honoree=NUMBER),
        lambda: facts.promise(donor_name=NUMBER),
        lambda: facts.donation(note=NUMBER),
        lambda: GiftDetail.objects.create(donation=facts.donation(), staff_note=NUMBER, entered_at=NOW),
        lambda: Benefit.objects.create(donation=facts.donation(), description=NUMBER, entered_at=NOW),
        lambda: facts.request(facts.donation(), reason=NUMBER),
    ],
)
def test_no_text_holds_a_resident_number_and_no_error_repeats_it(breaking: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        breaking()
    assert "a resident number is never kept" in str(refused.value)
    assert "1234567" not in str(refused.value)


def test_numbers_that_are_none_are_kept() -> None:
    for text in ("010-1234-5678", "120-81-47521", "9001011234567890", "900101-9234567", "2026-11-20"):
        assert facts.checkout(note=text).note == text


def test_every_text_a_person_types_about_a_gift_is_guarded() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'no_resident_number_is_kept'"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    assert {"donors_donor", "donations_donation", "donations_checkout", "donations_correction"} < guarded
