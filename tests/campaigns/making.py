"""Rows for the tests of campaigns; what a test does not care about is filled in."""

from datetime import UTC, date, datetime

from campaigns.models import Campaign, CampaignText, GivingPage, PageCurrency, PresetAmount, UnitCost
from ledger.models import Fund, LegalEntity
from receipts import founding

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def entity() -> LegalEntity:
    found, is_new = LegalEntity.objects.get_or_create(
        code="US",
        defaults={
            "legal_name": "Harbour Mission Inc.",
            "country": "US",
            "address": "100 Example Street",
            "registration": "EIN 00-0000000",
            "status_line": "501(c)(3) public charity",
            "signatory": "Anna Example, Treasurer",
            "email": "give@example.org",
            "zone": "America/New_York",
            "base_currency": "USD",
            "paper": "letter",
        },
    )
    if is_new:
        founding.found(entity=found, now=NOW)
    return found


def fund(code: str = "RSC", **given: object) -> Fund:
    return Fund.objects.create(**{"code": code, "entity": entity(), "restriction": "purpose", **given})


def any_fund() -> Fund:
    return Fund.objects.order_by("id").first() or fund()


def campaign(**given: object) -> Campaign:
    values: dict[str, object] = {
        "slug": "family",
        "kind": "units",
        "status": "open",
        "currency": "USD",
        "published_at": NOW,
        **given,
    }
    if "fund" not in values:
        values["fund"] = any_fund()
    return Campaign.objects.create(**values)


def any_campaign() -> Campaign:
    return Campaign.objects.order_by("id").first() or campaign()


def words(of: Campaign, *, language: str = "en", **given: object) -> CampaignText:
    values = {"title": "Title", "sentence": "A sentence.", "lead": "A lead.", "terms": "Terms.", **given}
    return CampaignText.objects.create(campaign=of, language=language, **values)


def page(of: Campaign, **given: object) -> GivingPage:
    return GivingPage.objects.create(campaign=of, entity=entity(), **given)


def currency(of: GivingPage, **given: object) -> PageCurrency:
    return PageCurrency.objects.create(
        **{"page": of, "currency": "USD", "minimum_minor": 500, "position": 1, **given}
    )


def preset(of: PageCurrency, **given: object) -> PresetAmount:
    values = {"page_currency": of, "frequency": "once", "amount_minor": 50_00, "position": 1, **given}
    return PresetAmount.objects.create(**values)


def cost(of: Campaign, **given: object) -> UnitCost:
    values: dict[str, object] = {
        "campaign": of,
        "amount_minor": 17_000_00,
        "currency": "USD",
        "effective_from": TODAY,
        "checked_on": TODAY,
        "source_note": "Average of the last quarter.",
        "checked_by": "Finance office",
        **given,
    }
    return UnitCost.objects.create(**values)
