"""Bodies of five laws for tests, each with a fund and a campaign, and gifts to them by the real deeds."""

from __future__ import annotations

import itertools
import uuid
from datetime import date
from typing import Any

from campaigns.models import Campaign
from donations import entering
from donations.benefiting import Return
from donations.dating import Basis
from donations.entering import Detail, HandGift
from donations.models import Donation
from donors import matching
from donors.models import Donor
from ledger.models import Fund, FundText, LegalEntity
from ledger.money import Money
from receipts import founding
from receipts.models import Issuer, Receipt
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

_numbers = itertools.count(1)
CURRENCIES = {"US": "USD", "CA": "CAD", "KR": "KRW", "AU": "AUD", "UK": "GBP"}
_ENTITIES: dict[str, dict[str, Any]] = {
    "CA": {
        "legal_name": "Harbour Mission Canada",
        "address": "200 Example Road\nToronto ON M5V 2T6",
        "registration": "123456789RR0001",
        "zone": "America/Toronto",
    },
    "KR": {
        "legal_name": "사단법인 등대선교회",
        "address": "서울특별시 종로구 예시로 1",
        "registration": "123-82-00008",
        "zone": "Asia/Seoul",
        "paper": "a4",
    },
    "AU": {
        "legal_name": "Harbour Mission Australia",
        "address": "3 Example Quay\nSydney NSW 2000",
        "registration": "51 824 753 556",
        "zone": "Australia/Sydney",
        "paper": "a4",
    },
    "UK": {
        "legal_name": "Harbour Mission UK",
        "address": "4 Example Lane\nLondon N1 1AA",
        "registration": "1234567",
        "zone": "Europe/London",
        "paper": "a4",
    },
}
_ISSUERS: dict[str, dict[str, Any]] = {
    "CA": {"place": "Toronto", "prefix": "C"},
    "KR": {
        "place": "서울",
        "prefix": "K",
        "legal_basis": "「법인세법」 제24조제3항제1호",
        "legal_basis_code": "41",
        "gift_code": "41",
        "form": "45-2",
    },
    "AU": {"prefix": "A"},
    "UK": {"prefix": "G"},
}


def body(law: str = "US", **changes: Any) -> Issuer:
    """The issuer of a law, made once; `changes` are of the issuer."""
    entity = making.entity() if law == "US" else _entity(law)
    issuer = founding.found(entity=entity, now=NOW)
    if changes or law in _ISSUERS:
        Issuer.objects.filter(pk=issuer.pk).update(**_ISSUERS.get(law, {}) | changes)
    return Issuer.objects.select_related("entity").get(pk=issuer.pk)


def _entity(law: str) -> LegalEntity:
    told = {"status_line": "", "signatory": "Anna Example", "email": "give@example.org", "paper": "letter"}
    made, _ = LegalEntity.objects.get_or_create(
        code=law,
        defaults=told | _ENTITIES[law] | {"country": law, "base_currency": CURRENCIES[law]},
    )
    return made


def campaign(entity: LegalEntity) -> Campaign:
    known = Campaign.objects.filter(fund__entity=entity).first()
    if known is not None:
        return known
    fund = Fund.objects.create(entity=entity, code="WRK", restriction="none")
    FundText.objects.create(fund=fund, language="en", name="The work")
    made = making.campaign(slug=f"work-{entity.code.lower()}", fund=fund)
    making.words(of=made, terms="")
    return made


def person(name: str = "Grace Kim", **changes: Any) -> Donor:
    """Somebody whose name and address every law here takes."""
    pk = matching.match(
        name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.org", language="en", now=NOW
    )
    first, _, last = name.partition(" ")
    told = {"first_name": first, "last_name": last, "address": "5 Example Street\nPortland, ME 04101"}
    Donor.objects.filter(pk=pk).update(**told | changes)
    return Donor.objects.get(pk=pk)


def organization(name: str = "Example Industries", **changes: Any) -> Donor:
    return person(name, kind="organization", first_name="", last_name="", **changes)


def given(
    amount: int, *, on: date = date(2025, 6, 15), law: str = "US", by: Donor | None = None, **told: Any
) -> Donation:
    """A gift over the desk, of an amount in minor units of the law's currency, on a day."""
    entity = body(law).entity
    asked = campaign(entity)
    currency = told.pop("currency", CURRENCIES[law])
    gift: dict[str, Any] = {
        "id": uuid.uuid4(),
        "entity": entity,
        "donor_id": (by or person()).pk,
        "campaign": asked,
        "parts": [(asked.fund, Money(amount, currency))],
        "amount": Money(amount, currency),
        "method": "check",
        "came_on": on,
        "days": {Basis.POSTMARK: on, Basis.RECEIVED: on},
        **told,
    }
    return entering.enter(gift=HandGift(**gift), actor=facts.staff_member(), now=NOW)


def ticket(amount: int, *, dinner: int | None, **told: Any) -> Donation:
    """A ticket to a gala, with a dinner that would sell for so much."""
    kind = {"kind": Donation.Kind.TICKET, "description": "Gala ticket"}
    return given(amount, returns=[Return("Dinner", fair_value_minor=dinner)], **kind | told)


def thing(description: str, *, value: int = 100_000, detail: Detail | None = None, **told: Any) -> Donation:
    """Something that is not money; `value` is for the books."""
    on = told.pop("on", date(2025, 6, 15))
    kind = {
        "kind": Donation.Kind.PROPERTY,
        "method": "in_kind",
        "days": {Basis.HAND: on, Basis.RECEIVED: on},
        "description": description,
    }
    return given(value, on=on, detail=detail, **kind | told)


def refunded(gift: Donation, minor: int) -> None:
    """Money of a gift over the desk went back, as the books have it."""
    facts.refund(gift, minor)


def the_receipt() -> Receipt:
    return Receipt.objects.get(voiding__isnull=True)
