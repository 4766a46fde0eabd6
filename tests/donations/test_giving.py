"""Beginning a gift: the intent first, one attempt for each form, and nothing unknown called done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from campaigns.models import Campaign, GivingPage
from donations import giving, sweeping
from donations.models import Checkout
from ledger.models import Fund
from ledger.money import Money
from payments import gateway
from payments.gateway import ProcessorBusy
from payments.stripe_gateway import StripeGateway
from tests.donations.giving import Supporter, gift, only_donation, settle_all
from tests.sandbox.driving import SECRET


def arm(supporter: Supporter, mode: str, **given: object) -> None:
    supporter.processor.operate("POST", "faults", {"mode": mode, **given})


def sessions(supporter: Supporter) -> int:
    return len(supporter.processor.v1.checkout.sessions.list().data)


def test_the_same_form_sent_twice_is_one_attempt(supporter: Supporter) -> None:
    pk, asked = uuid.uuid4(), gift()
    first = giving.begin(checkout_id=pk, gift=asked, now=supporter.now)
    second = giving.begin(checkout_id=pk, gift=asked, now=supporter.now + timedelta(seconds=3))
    assert first.payment_url == second.payment_url
    assert (Checkout.objects.count(), sessions(supporter)) == (1, 1)
    assert giving.find(checkout_id=pk) == first.checkout
    assert giving.find(checkout_id=uuid.uuid4()) is None


@pytest.mark.parametrize(
    "change",
    [{"amount": Money(20_000, "USD")}, {"donor_name": "Other"}, {"note": "x"}, {"is_anonymous": True}],
)
def test_the_same_form_with_another_content_is_refused(supporter: Supporter, change: dict[str, Any]) -> None:
    pk = uuid.uuid4()
    giving.begin(checkout_id=pk, gift=gift(), now=supporter.now)
    with pytest.raises(giving.OtherGift):
        giving.begin(checkout_id=pk, gift=gift(**change), now=supporter.now)
    assert sessions(supporter) == 1


def test_the_cover_is_part_of_what_is_charged(supporter: Supporter) -> None:
    begun = supporter.begin(cover=Money(330, "USD"))
    checkout = Checkout.objects.get()
    assert (checkout.amount_minor, checkout.cover_minor) == (10_330, 330)
    supporter.pay(begun)
    settle_all(supporter.processor, now=supporter.now)
    assert only_donation().amount == Money(10_330, "USD")


def test_a_finished_attempt_has_no_payment_page(supporter: Supporter) -> None:
    begun = supporter.begin()
    supporter.pay(begun)
    settle_all(supporter.processor, now=supporter.now)
    again = giving.begin(checkout_id=begun.checkout.pk, gift=gift(), now=supporter.now)
    assert (again.payment_url, again.checkout.status) == (None, "paid")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("below_minimum", {"amount": Money(1, "USD")}),
        ("above_maximum", {"amount": Money(99_999_999, "USD"), "cover": Money(1, "USD")}),
        ("currency", {"amount": Money(10_000, "JPY")}),
    ],
)
def test_what_cannot_be_given_is_refused_by_its_field(
    supporter: Supporter, code: str, change: dict[str, Any]
) -> None:
    with pytest.raises(giving.GiftRefused) as refusal:
        supporter.begin(**change)
    assert refusal.value.code == code
    assert not Checkout.objects.exists()


def test_a_fund_that_is_not_offered_is_refused(supporter: Supporter) -> None:
    page = GivingPage.objects.get(campaign__slug="family")
    offered = {page.campaign.fund_id, *page.funds.values_list("fund_id", flat=True)}
    hidden = Fund.objects.exclude(pk__in=offered).order_by("id").first() or Fund.objects.create(
        code="HID", entity=page.entity, restriction="purpose"
    )
    with pytest.raises(giving.GiftRefused, match="fund"):
        supporter.begin(fund=hidden)


@pytest.mark.parametrize("closing", ["page", "campaign"])
def test_a_closed_page_takes_nothing(supporter: Supporter, closing: str) -> None:
    if closing == "page":
        GivingPage.objects.filter(campaign__slug="family").update(is_open=False)
    else:
        Campaign.objects.filter(slug="family").update(status="draft")
    with pytest.raises(giving.GiftRefused, match="page_closed"):
        supporter.begin()


@pytest.mark.parametrize(
    "mode", ["reset", "half_json", "empty_200", "429", "500_before", "500_after", "html_error"]
)
def test_an_unknown_answer_is_not_called_done_and_one_page_comes_of_it(
    supporter: Supporter, mode: str
) -> None:
    pk, asked = uuid.uuid4(), gift()
    arm(supporter, mode, method="POST")
    first = giving.begin(checkout_id=pk, gift=asked, now=supporter.now)
    if mode != "500_after":  # there the look-up finds the page at once
        assert first.payment_url is None
    second = giving.begin(checkout_id=pk, gift=asked, now=supporter.now)
    assert second.payment_url
    assert (sessions(supporter), Checkout.objects.get().status) == (1, "open")


def test_a_kept_failure_takes_a_new_attempt_once_nothing_is_found(supporter: Supporter) -> None:
    pk, asked = uuid.uuid4(), gift()
    arm(supporter, "500_before_sticky", method="POST")
    assert giving.begin(checkout_id=pk, gift=asked, now=supporter.now).payment_url is None
    assert Checkout.objects.get().attempt == 1
    assert giving.begin(checkout_id=pk, gift=asked, now=supporter.now).payment_url
    assert sessions(supporter) == 1


def test_a_failed_look_up_after_a_kept_failure_changes_nothing(supporter: Supporter) -> None:
    arm(supporter, "500_before_sticky", method="POST")
    arm(supporter, "reset", method="GET")
    assert supporter.begin().payment_url is None
    assert Checkout.objects.get().attempt == 0


def test_a_refusal_of_the_processor_ends_the_attempt(supporter: Supporter) -> None:
    from django.conf import settings

    bare = StripeGateway(
        api_key="sk_live_not_for_the_sandbox", api_base=settings.STRIPE_API_BASE, webhook_secrets=[SECRET]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "connect", lambda: bare)
        with pytest.raises(giving.GiftRefused, match="processor"):
            supporter.begin()
    assert Checkout.objects.get().status == "failed"


def test_a_page_we_lost_is_found_by_our_own_id(supporter: Supporter, check_laws: Callable[[], None]) -> None:
    arm(supporter, "reset", method="POST")
    checkout = supporter.begin().checkout
    assert giving.reopen(checkout=checkout, now=supporter.now)
    checkout.refresh_from_db()
    assert (checkout.status, sessions(supporter)) == ("open", 1)
    arm(supporter, "429", method="POST")
    other = supporter.begin().checkout
    assert giving.reopen(checkout=other, now=supporter.now)
    assert sessions(supporter) == 2
    check_laws()


def test_the_sweeper_finds_a_page_and_gives_up_what_never_was(supporter: Supporter) -> None:
    arm(supporter, "reset", method="POST")
    found = supporter.begin().checkout
    arm(supporter, "429", method="POST")
    never = supporter.begin().checkout
    sweeping.run(now=supporter.now + timedelta(minutes=3))
    found.refresh_from_db()
    never.refresh_from_db()
    assert (found.status, never.status) == ("open", "begun")
    sweeping.run(now=supporter.now + timedelta(hours=3))
    never.refresh_from_db()
    assert never.status == "abandoned"
    begun = giving.begin(checkout_id=never.pk, gift=gift(), now=supporter.now)
    assert begun.payment_url


def test_the_sweeper_settles_a_gift_whose_every_notice_was_lost(supporter: Supporter) -> None:
    supporter.give()
    swept = sweeping.run(now=supporter.now + timedelta(minutes=3))
    assert (swept.looked_at, swept.unsure, swept.parked) == (1, 0, 0)
    assert only_donation().amount == Money(10_000, "USD")


def test_the_sweeper_stays_unsure_when_nobody_answers(supporter: Supporter) -> None:
    supporter.begin()
    arm(supporter, "reset", method="GET")
    swept = sweeping.run(now=supporter.now + timedelta(minutes=3))
    assert swept.unsure == 1
    assert Checkout.objects.get().look_after > supporter.now + timedelta(minutes=3)
    assert sweeping.run(now=supporter.now + timedelta(minutes=3)).looked_at == 0


def test_the_balance_finds_a_gift_nobody_told_of(supporter: Supporter) -> None:
    supporter.give()
    swept = sweeping.reconcile(now=supporter.now)
    assert swept.looked_at >= 1
    assert only_donation().amount == Money(10_000, "USD")
    assert sweeping.reconcile(now=supporter.now).parked == 0


def test_busy_is_a_kind_of_unsure() -> None:
    assert issubclass(ProcessorBusy, gateway.ProcessorUnsure)
