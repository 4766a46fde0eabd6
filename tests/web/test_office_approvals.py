"""Second persons in the office: proposed on one screen, decided on another, and up to which sum nobody is needed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donations import refunding
from donations.models import Donation, RefundPolicy, RefundRequest
from ledger.models import Fund
from ledger.money import Money
from payments import gateway
from staff.models import AuditEvent, Role, User
from tests import making
from tests.donations.bank import Bank

pytestmark = pytest.mark.django_db
USD = "USD"


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch, today: datetime) -> Bank:
    made = Bank(now=today)
    monkeypatch.setattr(gateway, "connect", lambda: made)
    return made


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def approver(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.APPROVER)


def words(response: Any) -> str:
    return str(response.content.decode())


def two_funds(today: datetime) -> tuple[Donation, Fund, Fund]:
    first, second = making.fund(), making.fund(code="WEL", name="Wells", restriction="purpose")
    parts = [(first, Money(6_000, USD)), (second, Money(4_000, USD))]
    return making.donation(by=making.donor(now=today), parts=parts, at=today), first, second


def proposed(today: datetime) -> RefundRequest:
    gift = making.donation(by=making.donor(now=today), amount=Money(100_000, USD), at=today)
    return refunding.request(
        donation_id=gift.pk,
        amount=Money(60_000, USD),
        reason="Given twice",
        actor=User.objects.get(email="finance@example.org"),
        request_id=uuid.uuid4(),
        now=today,
    )


def press(browser: Client, proposal: RefundRequest, deed: str, reason: str = "") -> Any:
    address = reverse("office:proposal_decide", args=[proposal.pk])
    return browser.post(address, {"deed": deed, "reason": reason})


# Refunds by fund


def kept(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_an_amount_out_of_each_fund_is_looked_at_and_sent(
    finance: Client, today: datetime, bank: Bank
) -> None:
    gift, first, second = two_funds(today)
    page = words(finance.get(reverse("office:refund", args=[gift.pk])))
    for told in (
        "Everything that is left",
        "General fund, up to $60.00",
        "Wells, up to $40.00",
        "Above $500.00",
    ):
        assert told in page, told
    [request_id] = re.findall(r'name="request_id" value="([^"]+)"', page)
    typed = {
        "how": "funds", f"fund_{first.pk}": "10", f"fund_{second.pk}": "25.50", "amount": "100.00",
        "reason": "Wrong fund", "request_id": request_id,
    }  # fmt: skip
    looked = finance.post(reverse("office:refund_check", args=[gift.pk]), typed)
    for told in (
        "Give $35.50 back?",
        "$10.00 of it comes out of General fund",
        "$25.50 of it comes out of Wells",
    ):
        assert told in words(looked), told
    assert RefundRequest.objects.count() == 0
    sent = finance.post(reverse("office:refund_send", args=[gift.pk]), kept(words(looked)))
    assert sent.status_code == 302
    parts = {part.fund_id: part.amount_minor for part in gift.refunds.get().parts.all()}
    assert parts == {first.pk: 1_000, second.pk: 2_550}


@pytest.mark.parametrize(("how", "amount", "told"), [
    ("all", "", "Give $100.00 back?"), ("amount", "10", "$6.00 of it comes out of General fund"),
])  # fmt: skip
def test_all_of_it_and_an_amount_are_shared_as_the_gift_was(
    finance: Client, today: datetime, how: str, amount: str, told: str
) -> None:
    gift, _, _ = two_funds(today)
    typed = {"how": how, "amount": amount, "reason": "x", "request_id": str(uuid.uuid4())}
    assert told in words(finance.post(reverse("office:refund_check", args=[gift.pk]), typed))


@pytest.mark.parametrize(("parts", "told"), [
    (("60.01", ""), "At most $60.00 can be given back."), (("abc", "1"), "This is not an amount"),
    (("", ""), "This is not an amount"),
])  # fmt: skip
def test_a_part_above_its_fund_is_refused_on_its_field(
    finance: Client, today: datetime, parts: tuple[str, str], told: str
) -> None:
    gift, first, second = two_funds(today)
    typed = {
        "how": "funds", f"fund_{first.pk}": parts[0], f"fund_{second.pk}": parts[1], "reason": "x",
        "request_id": str(uuid.uuid4()),
    }  # fmt: skip
    answer = finance.post(reverse("office:refund_check", args=[gift.pk]), typed)
    assert (answer.status_code, told in words(answer)) == (422, True)


# Proposals


def test_above_the_threshold_it_is_proposed_and_listed(
    finance: Client, approver: Client, today: datetime, bank: Bank
) -> None:
    gift = making.donation(by=making.donor(now=today), amount=Money(100_000, USD), at=today)
    typed = {"amount": "600", "reason": "Given twice", "request_id": str(uuid.uuid4())}
    looked = words(finance.post(reverse("office:refund_check", args=[gift.pk]), typed))
    assert "Propose to give $600.00 back?" in looked
    assert "more than $500.00 of this gift" in looked
    finance.post(reverse("office:refund_send", args=[gift.pk]), kept(looked))
    assert bank.sent == {}
    page = words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "somebody else must approve it" in page
    assert "Refund proposed" in page
    proposal = RefundRequest.objects.get()
    listed = words(approver.get(reverse("office:today")))
    assert reverse("office:proposal", args=[proposal.pk]) in listed
    assert "A refund waits for a second person" in listed
    assert "decide by" in listed
    assert "days left" in listed


def test_the_approver_approves_and_it_goes_back(
    finance: Client, approver: Client, today: datetime, bank: Bank
) -> None:
    proposal = proposed(today)
    page = words(approver.get(reverse("office:proposal", args=[proposal.pk])))
    assert "Approve and give $600.00 back" in page
    assert "Grace" not in page
    assert press(approver, proposal, "approve").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, len(bank.sent)) == ("done", 1)
    assert press(approver, proposal, "approve").status_code == 302  # pressed twice, sent once
    assert len(bank.sent) == 1
    other = press(approver, proposal, "decline", "No")
    assert (other.status_code, "already" in words(other)) == (422, True)
    history = words(finance.get(reverse("office:donation", args=[proposal.donation_id])))
    assert "Refund approved" in history


def test_declining_asks_for_a_reason(finance: Client, approver: Client, today: datetime, bank: Bank) -> None:
    proposal = proposed(today)
    assert "Please say why." in words(press(approver, proposal, "decline"))
    assert press(approver, proposal, "decline", "Not ours").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, proposal.answer) == ("declined", "Not ours")
    page = words(finance.get(reverse("office:proposal", args=[proposal.pk])))
    assert "Not ours" in page
    assert "This has been decided already." in page


def test_who_proposed_it_can_only_take_it_back(finance: Client, today: datetime, bank: Bank) -> None:
    proposal = proposed(today)
    page = words(finance.get(reverse("office:proposal", args=[proposal.pk])))
    assert "Take it back" in page
    assert "Approve and give" not in page
    assert press(finance, proposal, "approve").status_code == 403
    assert press(finance, proposal, "nonsense").status_code == 422
    assert press(finance, proposal, "withdraw").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, bank.sent) == ("withdrawn", {})


def test_the_list_and_the_gift_do_not_offer_what_is_proposed(
    finance: Client, today: datetime, bank: Bank
) -> None:
    proposal = proposed(today)
    page = words(finance.get(reverse("office:refund", args=[proposal.donation_id])))
    assert "Up to $400.00 of this gift" in page


# The policy


def test_an_admin_sets_the_limit_and_it_is_written_down(
    signed_in: Callable[[Role | None], Client], finance: Client, today: datetime
) -> None:
    entity, admin = making.entity(), signed_in(Role.ADMIN)
    page = words(admin.get(reverse("office:refund_policy")))
    assert "as delivered" in page
    assert "never alone" in page
    typed = {"entity": entity.pk, "currency": "EUR", "amount": "250"}
    assert admin.post(reverse("office:refund_policy"), typed).status_code == 302
    assert RefundPolicy.objects.get().alone_up_to_minor == 25_000
    assert AuditEvent.objects.get(action="set refund policy").details["after"] == "250.00"
    page = words(admin.get(reverse("office:refund_policy")))
    assert "€250.00" in page
    assert "set here" in page
    wrong = admin.post(reverse("office:refund_policy"), {**typed, "amount": "-5"})
    assert (wrong.status_code, 'class="msg"' in words(wrong)) == (422, True)
    assert reverse("office:refund_policy") in words(admin.get(reverse("office:today")))
    assert reverse("office:refund_policy") not in words(finance.get(reverse("office:today")))
