"""A Korean and a British body, and what they issue or claim: rows for tests, in the shapes the deeds write."""

from __future__ import annotations

import itertools
import json
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from campaigns.models import Campaign, CampaignText, GivingPage
from donations.models import Donation
from donors import matching
from donors.models import Donor
from ledger.models import Fund, FundText, LegalEntity
from ledger.money import Money
from receipts import snapshots
from receipts.models import Issuer, Receipt, ReceiptTotal, Series, Voiding
from tests import facts
from tests.facts import NOW

_numbers = itertools.count(1)


def body(code: str, *, law: str, currency: str, zone: str, **given: Any) -> LegalEntity:
    """A legal entity with its issuer; made once."""
    known = LegalEntity.objects.filter(code=code).first()
    if known is not None:
        return known
    issuer = given.pop("issuer", {})
    made = LegalEntity.objects.create(
        **{
            "code": code,
            "country": law,
            "legal_name": f"Harbour {code}",
            "address": "1 Example Street",
            "registration": "XR00000",
            "status_line": "",
            "signatory": "Ada Example",
            "email": f"{code.lower()}@example.org",
            "zone": zone,
            "base_currency": currency,
            "paper": "a4",
            **given,
        }
    )
    Issuer.objects.create(**{"entity": made, "law": law, "prefix": code[:4], "changed_at": NOW, **issuer})
    return made


def korea(**given: Any) -> LegalEntity:
    return body(
        "KR",
        law="KR",
        currency="KRW",
        zone="Asia/Seoul",
        legal_name="하버선교회",
        registration="123-45-67891",
        address="서울특별시 예시구 예시로 1",
        issuer={"legal_basis": "소득세법 제34조", "gift_code": "41", "form": "45-2"},
        **given,
    )


def britain() -> LegalEntity:
    return body(
        "GB",
        law="UK",
        currency="GBP",
        zone="Europe/London",
        legal_name="Harbour Trust",
        registration="XR12345",
    )


def campaign_of(entity: LegalEntity) -> Campaign:
    facts.campaign()  # the house's own comes first, as elsewhere in the tests
    slug = f"work-{entity.code.lower()}"
    known = Campaign.objects.filter(slug=slug).first()
    if known is not None:
        return known
    fund = Fund.objects.create(code="GEN", entity=entity, restriction="none")
    FundText.objects.create(fund=fund, language="en", name="General")
    made = Campaign.objects.create(
        slug=slug, kind="general", status="open", fund=fund, currency=entity.base_currency, published_at=NOW
    )
    CampaignText.objects.create(campaign=made, language="en", title="Work", sentence="S", lead="L", terms="T")
    GivingPage.objects.create(campaign=made, entity=entity)
    return made


def gift(
    *, entity: LegalEntity, amount: Money, by: Donor | None = None, at: datetime = NOW, **given: Any
) -> Donation:
    """A gift to a body, in its books."""
    campaign = campaign_of(entity)
    return facts.donation(
        {campaign.fund: amount.minor},
        entity=entity,
        campaign=campaign,
        currency=amount.currency,
        given_at=at,
        donor_id=(by or facts.donor()).pk,
        **given,
    )


def organization(name: str = "예시상사", number: str = "120-81-47521") -> Donor:
    return Donor.objects.create(
        kind="organization",
        name=name,
        name_key=matching.name_key(name),
        business_number=number,
        created_at=NOW,
    )


def korean_line(*, minor: int = 50_000, on: str = "2026-03-02", **given: Any) -> dict[str, Any]:
    return {
        "given_on": on, "method": "card", "fund": "General", "kind": "cash", "code": "41", "description": "",
        "quantity": 1, "unit_value_minor": None, "currency": "KRW", "currency_exponent": 0, "amount_minor": minor,
        "refunded_minor": 0, "benefits": [], "benefit_minor": 0, "eligible_minor": minor, "equivalent": None,
        "appraiser": None, "note": None, "basis": "charge", **given,
    }  # fmt: skip


def korean_receipt(
    *,
    donor: Donor | None = None,
    lines: list[dict[str, Any]] | None = None,
    tax_year: int = 2026,
    is_copy: bool = True,
    replaces: Receipt | None = None,
    now: datetime = NOW,
    **changed: Any,
) -> Receipt:
    """A Korean receipt as its law writes it (schema 2), numbered in the series of its year."""
    entity, giver = korea(), donor or facts.donor("김승은", "kim@example.org")
    told = lines or [korean_line()]
    series, _ = Series.objects.get_or_create(
        entity=entity, year=tax_year, defaults={"prefix": "KR", "next_number": 1, "last_hash": "0" * 64}
    )
    number = series.next_number
    Series.objects.filter(pk=series.pk).update(next_number=number + 1)
    total = sum(line["amount_minor"] - line["refunded_minor"] for line in told)
    sums = {
        "currency": "KRW",
        "currency_exponent": 0,
        "total_minor": total,
        "benefit_minor": 0,
        "eligible_minor": total,
    }
    snapshot = {
        "schema": 2, "template": "kr-1", "law": "KR", "rules": "KR/2026.1", "language": "ko",
        "serial": f"KR{tax_year}-{number:06d}", "kind": "single", "tax_year": tax_year,
        "replaces": replaces.serial if replaces else None, "issued_on": "2026-03-03", "place": "",
        "entity": {
            "legal_name": entity.legal_name, "local_name": None, "address": entity.address.splitlines(),
            "registration": entity.registration, "status_line": "", "signatory": "", "email": entity.email,
            "paper": "a4", "legal_basis": "소득세법 제34조", "legal_basis_code": "", "form": "45-2",
        },
        "donor": {
            "name": giver.name, "local_name": None, "address": ["서울특별시 예시구 2"],
            "number": giver.business_number, "is_person": giver.kind == "person",
        },
        "lines": told, "totals": [sums], "statements": [], "terms": [], "collector": None,
        "information_copy": is_copy, "test": True, "verify_at": "https://give.example.org", **changed,
    }  # fmt: skip
    made = Receipt.objects.create(
        series=series, number=number, serial=snapshot["serial"], donor=giver, replaces=replaces, tax_year=tax_year,
        law="KR", rules_version="KR/2026.1", language="ko", currency="KRW", total_minor=total, eligible_minor=total,
        snapshot=snapshots.canonical(snapshot).decode(), snapshot_sha256="0" * 64, previous_hash="0" * 64,
        hash=uuid4().hex * 2, issued_at=now, issued_on=date(2026, 3, 3),
    )  # fmt: skip
    ReceiptTotal.objects.create(receipt=made, currency="KRW", total_minor=total, eligible_minor=total)
    return made


def void(receipt: Receipt, *, on: date = date(2026, 4, 1)) -> None:
    Voiding.objects.create(receipt=receipt, reason="refunded", voided_at=NOW, voided_on=on)


def told(receipt: Receipt) -> dict[str, Any]:
    snapshot: dict[str, Any] = json.loads(receipt.snapshot)
    return snapshot
