"""One test for each named law of the campaigns: the database refuses the row, and says by which sentence."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection

from campaigns.models import (
    AppealCost,
    Campaign,
    NeedGroup,
    PageFund,
    Phase,
    PhaseText,
    PresetAmount,
    SafeCount,
    Site,
    SiteOrigin,
    SourceCode,
    UnitCost,
    UnitCostHead,
    UnitCostHeadText,
    WayToGive,
    WayToGiveDetail,
    WayToGiveText,
)
from campaigns.models.safety import MOST
from tests import facts
from tests.campaigns import making
from tests.facts import NOW
from tests.refusing import named_laws, refused_by

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
EARLIER = date(2026, 3, 1)


def group(**given: object) -> NeedGroup:
    return NeedGroup.objects.create(
        **{"campaign": making.any_campaign(), "size": 3, "opened_on": DAY, **given}
    )


def phase(**given: object) -> Phase:
    values = {"campaign": making.any_campaign(), "position": 1, "started_on": DAY, **given}
    return Phase.objects.create(**values)


def preset(**given: object) -> PresetAmount:
    return making.preset(making.currency(making.page(making.campaign())), **given)


def head(**given: object) -> UnitCostHead:
    cost = UnitCost.objects.first() or making.cost(making.any_campaign())
    values = {"unit_cost": cost, "position": 1, "amount_minor": 17_000_00, **given}
    return UnitCostHead.objects.create(**values)


def site(**given: object) -> Site:
    return Site.objects.create(**{"code": "church", "name": "First Church", **given})


def origin(**given: object) -> SiteOrigin:
    owner = Site.objects.first() or site()
    return SiteOrigin.objects.create(**{"site": owner, "origin": "https://church.example.org", **given})


def twice(row: Callable[..., object], **given: object) -> None:
    row(**given)
    row(**given)


def source(**given: object) -> SourceCode:
    values = {"code": "card", "name": "Card", "campaign": making.any_campaign(), "created_at": making.NOW}
    return SourceCode.objects.create(**{**values, **given})


def way(**given: object) -> WayToGive:
    values = {"entity": making.entity(), "kind": "cheque", "currency": "USD", "position": 1}
    return WayToGive.objects.create(**{**values, **given})


def two_texts_of_a_way() -> None:
    of = way()
    twice(WayToGiveText.objects.create, way=of, language="en", words="Words.")


def two_details_in_one_place() -> None:
    values = {"way": way(), "language": "en", "position": 1, "label": "Account", "value": "000"}
    twice(WayToGiveDetail.objects.create, **values)


def two_texts_of_a_campaign() -> None:
    twice(making.words, of=making.campaign())


def two_texts_of_a_phase() -> None:
    twice(PhaseText.objects.create, phase=phase(), language="ko", name="기초")


def two_texts_of_a_head() -> None:
    twice(UnitCostHeadText.objects.create, head=head(), language="en", name="Food")


def same_preset(**second: object) -> None:
    first = preset(is_default=True)
    making.preset(first.page_currency, **{"amount_minor": 100_00, "position": 2, **second})


def same_fund(**second: object) -> None:
    page = making.page(making.campaign())
    fund = making.any_fund()
    if "code" in second:
        second["fund"] = making.fund(str(second.pop("code")))
    PageFund.objects.create(page=page, fund=fund, position=1)
    PageFund.objects.create(**{"page": page, "fund": fund, "position": 1, **second})


def same_currency(**second: object) -> None:
    page = making.page(making.campaign())
    making.currency(page)
    making.currency(page, **second)


def cost_of_appeal(**given: object) -> None:
    source = SourceCode.objects.create(code="spring", name="", campaign=making.campaign(), created_at=NOW)
    values = {"amount_minor": 100, "currency": "USD", "spent_on": NOW.date(), "words": "Printing", **given}
    AppealCost.objects.create(source=source, recorded_by=facts.staff_member(), recorded_at=NOW, **values)


def count(times: int = 1, **given: object) -> None:
    values = {"quarter": date(2026, 1, 1), "people": 3, "proposed_by": facts.staff_member(), **given}
    campaign = making.campaign()
    for _ in range(times):
        SafeCount.objects.create(campaign=campaign, proposed_at=NOW, **values)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "appeal_cost_is_positive": [lambda: cost_of_appeal(amount_minor=0)],
    "appeal_cost_currency_is_three_letters": [lambda: cost_of_appeal(currency="usd")],
    "appeal_cost_says_what_for": [lambda: cost_of_appeal(words="")],
    "safe_count_is_of_a_quarter": [
        lambda: count(quarter=date(2026, 2, 1)),
        lambda: count(quarter=date(2026, 1, 2)),
    ],
    "safe_count_is_believable": [lambda: count(people=MOST + 1)],
    "safe_count_proposed_once_at_a_time": [lambda: count(times=2)],
    "safe_count_is_decided_by_another": [lambda: count(decided_at=NOW)],
    "campaign_slug_is_plain_letters": [
        lambda: making.campaign(slug="Family Group"),
        lambda: making.campaign(slug="a"),
        lambda: making.campaign(slug="family\n"),
    ],
    "campaign_currency_is_three_letters": [lambda: making.campaign(currency="usd")],
    "campaign_goal_is_positive": [lambda: making.campaign(goal_minor=0)],
    "campaign_monthly_goal_only_when_running": [
        lambda: making.campaign(monthly_goal_minor=8_000_00),
        lambda: making.campaign(kind="running", monthly_goal_minor=0),
    ],
    "campaign_area_says_land_or_floor": [
        lambda: making.campaign(area_square_meters=Decimal("6942.1485")),
        lambda: making.campaign(area_label="land"),
        lambda: making.campaign(area_square_meters=Decimal(0), area_label="land"),
    ],
    "campaign_published_unless_draft": [lambda: making.campaign(published_at=None)],
    "campaign_closed_on_when_closed": [
        lambda: making.campaign(status="closed"),
        lambda: making.campaign(closed_on=DAY),
    ],
    "campaign_text_one_per_language": [two_texts_of_a_campaign],
    "need_group_has_people": [lambda: group(size=0), lambda: group(size=41)],
    "need_group_needed_after_it_opened": [lambda: group(needed_by=EARLIER)],
    "need_group_funded_after_it_opened": [lambda: group(funded_on=EARLIER)],
    "phase_position_taken_once": [lambda: twice(phase)],
    "phase_percent_within_hundred": [lambda: phase(percent=101)],
    "phase_finished_after_it_started": [lambda: phase(finished_on=EARLIER, percent=100)],
    "phase_finished_is_complete": [lambda: phase(finished_on=DAY, percent=99)],
    "phase_text_one_per_language": [two_texts_of_a_phase],
    "unit_cost_one_per_day": [lambda: twice(making.cost, of=making.campaign())],
    "unit_cost_is_positive": [lambda: making.cost(making.campaign(), amount_minor=0)],
    "unit_cost_currency_is_three_letters": [lambda: making.cost(making.campaign(), currency="us")],
    "unit_cost_head_position_taken_once": [lambda: twice(head)],
    "unit_cost_head_is_positive": [lambda: head(amount_minor=0)],
    "unit_cost_head_text_one_per_language": [two_texts_of_a_head],
    "page_currency_listed_once": [lambda: same_currency(position=2)],
    "page_currency_position_taken_once": [lambda: same_currency(currency="KRW")],
    "page_currency_is_three_letters": [lambda: same_currency(currency="won", position=2)],
    "page_minimum_is_positive": [lambda: same_currency(currency="KRW", position=2, minimum_minor=0)],
    "preset_position_taken_once": [lambda: same_preset(position=1)],
    "preset_amount_listed_once": [lambda: same_preset(amount_minor=50_00)],
    "preset_at_most_one_default": [lambda: same_preset(is_default=True)],
    "preset_at_most_six_amounts": [lambda: preset(position=7), lambda: preset(position=0)],
    "preset_frequency_is_known": [lambda: preset(frequency="yearly")],
    "preset_amount_is_positive": [lambda: preset(amount_minor=0)],
    "preset_amount_is_round": [lambda: preset(amount_minor=95_50), lambda: preset(amount_minor=125_00)],
    "page_fund_listed_once": [lambda: same_fund(position=2)],
    "page_fund_position_taken_once": [lambda: same_fund(code="GEN")],
    "need_group_took_money_when_funded": [
        lambda: group(funded_minor=1),
        lambda: group(funded_minor=0, funded_on=DAY),
    ],
    "source_code_is_plain_letters": [
        lambda: source(code="Table Card"),
        lambda: source(code="x"),
        lambda: source(code="card\n"),
    ],
    "way_to_give_listed_once": [lambda: twice(way)],
    "way_to_give_is_known": [lambda: way(kind="gold")],
    "way_to_give_text_one_per_language": [two_texts_of_a_way],
    "way_to_give_detail_position_once": [two_details_in_one_place],
    "site_code_is_plain_letters": [
        lambda: site(code="First Church"),
        lambda: site(code="a"),
        lambda: site(code="church\n"),
    ],
    "site_return_is_https": [
        lambda: site(return_url="http://church.example.org"),
        lambda: site(return_url="javascript:alert(1)"),
        lambda: site(return_url="//church.example.org"),
    ],
    "site_origin_listed_once": [lambda: twice(origin)],
    "site_origin_is_an_https_origin": [
        lambda: origin(origin="https://*"),
        lambda: origin(origin="http://church.example.org"),
        lambda: origin(origin="https://church.example.org/"),
        lambda: origin(origin="https://*.*.example.org"),
        lambda: origin(origin="https://church.example.org; script-src *"),
        lambda: origin(origin="https://church.example.org\n"),
    ],
}


@pytest.mark.parametrize(
    ("law", "breaking"), [(law, breaking) for law, breakings in BROKEN.items() for breaking in breakings]
)
def test_each_law_refuses_by_name(law: str, breaking: Callable[[], object]) -> None:
    with refused_by(law):
        breaking()


def test_no_law_is_left_untested() -> None:
    assert named_laws(list(apps.get_app_config("campaigns").get_models())) == set(BROKEN)


def test_slug_is_taken_once() -> None:
    making.campaign()
    with refused_by("campaigns_campaign_slug_key"):
        making.campaign()


def test_parts_of_a_cost_add_up_at_commit() -> None:
    cost = making.cost(making.campaign())
    with refused_by("unit_cost_heads_add_up"):
        for position in (1, 2):
            UnitCostHead.objects.create(unit_cost=cost, position=position, amount_minor=9_000_00)


@pytest.mark.parametrize(
    "change", ["UPDATE {} SET amount_minor = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
@pytest.mark.parametrize("table", ["campaigns_unitcost", "campaigns_unitcosthead"])
def test_costs_and_their_parts_are_append_only(table: str, change: str) -> None:
    head()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_by(f"{table}_is_append_only"), connection.cursor() as cursor:
        cursor.execute(change.format(table))
    assert UnitCost.objects.get().amount_minor == 17_000_00


def test_nothing_can_hold_a_place_or_a_day_of_travel() -> None:
    forbidden = (
        "latitude",
        "longitude",
        "place",
        "location",
        "address",
        "route",
        "travel",
        "country",
        "city",
    )
    names = [
        field.name for model in apps.get_app_config("campaigns").get_models() for field in model._meta.fields
    ]
    assert len(names) > 60
    assert [name for name in names if any(word in name for word in forbidden)] == []


def test_a_closed_campaign_that_rests_remembers_its_end() -> None:
    assert making.campaign(status="resting", closed_on=DAY).status == Campaign.Status.RESTING
