"""The practices of the giving form, each under its number, in a real browser against the running house.

A failing test names the practice it breaks. Here: what is said and which amounts are offered (F01 to F14).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.forms import DESKTOP, VIEWS, Look, View, Visit, fill, pays, press, top, unfold
from tests.journeys.walking import Finance, until

pytestmark = [pytest.mark.journey, pytest.mark.books_once]
views = pytest.mark.parametrize("view", VIEWS, ids=str)
FOR_SALE = re.compile(
    r"(buy|sponsor|adopt) (a|one) (defector|refugee|person)|탈북자?를? ?(사|입양)", re.IGNORECASE
)


def rungs(form: Page, frequency: str) -> list[int]:
    """This function will return the suggested amounts in the order they are shown."""
    radios = form.locator(f"[name=amount_{frequency}]")
    return [int(radio.get_attribute("value") or "") for radio in radios.all()]


@views
def test_F01_what_the_gift_does_stands_above_the_amounts(look: Look, view: View) -> None:
    form = look(view)
    assert top(form, "h1") < top(form, "h1 + p") < top(form, "input[type=radio]")
    assert 0 < len(form.locator("h1 + p").inner_text()) <= 160


LEADS = {
    "en": "Your gift goes to this group first. If it is fully funded, it helps the next one.",
    "ko": "후원금은 먼저 이 가족을 위해 쓰이며, 모금이 끝나면 다음 가족을 돕는 데 쓰입니다.",
}


@views
def test_F02_the_giver_comes_first_not_the_problem(look: Look, view: View) -> None:
    assert look(view).locator("h1 + p").inner_text() == LEADS[view.language]


def test_F02_staff_are_told_so_where_they_write_it(finance: Finance) -> None:
    finance.signs_in(role="editor", to="/en/office/pages/")
    finance.page.get_by_role("link", name="Bring a family of three out together").click()
    help_text = finance.page.locator(".f-lead_en small")
    expect(help_text).to_contain_text("Begin with what the giver makes possible, not with the problem")


@views
def test_F03_few_words_before_the_first_choice(look: Look, view: View) -> None:
    words = look(view).evaluate(
        """() => { const first = document.querySelector('main fieldset'); const range = document.createRange();
        range.setStart(document.querySelector('main'), 0); range.setEndBefore(first); return range.toString(); }"""
    )
    assert len(words.split()) <= 60


@views
def test_F03_what_few_people_need_is_folded_away(look: Look, view: View) -> None:
    form = look(view)
    assert form.locator("form details[open]").count() == 0
    assert form.locator("#honoree:visible, #employer:visible, #note:visible, #every:visible").count() == 0


@views
def test_F04_one_page_not_steps(look: Look, view: View) -> None:
    form = look(view)
    assert form.locator("form[method=post]").count() == 1
    assert not re.search(r"step \d|\d단계", form.inner_text("body"), re.IGNORECASE)


@pytest.mark.parametrize("scripts", [True, False])
def test_F06_one_column(visit: Visit, scripts: bool) -> None:
    form = visit("/en/give/family/?freq=month", size=DESKTOP, scripts=scripts)
    unfold(form, "schedule", "dedication", "matching", "noting")
    shown = form.locator("form :is(input:not([type=radio],[type=checkbox]), select, textarea):visible")
    tops = [box["y"] for field in shown.all() if (box := field.bounding_box())]
    assert len(tops) >= 13
    assert len({round(place) for place in tops}) == len(tops)


@views
def test_F07_three_to_six_amounts_and_one_other(look: Look, view: View) -> None:
    form = look(view)
    assert 3 <= len(rungs(form, "once")) <= 6
    assert 3 <= len(rungs(form, "monthly")) <= 6
    assert form.locator("#amount input:not([type=radio]):visible").count() == 1
    assert form.locator("[name=amount_monthly]:visible").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_F07_each_frequency_has_its_own_amounts(visit: Visit, scripts: bool) -> None:
    form = visit("/en/give/family/", scripts=scripts)
    expect(form.get_by_text("$2,500", exact=True)).to_be_visible()
    form.check("#freq-monthly")
    expect(form.get_by_text("$2,500", exact=True)).to_be_hidden()
    assert 3 <= form.locator("[name=amount_monthly]:visible").count() <= 6
    assert form.locator("[name=amount_once]:visible").count() == 0


def test_F08_a_ladder_above_what_people_give_is_warned_of(
    visit: Visit, finance: Finance, stack: Stack
) -> None:
    giving = visit("/en/give/workers/")
    fill(giving, other="50", email="ladder@example.org")
    press(giving)
    pays(giving)
    expect(giving.locator("h1")).to_have_text("Thank you.")
    finance.signs_in(role="editor", to="/en/office/pages/")
    page = finance.page
    page.get_by_role("link", name="Workers and their families").click()
    once = page.get_by_label("One time, in USD", exact=True)
    once.fill("100\n200\n300\n400")
    page.get_by_label("Chosen beforehand, one time, in USD").fill("300")
    page.get_by_role("button", name="Look at what will change").click()
    expect(page.locator("form .msg")).to_have_text("Choose one that is not above the middle of the list.")
    page.get_by_label("Chosen beforehand, one time, in USD").fill("200")
    page.get_by_role("button", name="Look at what will change").click()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text(
        "the middle suggestion would be $250, but the middle gift of the last 90 days was $50"
    )
    page.get_by_role("button", name="Change something").click()
    expect(once).to_have_value("100\n200\n300\n400")
    once.fill("20\n30\n50\n60")
    page.get_by_label("Chosen beforehand, one time, in USD").fill("30")
    page.get_by_role("button", name="Look at what will change").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".told")).to_contain_text("Saved")
    read = stack.manage("shell", "-v", "0", "-c", _AUDITED)
    assert read.stdout.strip().endswith("giving_page.changed"), read.stderr


_AUDITED = """
from staff.models import AuditEvent
print(AuditEvent.objects.filter(action__startswith='giving_page').order_by('-number').first().action)
"""


@views
def test_F09_round_numbers(look: Look, view: View) -> None:
    for address in ("", f"{view.at()}?currency=KRW"):
        form = look(view, address)
        amounts = [*rungs(form, "once"), *rungs(form, "monthly")]
        assert all(len(str(amount).rstrip("0")) <= 2 for amount in amounts)
        assert sorted(amounts[: len(rungs(form, "once"))]) == rungs(form, "once")


@views
def test_F10_at_most_a_modest_amount_is_chosen_beforehand(look: Look, view: View) -> None:
    for address in ("", f"{view.at()}?currency=KRW"):
        form = look(view, address)
        for frequency in ("once", "monthly"):
            amounts = rungs(form, frequency)
            chosen = form.locator(f"[name=amount_{frequency}][checked]")
            assert chosen.count() == 1
            assert int(chosen.get_attribute("value") or "") <= amounts[(len(amounts) - 1) // 2]


CHECKED = {"en": r"Checked (\d+) (\w+)\.", "ko": r"(\d+)월 (\d+)일 확인"}


@views
def test_F11_what_it_costs_is_dated_and_fresh_or_not_said(look: Look, view: View) -> None:
    hint = look(view).locator("#amount-hint").inner_text()
    found = re.search(CHECKED[view.language], hint)
    assert found, hint
    today = datetime.now(UTC).date()
    if view.language == "en":
        day, month = int(found[1]), datetime.strptime(found[2], "%B").replace(tzinfo=UTC).month
    else:
        day, month = int(found[2]), int(found[1])
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    assert today - today.replace(year=year, month=month, day=day) <= timedelta(days=90)
    # Nothing is said where no cost is known, or where it is in other money.
    assert look(view, view.at("safe-house")).locator("#amount-hint").count() == 0
    assert look(view, f"{view.at()}?currency=KRW").locator("#amount-hint").count() == 0


@views
def test_F12_nobody_is_for_sale(look: Look, view: View) -> None:
    for address in ("", f"/{view.language}/campaigns/family/", f"/{view.language}/"):
        assert not FOR_SALE.search(look(view, address).inner_text("body"))


MAKE = """
from django.utils import timezone
from campaigns.models import *
from ledger.models import Fund, FundText, LegalEntity
entity = LegalEntity.objects.get(code='{code}') if '{code}' else LegalEntity.objects.order_by('id').first()
fund = Fund.objects.create(entity=entity, code='NEAR', restriction='purpose')
FundText.objects.create(fund=fund, language='en', name='A roof')
made = Campaign.objects.create(slug='nearly', kind='capital', status='open', fund=fund, currency='USD',
    goal_minor=120_00, position=50, published_at=timezone.now())
