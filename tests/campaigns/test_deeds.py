"""Measuring, telling, costing and publishing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from campaigns import costing, measuring, publishing, telling
from campaigns.models import Campaign, CampaignText, NeedGroup, UnitCost
from ledger.money import Money
from staff import auditing
from staff.models import AuditEvent
from tests.campaigns import making

LAND = Decimal("6942.1485")


@pytest.mark.parametrize(
    ("square_meters", "language", "words"),
    [
        (LAND, "en", "74,724 sq ft"),
        (LAND, "ko", "2,100평 (6,942 m²)"),
        (Decimal("3.305785"), "ko", "1평 (3 m²)"),
        (Decimal("0.09290304"), "en", "1 sq ft"),
        (Decimal("0.09290303"), "en", "0 sq ft"),
        (Decimal("100000"), "en", "1,076,391 sq ft"),
    ],
)
def test_area_in_the_readers_measure(square_meters: Decimal, language: str, words: str) -> None:
    assert measuring.area(square_meters, language) == words


def test_area_refuses_floats() -> None:
    wrong: Any = 6942.1485
    with pytest.raises(TypeError):
        measuring.area(wrong, "en")


@dataclass
class Text:
    language: str


@pytest.mark.parametrize(
    ("known", "asked", "told"),
    [
        (["en", "ko"], "ko", "ko"),
        (["en", "ko"], "ko-KR", "ko"),
        (["ko", "en"], "fr", "en"),
        (["ko", "ja"], "fr", "ja"),
    ],
)
def test_words_in_the_readers_language_else_english(known: list[str], asked: str, told: str) -> None:
    assert telling.told([Text(language) for language in known], language=asked).language == told


def test_no_words_at_all_is_said() -> None:
    with pytest.raises(telling.Untold):
        telling.told([], language="en")


@pytest.mark.django_db
def test_telling_reads_prefetched_rows_only(django_assert_num_queries: Any) -> None:
    for slug in ("family", "safe-house"):
        made = making.campaign(slug=slug)
        making.words(made, title=f"{slug} in English")
        making.words(made, language="ko", title=f"{slug} 한국어")
    with django_assert_num_queries(2):
        titles = [
            telling.told(each.texts.all(), language="ko").title
            for each in Campaign.objects.prefetch_related("texts").in_order()
        ]
    assert titles == ["family 한국어", "safe-house 한국어"]


@pytest.mark.django_db
def test_a_gift_finds_the_cost_of_its_day() -> None:
    family = making.campaign()
    for year, minor in ((2010, 1_700_00), (2020, 17_000_00)):
        day = date(year, 1, 1)
        making.cost(family, effective_from=day, checked_on=day, amount_minor=minor)
    amounts = {
        day: cost.amount_minor if (cost := costing.cost_on(family, day)) else None
        for day in (date(2009, 12, 31), date(2010, 1, 1), date(2019, 12, 31), date(2020, 1, 1))
    }
    assert list(amounts.values()) == [None, 1_700_00, 1_700_00, 17_000_00]
    prefetched = list(family.unit_costs.all())
    assert all(costing.in_force(prefetched, day=day) == costing.cost_on(family, day) for day in amounts)


@pytest.mark.parametrize(("days", "fresh"), [(-1, False), (0, True), (90, True), (91, False)])
def test_a_check_is_fresh_for_ninety_days(days: int, fresh: bool) -> None:
    cost = UnitCost(checked_on=making.TODAY)
    assert costing.is_fresh(cost, making.TODAY + timedelta(days=days)) is fresh


def test_a_group_needs_its_size_times_the_cost() -> None:
    cost = UnitCost(amount_minor=17_000_00, currency="USD")
    assert costing.group_goal(NeedGroup(size=3), cost=cost) == Money(51_000_00, "USD")


def set_cost(family: Campaign, **given: Any) -> UnitCost:
    values: dict[str, Any] = {
        "campaign": family,
        "amount": Money(17_000_00, "USD"),
        "effective_from": making.TODAY,
        "checked_on": making.TODAY,
        "checked_by": "Finance office",
        "source_note": "Average",
        "heads": [
            costing.Head(Money(16_000_00, "USD"), {"en": "Guides", "ko": "안내"}),
            costing.Head(Money(1_000_00, "USD"), {"en": "Food", "ko": "식사"}),
        ],
        "actor": "test",
        "now": making.NOW,
        **given,
    }
    return costing.set_cost(**values)


@pytest.mark.django_db
def test_setting_a_cost_adds_history_parts_and_an_audit_event() -> None:
    family = making.campaign()
    cost = set_cost(family)
    parts = cost.heads.order_by("position")
    assert [telling.told(part.texts.all(), language="ko").name for part in parts] == ["안내", "식사"]
    assert AuditEvent.objects.get().action == "campaign.cost_set"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"amount": Money(17_000_01, "USD")},
        {"amount": Money(17_000, "KRW"), "heads": []},
        {"effective_from": date(2020, 1, 1)},
        {"heads": [costing.Head(Money(17_000, "KRW"), {"en": "Guides"})]},
    ],
)
def test_a_cost_that_does_not_fit_is_refused_and_leaves_nothing(given: dict[str, Any]) -> None:
    family = making.campaign()
    making.cost(family, effective_from=date(2020, 1, 1))
    with pytest.raises(costing.UnableToSetCost):
        set_cost(family, **given)
    assert UnitCost.objects.count() == 1
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_publishing_shows_a_draft_that_has_words_and_terms() -> None:
    draft = making.campaign(status="draft", published_at=None)
    with pytest.raises(publishing.UnableToPublish):
        publishing.publish(campaign_id=draft.pk, actor="test", now=making.NOW)
    making.words(draft, terms="")
    with pytest.raises(publishing.UnableToPublish):
        publishing.publish(campaign_id=draft.pk, actor="test", now=making.NOW)
    CampaignText.objects.update(terms="If this group cannot travel, your gift helps the next one.")
    shown = publishing.publish(campaign_id=draft.pk, actor="test", now=making.NOW)
    assert (shown.status, shown.published_at) == (Campaign.Status.OPEN, making.NOW)
    assert Campaign.objects.public().get() == draft


@pytest.mark.django_db
def test_resting_hides_at_once_and_is_told_to_the_trail() -> None:
    family = making.campaign()
    making.page(family)
    publishing.rest(campaign_id=family.pk, actor="test", now=making.NOW, reason="arrests")
    publishing.rest(campaign_id=family.pk, actor="test", now=making.NOW)
    assert not Campaign.objects.public().exists()
    assert not Campaign.objects.takes_gifts().exists()
    assert Campaign.objects.resting().get() == family
    event = AuditEvent.objects.get()
    assert (event.action, event.target) == ("campaign.resting", f"campaign:{family.pk}")
    assert event.details == {"from": "open", "reason": "arrests"}
    publishing.resume(campaign_id=family.pk, to=Campaign.Status.PAUSED, actor="test", now=making.NOW)
    assert Campaign.objects.public().get().status == Campaign.Status.PAUSED
    assert auditing.broken_links() == []


@pytest.mark.django_db
def test_a_closed_campaign_may_rest_but_never_ask_again() -> None:
    center = making.campaign()
    publishing.close(campaign_id=center.pk, on=making.TODAY, actor="test", now=making.NOW)
    publishing.rest(campaign_id=center.pk, actor="test", now=making.NOW)
    with pytest.raises(publishing.UnableToPublish):
        publishing.resume(campaign_id=center.pk, to=Campaign.Status.OPEN, actor="test", now=making.NOW)
    woken = publishing.resume(campaign_id=center.pk, to=Campaign.Status.CLOSED, actor="test", now=making.NOW)
    assert (woken.status, woken.closed_on) == (Campaign.Status.CLOSED, making.TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("deed", [publishing.rest, publishing.pause, publishing.mark_funded])
def test_a_draft_can_only_be_published(deed: Any) -> None:
    draft = making.campaign(status="draft", published_at=None)
    with pytest.raises(publishing.UnableToPublish):
        deed(campaign_id=draft.pk, actor="test", now=making.NOW)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_paused_and_funded_keep_their_page() -> None:
    family = making.campaign()
    making.page(family)
    publishing.mark_funded(campaign_id=family.pk, actor="test", now=making.NOW)
    assert Campaign.objects.takes_gifts().get() == family
    publishing.pause(campaign_id=family.pk, actor="test", now=making.NOW)
    assert Campaign.objects.public().get() == family
    assert not Campaign.objects.takes_gifts().exists()
