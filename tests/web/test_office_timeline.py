"""The history on a gift's page: everything that happened after the money, each with a way to what it is made of."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from donations import approving, refunding
from donations.models import Donation, FraudWarning, Review, ReviewClosing
from ledger.models import Entry
from ledger.money import Money
from payments import gateway
from payments.models import BalanceTransaction
from receipts import issuing
from reports import timelines
from staff.models import Role, User
from tests import making
from tests.donations.bank import Bank

pytestmark = pytest.mark.django_db
USD = "USD"


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch, today: datetime) -> Bank:
    made = Bank(now=today)
    monkeypatch.setattr(gateway, "connect", lambda: made)
    return made


def words(response: Any) -> str:
    return str(response.content.decode())


def eventful(today: datetime) -> Donation:
    """A gift to which everything has happened."""
    for email, role in (("finance@example.org", Role.FINANCE), ("approver@example.org", Role.APPROVER)):
        making.user(email=email, role=role, now=today)
    anna, ben = (User.objects.get(email=f"{name}@example.org") for name in ("finance", "approver"))
    first, second = making.fund(), making.fund(code="WEL", name="Wells", restriction="purpose")
    parts = [(first, Money(60_000, USD)), (second, Money(40_000, USD))]
    gift = making.donation(
        by=making.donor(now=today), amount=Money(100_000, USD), fee=Money(2_930, USD), parts=parts,
        at=today - timedelta(days=3),
    )  # fmt: skip
    making.receipt(of=gift, now=today - timedelta(days=2))
    for minor, reason in ((10_000, "Given twice"), (60_000, "Asked for"), (55_000, "Asked again")):
        kept = refunding.request(
            donation_id=gift.pk, amount=Money(minor, USD), reason=reason, actor=anna, request_id=uuid.uuid4(),
            now=today,
        )  # fmt: skip
        if minor == 60_000:
            approving.decline(request_id=kept.pk, actor=ben, reason="Not ours", now=today)
        elif minor == 55_000:
            approving.approve(request_id=kept.pk, actor=ben, now=today)
    making.correction(of=gift, now=today)
    issuing.issue_due(now=today)
    making.payout(
        of=list(BalanceTransaction.objects.filter(kind="charge")), arrives_on=today.date(), at=today
    )
    FraudWarning.objects.create(
        donation=gift,
        processor_ref="issfr_1",
        kind="made_with_stolen_card",
        warned_at=today,
        recorded_at=today,
    )
    review = Review.objects.create(
        donation=gift, processor_ref="prv_1", reason="rule", opened_at=today, recorded_at=today
    )
    ReviewClosing.objects.create(review=review, outcome="approved", recorded_at=today)
    return gift


TOLD = (
    "Fee of the processor", "Refund asked for", "Refund proposed", "Refund declined", "Refund approved",
    "Refunded", "Receipt issued", "Receipt voided", "Mail waits", "Paid out to the bank",
    "The bank warns of fraud", "Looked at by the processor", "The processor has looked",
)  # fmt: skip


def history(page: str) -> str:
    return page.partition('<ol class="history">')[2]


def test_everything_is_told_with_people_funds_and_ways(
    signed_in: Callable[[Role | None], Client], today: datetime, bank: Bank
) -> None:
    gift = eventful(today)
    page = words(signed_in(Role.FINANCE).get(reverse("office:donation", args=[gift.pk])))
    shown = history(page)
    for told in TOLD:
        assert told in shown, told
    assert "Approver: Not ours" in shown
    assert "Finance: Asked again" in shown
    assert "GEN 60.00, WEL 40.00" in shown
    anchors = set(re.findall(r'href="#(entry-\d+)"', shown))
    assert anchors
    assert anchors <= set(re.findall(r'id="(entry-\d+)"', page))
    for name in ("office:proposal", "office:receipt_file", "office:payout"):
        beginning = (
            reverse(name, args=[1]) if name == "office:payout" else reverse(name, args=[uuid.UUID(int=0)])
        )
        assert beginning.split("00000000")[0].rsplit("/", 2)[0] in shown, name
    assert "https://dashboard.stripe.com/test/radar/reviews" in shown


def test_it_is_told_in_korean_too(
    signed_in: Callable[[Role | None], Client], today: datetime, bank: Bank
) -> None:
    gift = eventful(today)
    with translation.override("ko"):
        page = words(signed_in(Role.FINANCE).get(reverse("office:donation", args=[gift.pk])))
    for told in ("환불 제안", "환불 승인", "환불 거절", "결제사 수수료", "은행의 부정 사용 경고"):
        assert told in history(page), told


def test_the_page_costs_the_same_queries_however_much_happened(
    signed_in: Callable[[Role | None], Client],
    today: datetime,
    bank: Bank,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    gift = eventful(today)
    browser = signed_in(Role.FINANCE)
    browser.get(reverse("office:donation", args=[gift.pk]))
    with django_assert_max_num_queries(MOST_QUERIES):
        browser.get(reverse("office:donation", args=[gift.pk]))


MOST_QUERIES = 59


def test_a_dispute_tells_its_steps_its_movements_and_its_end(today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    dispute = making.dispute(of=gift, fee=Money(1_500, USD), at=today)
    from donations import disputing
    from payments.gateway import DisputeState
    from tests.making import balance_line

    def state(status: str, *back: Any) -> DisputeState:
        return DisputeState(
            dispute.processor_ref, gift.processor_ref or "", gift.amount, status, "fraudulent", today,
            today + timedelta(days=7), back,
        )  # fmt: skip

    disputing.apply(state=state("under_review"), now=today)
    disputing.apply(state=state("lost"), now=today)
    back = balance_line(of=dispute.processor_ref, kind="adjustment", amount=gift.amount, at=today)
    disputing.apply(state=state("won", back), now=today)
    entries = timelines.entries(donation=gift)
    moments = timelines.of(donation=gift, entries=entries)
    assert [(moment.kind, moment.code) for moment in moments if "disput" in moment.kind] == [
        ("disputed", ""),
        ("dispute_step", "under_review"),
        ("dispute_step", "lost"),
        ("dispute_step", "won"),
        ("dispute_moved", ""),
        ("dispute_moved", ""),
        ("dispute_lost", ""),
        ("dispute_appealed", ""),
    ]
    assert {entry.kind for entry in entries} == {
        Entry.Kind.DONATION,
        Entry.Kind.DISPUTE_MOVEMENT,
        Entry.Kind.DISPUTE_LOST,
    }