CampaignText.objects.create(campaign=made, language='en', title='A roof', sentence='Nearly there.',
    lead='Your gift closes the roof.', terms='What is left over repairs the walls.')
page = GivingPage.objects.create(campaign=made, entity=entity)
PageFund.objects.create(page=page, fund=fund, position=1)
row = PageCurrency.objects.create(page=page, currency='USD', minimum_minor=5_00, position=1)
"""
HIDE = (
    "from campaigns.models import Campaign; Campaign.objects.filter(slug='nearly').update(status='resting')"
)


@pytest.fixture
def nearly(stack: Stack) -> Iterator[str]:
    """A one-off campaign that asks for $120; afterwards it rests, so that no other journey meets it."""
    made = stack.manage("shell", "-v", "0", "-c", MAKE.format(code=""))
    assert made.returncode == 0, made.stderr
    yield "nearly"
    assert stack.manage("shell", "-v", "0", "-c", HIDE).returncode == 0


def test_F13_F14_a_bar_from_thirty_percent_on_and_never_a_count_of_givers(
    visit: Visit, look: Look, nearly: str
) -> None:
    far = look(VIEWS[0], "/en/campaigns/family/")
    assert far.locator("progress").count() == 0
    assert "%" not in far.locator(".meter").inner_text()
    giving = visit(f"/en/give/{nearly}/")
    fill(giving, other="100", email="nearly@example.org")
    press(giving)
    pays(giving)
    expect(giving.locator("h1")).to_have_text("Thank you.")

    def is_told() -> bool:
        giving.goto(f"/en/campaigns/{nearly}/?look=1")
        return giving.locator("progress").count() == 1

    until(is_told, what="the gift in the campaign's bar (kept for half a minute)", seconds=60)
    expect(giving.locator(".meter")).to_contain_text("$100 of $120 raised")
    assert giving.locator("progress[aria-labelledby]").count() == 1
    # F14: near the goal of a one-off campaign nobody is counted.
    assert not re.search(r"\d+ (people|givers|donors)|\d+명", giving.inner_text("body"))
