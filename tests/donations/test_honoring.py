"""The family's notice: once, when the first money is in the books, and never with the amount."""

from __future__ import annotations

from typing import Any

import pytest

from donations import honoring
from donations.giving import Dedication
from donations.models import Donation, RecurringPlan, Tribute
from donations.models.intents import Frequency
from donors.models import Consent, Donor, Message
from ledger.money import Money
from receipts import issuing
from tests.donations.giving import Supporter, notices, only_donation, selfcheck, settle_all

FAMILY = Dedication(
    kind=Tribute.Kind.MEMORY,
    honoree="Ruth Kim",
    notify_name="Hanna Kim",
    notify_email="hanna@example.org",
    words="She taught us to pray.",
)


def notice() -> Message:
    return Message.objects.get(kind=Message.Kind.TRIBUTE)


def test_d10_the_family_is_told_once_without_the_amount(supporter: Supporter) -> None:
    checkout = supporter.give(dedication=FAMILY, amount=Money(12_345, "USD"), cover=Money(400, "USD"))
    assert not Message.objects.exists()
    told = notices(supporter.processor)
    settle_all(supporter.processor, now=supporter.now)
    settle_all(supporter.processor, now=supporter.now, order=told[::-1])
    letter = notice()
    assert letter.cause == f"tribute:{checkout.tribute.pk}"
    assert (letter.to_email, letter.donor_id, letter.language) == ("hanna@example.org", None, "en")
    assert letter.subject == "A gift in memory of someone dear to you"
    for said in ("Dear Hanna Kim,", "Grace Kim has made a gift to", "Ruth Kim", "She taught us to pray."):
        assert said in letter.text
    for secret in ("127", "123", "$", "USD", "Family", "grace@example.org"):
        assert secret not in letter.text
    assert [donor.email for donor in Donor.objects.all()] == ["grace@example.org"]
    assert not Consent.objects.exists()
    # The giver's receipt is for the whole amount.
    receipt = issuing.decide(donation_id=only_donation().pk, now=supporter.now)
    assert receipt is not None
    assert (receipt.total_minor, receipt.eligible_minor) == (12_745, 12_745)
    selfcheck(now=supporter.now)


def test_an_unnamed_giver_stays_unnamed(supporter: Supporter) -> None:
    supporter.give(dedication=FAMILY, is_anonymous=True)
    settle_all(supporter.processor, now=supporter.now)
    assert "Somebody who wishes to stay unnamed has made a gift" in notice().text
    assert "Grace" not in notice().text


def test_in_korean_and_in_honor_without_name_or_words(supporter: Supporter) -> None:
    honored = Dedication(kind=Tribute.Kind.HONOR, honoree="김영희", notify_email="kim@example.org")
    supporter.give(dedication=honored, language="ko", donor_name="김철수", amount=Money(50_000, "KRW"))
    settle_all(supporter.processor, now=supporter.now)
    letter = notice()
    assert letter.subject == "소중한 분을 기리는 후원이 있었습니다"
    assert "김철수 님이 김영희 님을 기리며" in letter.text
    assert "50,000" not in letter.text
    assert "남기신 말씀" not in letter.text


def test_months_that_follow_tell_nobody_again(supporter: Supporter) -> None:
    supporter.give("safe-house", frequency=Frequency.MONTHLY, amount=Money(3_000, "USD"), dedication=FAMILY)
    settle_all(supporter.processor, now=supporter.now)
    first = notice()
    first.delete()  # even when the notice itself was cleared away long ago
    supporter.processor.operate("POST", "clock", {"seconds": 32 * 86400})
    settle_all(supporter.processor, now=supporter.now)
    assert Donation.objects.count() == 2
    assert RecurringPlan.objects.get().checkout.tribute.notify_email == "hanna@example.org"
    assert not Message.objects.filter(kind=Message.Kind.TRIBUTE).exists()


@pytest.mark.parametrize("outcome", ["settle", "fail"])
def test_a_bank_that_has_not_answered_tells_nobody(supporter: Supporter, outcome: str) -> None:
    begun = supporter.begin(dedication=FAMILY)
    supporter.pay(begun, method="us_bank_account", routing="110000000", account="000123456789")
    settle_all(supporter.processor, now=supporter.now)
    assert not Message.objects.filter(kind=Message.Kind.TRIBUTE).exists()
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", f"bank_debits/{charge.id}/{outcome}")
    settle_all(supporter.processor, now=supporter.now)
    assert Message.objects.filter(kind=Message.Kind.TRIBUTE).exists() is (outcome == "settle")


@pytest.mark.parametrize("dedication", [None, Dedication(kind=Tribute.Kind.HONOR, honoree="Ruth Kim")])
def test_nobody_is_told_where_nobody_is_named(supporter: Supporter, dedication: Any) -> None:
    checkout = supporter.give(dedication=dedication)
    settle_all(supporter.processor, now=supporter.now)
    assert not Message.objects.filter(kind=Message.Kind.TRIBUTE).exists()
    checkout.refresh_from_db()
    told = honoring.tell_family(checkout=checkout, donation=only_donation(), now=supporter.now)
    assert told is None
