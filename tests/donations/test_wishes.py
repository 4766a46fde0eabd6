"""What a giver may ask for besides the amount: a schedule, a dedication, an employer. Stored with the attempt."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from donations import giving
from donations.giving import Dedication
from donations.models import Checkout, Tribute
from donations.models.intents import Frequency
from ledger.money import Money
from payments import offering_methods
from tests.donations.giving import Supporter, gift

WISHES: dict[str, Any] = {
    "frequency": Frequency.QUARTERLY,
    "charge_day": 15,
    "ends_on": date(2099, 3, 31),
    "employer": "Harbor Works",
    "dedication": Dedication(kind=Tribute.Kind.HONOR, honoree="Ruth", notify_email="ruth@example.org"),
}


def test_every_wish_is_stored_with_the_attempt(supporter: Supporter) -> None:
    checkout = supporter.begin("safe-house", **WISHES).checkout
    kept = Checkout.objects.get()
    assert (kept.frequency, kept.charge_day, kept.ends_on) == ("quarterly", 15, date(2099, 3, 31))
    assert kept.employer == "Harbor Works"
    found = giving.find(checkout_id=checkout.pk)
    assert found is not None
    assert giving.dedicated(found.tribute) == WISHES["dedication"]


@pytest.mark.parametrize(
    "change",
    [
        {"charge_day": 16},
        {"charge_day": None},
        {"ends_on": None},
        {"employer": ""},
        {"dedication": None},
        {"dedication": Dedication(kind=Tribute.Kind.MEMORY, honoree="Ruth", notify_email="ruth@example.org")},
        {"frequency": Frequency.YEARLY},
    ],
)
def test_another_wish_under_the_same_form_is_another_gift(
    supporter: Supporter, change: dict[str, Any]
) -> None:
    pk = uuid.uuid4()
    first = giving.begin(checkout_id=pk, gift=gift("safe-house", **WISHES), now=supporter.now)
    again = giving.begin(checkout_id=pk, gift=gift("safe-house", **WISHES), now=supporter.now)
    assert first.payment_url == again.payment_url
    with pytest.raises(giving.OtherGift):
        giving.begin(checkout_id=pk, gift=gift("safe-house", **{**WISHES, **change}), now=supporter.now)
    assert Tribute.objects.count() == 1


def test_a_dedication_added_later_is_another_gift(supporter: Supporter) -> None:
    pk = uuid.uuid4()
    giving.begin(checkout_id=pk, gift=gift(), now=supporter.now)
    with pytest.raises(giving.OtherGift):
        giving.begin(checkout_id=pk, gift=gift(dedication=WISHES["dedication"]), now=supporter.now)
    assert not Tribute.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"charge_day": 15},
        {"ends_on": date(2099, 1, 1)},
        {"frequency": Frequency.MONTHLY, "charge_day": 0},
        {"frequency": Frequency.MONTHLY, "charge_day": 32},
        {"frequency": Frequency.YEARLY, "ends_on": "yesterday"},
    ],
)
def test_impossible_schedules_are_refused_and_nothing_is_stored(
    supporter: Supporter, wish: dict[str, Any]
) -> None:
    if wish.get("ends_on") == "yesterday":
        wish = {**wish, "ends_on": supporter.now.date() - timedelta(days=1)}
    with pytest.raises(giving.GiftRefused) as refused:
        supporter.begin(**wish)
    assert refused.value.code == "schedule"
    assert not Checkout.objects.exists()


def test_an_attempt_and_its_dedication_are_written_together(supporter: Supporter) -> None:
    unnamed = Dedication(kind=Tribute.Kind.HONOR, notify_email="ruth@example.org")  # the database refuses it
    with pytest.raises(Checkout.DoesNotExist), transaction.atomic():
        supporter.begin(dedication=unnamed)
    assert not Checkout.objects.exists()


ONCE = {
    "USD": {"card", "us_bank_account"},
    "KRW": {"card", "kr_card", "kakao_pay", "naver_pay", "payco", "samsung_pay"},
}
AGAIN = {"USD": {"card", "us_bank_account"}, "KRW": {"card", "kr_card", "kakao_pay"}}


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize("currency", ["USD", "KRW"])
def test_a_payment_page_offers_what_fits_and_only_that(
    supporter: Supporter, frequency: Frequency, currency: str
) -> None:
    supporter.begin("safe-house", frequency=frequency, amount=Money(50_000, currency))
    session = supporter.processor.v1.checkout.sessions.list().data[0]
    wanted = ONCE if frequency == Frequency.ONCE else AGAIN
    assert set(session.payment_method_types) == wanted[currency]
    given = set(offering_methods.offered(currency=currency, is_recurring=frequency != Frequency.ONCE))
    assert given - {"link"} == wanted[currency]
    (sent,) = [
        one
        for one in supporter.processor.operate("GET", "requests")["requests"]
        if one["method"] == "POST" and one["path"].endswith("/checkout/sessions")
    ]
    assert "allowed_payment_method_types" in sent["body"]
    assert "&payment_method_types" not in sent["body"]


def test_a_currency_without_methods_of_its_own_takes_cards() -> None:
    assert offering_methods.offered(currency="EUR", is_recurring=False) == ("card", "link")
