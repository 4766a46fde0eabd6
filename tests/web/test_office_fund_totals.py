"""What the funds of each body hold, by currency, and of several bodies together: each total opens its lines."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from donations import recording
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from staff.models import Role
from tests import making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def words(response: Any) -> str:
    return str(response.content.decode())


def test_each_body_has_totals_of_its_own(signed_in: SignIn, today: datetime) -> None:
    finance = signed_in(Role.FINANCE)
    center = making.fund(code="CTR", restriction="purpose", name="Community center")
    making.donation(by=making.donor(now=today), amount=usd(500_000), parts=[(center, usd(500_000))], at=today)
    assert "All funds" in words(finance.get(reverse("office:funds")))
    korea = LegalEntity.objects.create(
        code="KR", legal_name="Harbour Mission Korea", country="KR", address="1 Example-ro", registration="0",
        status_line="public body", signatory="Anna Example", email="kr@example.org", zone="Asia/Seoul",
        base_currency="KRW", paper="a4",
    )  # fmt: skip
    seoul = Fund.objects.create(code="SEO", entity=korea, restriction="none")
    aim = making.campaign(slug="seoul", title="Seoul")
    aim.fund = seoul
    aim.save(update_fields=["fund"])
    with transaction.atomic():
        recording.record(
            received=recording.Received(
                entity=korea, donor_id=making.donor(now=today).pk, campaign=aim, parts=[(seoul, usd(7_000))],
                amount=usd(7_000), given_at=today, processor_ref="ch_seoul", payment_ref="pi_seoul", method="card",
                last4="4242", is_live=False, is_anonymous=False, language="en", note="", source="", checkout=None,
                plan=None,
            ),
            now=today,
        )  # fmt: skip
    page = finance.get(reverse("office:funds"))
    told = [
        (one.entity.code if one.entity else "", one.without.plain, one.with_.plain)
        for one in page.context["totals"]
    ]
    assert told == [("HM", "0.00", "5000.00"), ("KR", "70.00", "0.00"), ("", "70.00", "5000.00")]
    foot = words(page)[words(page).index("<tfoot>") :]
    assert "KR · Harbour Mission Korea" in foot
    assert "All bodies" in foot
    for address in re.findall(r'href="([^"]+journal[^"]+)"', foot):
        assert finance.get(html.unescape(address)).status_code == 200
