"""The giver's page of a standing gift: every change one press, only one's own, and told truly when nobody answers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from donations import plan_linking
from donations.models import Checkout, PlanChange, RecurringPlan
from donations.models.intents import Frequency
from donors.models import Message
from ledger.money import Money
from staff.models import AuditEvent, Role
from tests import making
from tests.donations.giving import settle_all
from tests.donations.standing import POOR, Stage
from tests.sandbox.driving import Browser, Sandbox
from tests.web.test_portal import GRACE, signed_in_as, words

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def stage(house: None, processor: Sandbox) -> Stage:
    return Stage(processor, timezone.now())


@pytest.fixture
def plan(stage: Stage) -> RecurringPlan:
    return stage.give()


@pytest.fixture
def grace(plan: RecurringPlan) -> Client:
    return signed_in_as(GRACE, at=timezone.now())


def press(browser: Client, plan: RecurringPlan, deed: str, name: str = "portal:change", **typed: Any) -> Any:
    """Fills in the form of that deed as the page has it."""
    page = words(browser.get(reverse("portal:plan", args=[plan.pk])))
    form = next(
        (found for found in re.findall(r"<form.*?</form>", page, re.S) if f'value="{deed}"' in found), ""
    )
    known = dict(re.findall(r'name="(change_id|invoice)" value="([^"]+)"', form))
    answer = browser.post(
        reverse(name, args=[plan.pk]), {"deed": deed, "change_id": str(uuid.uuid4()), **known, **typed}
    )
    plan.refresh_from_db()
    return answer


def test_the_page_tells_amount_rhythm_date_purpose_card_and_history(
    grace: Client, plan: RecurringPlan
) -> None:
    page = words(grace.get(reverse("portal:plan", args=[plan.pk])))
    assert "$50.00" in page
    assert "every month" in page
    assert "•••• 4242" in page
    assert "Next gift" in page
    press(grace, plan, "amount", amount="75")
    page = words(grace.get(reverse("portal:plan", args=[plan.pk])))
    assert "Another amount" in page
    assert "The giver · 127.0.0.0/24 · Done" in page


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_press_changes_confirms_on_the_page_and_by_one_mail(
    grace: Client, plan: RecurringPlan, language: str
) -> None:
    with translation.override(language):
        answer = press(grace, plan, "amount", amount="75.50")
        assert answer.status_code == 302
        assert 'role="status"' in words(grace.get(answer.headers["Location"]))
        assert plan.amount == Money(7550, "USD")
        assert press(grace, plan, "pause", months="2").status_code == 302
        assert plan.status == "paused"
        assert press(grace, plan, "resume").status_code == 302
        assert press(grace, plan, "end", last_day="2030-12-31").status_code == 302
        assert str(plan.ends_on) == "2030-12-31"
        assert press(grace, plan, "day", charge_day="28").status_code in {302, 422}
        assert Message.objects.filter(kind="plan_changed").count() >= 4


def test_a_double_press_is_one_change(grace: Client, plan: RecurringPlan) -> None:
    typed = {"deed": "amount", "amount": "60", "change_id": str(uuid.uuid4())}
    for _ in range(2):
        assert grace.post(reverse("portal:change", args=[plan.pk]), typed).status_code == 302
    assert PlanChange.objects.count() == 1


def test_stopping_takes_three_presses_and_offers_a_pause_once(grace: Client, plan: RecurringPlan) -> None:
    home = words(grace.get(reverse("portal:home")))
    first = reverse("portal:plan", args=[plan.pk])
    assert f'href="{first}"' in home
    second = reverse("portal:stop", args=[plan.pk])
    assert f'href="{second}"' in words(grace.get(first))
    last = words(grace.get(second))
    assert last.count('value="pause"') == last.count('value="stop"') == 1
    assert press(grace, plan, "stop").status_code == 302
    assert (plan.status, plan.end_reason) == ("ended", "donor")
    page = words(grace.get(first))
    assert "Begin again" in page
    assert "This gift has ended." in words(grace.get(second))
    assert first in words(grace.get(reverse("portal:home")))
    assert press(grace, plan, "restart").status_code == 302
    assert plan.status == "active"


@pytest.mark.parametrize(
    "typed",
    [
        {"deed": "amount", "amount": "ten"},
        {"deed": "amount", "amount": "0.01"},
        {"deed": "amount", "amount": "9" * 200},
        {"deed": "pause", "months": "13"},
        {"deed": "pause", "months": "x"},
        {"deed": "fund", "fund": "999999"},
        {"deed": "fund", "fund": "9" * 40},
        {"deed": "day", "charge_day": "0"},
        {"deed": "end", "last_day": "1999-01-01"},
        {"deed": "end", "last_day": "\x00"},
        {"deed": "missed", "invoice": "in_other"},
        {"deed": "resume"},
        {"deed": "card"},
        {"deed": "delete"},
        {"deed": "stop", "change_id": "1"},
        {},
    ],
)
def test_bad_input_is_told_in_words_and_changes_nothing(
    grace: Client, plan: RecurringPlan, typed: dict[str, str]
) -> None:
    answer = grace.post(reverse("portal:change", args=[plan.pk]), {"change_id": str(uuid.uuid4()), **typed})
    assert answer.status_code == 422
    assert 'role="alert"' in words(answer)
    assert not PlanChange.objects.exists()


def test_anothers_gift_is_as_absent_as_one_that_never_was(
    grace: Client, plan: RecurringPlan, stage: Stage
) -> None:
    ben = stage.give(email="ben@example.org", donor_name="Ben Ahn")
    for key in (ben.pk, uuid.uuid4()):
        for name, method in (("plan", "get"), ("stop", "get"), ("change", "post"), ("plan_card", "post")):
            typed = {"deed": "stop", "change_id": str(uuid.uuid4())} if method == "post" else {}
            answer = getattr(grace, method)(reverse(f"portal:{name}", args=[key]), typed)
            assert answer.status_code == 404, name
    ben.refresh_from_db()
    assert ben.status == "active"
    assert not PlanChange.objects.exists()


def test_a_silent_processor_is_told_and_the_wish_is_kept(
    grace: Client, plan: RecurringPlan, stage: Stage
) -> None:
    stage.processor.operate("POST", "faults", {"mode": "reset", "path": "/v1/", "count": None})
    answer = press(grace, plan, "amount", amount="75")
    assert "has not answered yet" in words(grace.get(answer.headers["Location"]))
    assert grace.post(reverse("portal:plan_card", args=[plan.pk])).status_code == 503
    stage.processor.operate("DELETE", "faults")
    assert PlanChange.objects.get(kind="amount").status == "requested"


def test_missed_gifts_are_listed_and_given_only_when_pressed(
    grace: Client, plan: RecurringPlan, stage: Stage
) -> None:
    stage.card(plan, POOR)
    stage.now = timezone.now() + timedelta(days=33)
    stage.processor.operate("POST", "clock", {"to": stage.now.timestamp()})
    settle_all(stage.processor, now=stage.now)
    page = words(grace.get(reverse("portal:plan", args=[plan.pk])))
    assert "Missed gifts" in page
    before = stage.attempts()
    assert (
        press(grace, plan, "missed").status_code == 422
    )  # the poor card is declined once more, and it is told
    assert stage.attempts() == before + 1


def test_the_cards_page_and_back(grace: Client, plan: RecurringPlan, stage: Stage) -> None:
    away = grace.post(reverse("portal:plan_card", args=[plan.pk]))
    assert away.status_code == 303
    back = Browser().open(away.headers["Location"], action="card", card="5555555555554444")
    assert back.url.startswith(f"http://localhost:8000{reverse('portal:plan', args=[plan.pk])}?done=")
    settle_all(stage.processor, now=timezone.now())
    page = words(grace.get(back.url.removeprefix("http://localhost:8000")))
    assert "•••• 4444" in page
    assert "Another card: Done" in page


def token_of(plan: RecurringPlan) -> str:
    return plan_linking.card_link(plan=plan, language="en").rstrip("/").rsplit("/", 1)[1]


def test_a_mailed_card_link_opens_one_page_on_a_second_press(plan: RecurringPlan, stage: Stage) -> None:
    address = reverse("portal:card", args=[token_of(plan)])
    stranger = Client()
    for _ in range(3):
        page = stranger.get(address)
        assert page.status_code == 200
        assert "Grace" not in words(page)
        assert "grace@" not in words(page)
    assert not PlanChange.objects.exists()
    away = stranger.post(address)
    assert away.status_code == 303
    done = Browser().open(away.headers["Location"], action="card", card="5555555555554444")
    assert words(stranger.get(done.url.removeprefix("http://localhost:8000"))).count("Thank you")
    assert stranger.get(reverse("portal:home")).status_code == 302  # it signs nobody in
    settle_all(stage.processor, now=timezone.now())
    plan.refresh_from_db()
    assert plan.card_last4 == "4444"


@pytest.mark.parametrize("salt", ["plan-card", "another scope"])
def test_forged_and_other_links_open_nothing(plan: RecurringPlan, salt: str) -> None:
    forged = [
        signing.dumps(str(plan.pk), salt="another scope"),
        signing.dumps("nothing", salt="plan-card"),
        signing.dumps(7, salt="plan-card"),
        signing.dumps(str(uuid.uuid4()), salt="plan-card"),
        token_of(plan)[:-2] + "xx",
    ]
    for token in forged:
        assert Client().get(reverse("portal:card", args=[token])).status_code == 410
        assert Client().post(reverse("portal:card", args=[token])).status_code == 410
    assert not PlanChange.objects.exists()


def test_a_link_for_an_ended_gift_tells_when_it_begins_again(plan: RecurringPlan, grace: Client) -> None:
    press(grace, plan, "stop")
    page = words(Client().get(reverse("portal:card", args=[token_of(plan)])))
    assert "begins again, first on" in page
    RecurringPlan.objects.update(end_reason="death")
    assert Client().get(reverse("portal:card", args=[token_of(plan)])).status_code == 410


# In the office


def test_the_office_changes_a_plan_in_its_own_name(
    plan: RecurringPlan, signed_in: Callable[[Role | None], Client]
) -> None:
    finance = signed_in(Role.FINANCE)
    listed = words(finance.get(reverse("office:plans"), {"state": "active", "q": "grace"}))
    assert reverse("office:plan", args=[plan.pk]) in listed
    page = words(finance.get(reverse("office:plan", args=[plan.pk])))
    assert plan.processor_ref in page
    typed = {"deed": "amount", "amount": "40", "change_id": str(uuid.uuid4())}
    assert finance.post(reverse("office:plan_change", args=[plan.pk]), typed).status_code == 302
    change = PlanChange.objects.get()
    assert change.staff is not None
    assert (change.asker, change.staff.email, change.status) == ("staff", "finance@example.org", "done")
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"read plan", "change plan: amount"} <= actions
    page = words(finance.get(reverse("office:plan", args=[plan.pk])))
    assert "before: 50.00 USD" in page
    typed = {"deed": "stop", "change_id": str(uuid.uuid4())}
    assert finance.post(reverse("office:plan_change", args=[plan.pk]), typed).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == ("ended", "staff")
    typed = {"deed": "pause", "months": "1", "change_id": str(uuid.uuid4())}
    refused = finance.post(reverse("office:plan_change", args=[plan.pk]), typed)
    assert (refused.status_code, "This gift has ended." in words(refused)) == (422, True)
    typed = {"deed": "restart", "change_id": str(uuid.uuid4())}
    assert finance.post(reverse("office:plan_change", args=[plan.pk]), typed).status_code == 302


def test_an_approver_looks_and_changes_nothing(
    plan: RecurringPlan, signed_in: Callable[[Role | None], Client]
) -> None:
    approver = signed_in(Role.APPROVER)
    page = words(approver.get(reverse("office:plan", args=[plan.pk])))
    assert "Stop the gift" not in page
    assert approver.get(reverse("office:plan", args=[uuid.uuid4()])).status_code == 404
    assert approver.get(reverse("office:plans"), {"state": "odd"}).status_code == 400


def test_a_giver_who_died(plan: RecurringPlan, signed_in: Callable[[Role | None], Client]) -> None:
    finance = signed_in(Role.FINANCE)
    address = reverse("office:plan_died", args=[plan.pk])
    assert finance.post(address).status_code == 422
    assert finance.post(address, {"sure": "yes"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == ("ended", "death")


def test_a_silent_processor_in_the_office(
    plan: RecurringPlan, stage: Stage, signed_in: Callable[[Role | None], Client]
) -> None:
    finance = signed_in(Role.FINANCE)
    stage.processor.operate("POST", "faults", {"mode": "reset", "path": "/v1/", "count": None})
    typed = {"deed": "amount", "amount": "40", "change_id": str(uuid.uuid4())}
    finance.post(reverse("office:plan_change", args=[plan.pk]), typed)
    stage.processor.operate("DELETE", "faults")
    assert "has not answered yet" in words(finance.get(reverse("office:plans")))


def test_failing_and_given_up_plans_stand_on_today(
    house: None, today: datetime, signed_in: Callable[[Role | None], Client]
) -> None:
    failing = making.plan(of=making.donor(now=today), status="past_due", now=today)
    lost = making.plan(of=making.donor(now=today), status="ended", now=today)
    RecurringPlan.objects.filter(pk=lost.pk).update(end_reason="retries_exhausted")
    page = words(signed_in(Role.FINANCE).get(reverse("office:today")))
    for plan in (failing, lost):
        assert reverse("office:plan", args=[plan.pk]) in page


# The invitation after a gift given once


def test_F16_the_quiet_monthly_link_lands_on_a_filled_in_form(house: None, stage: Stage) -> None:
    from tests.donations.giving import Supporter

    checkout = Supporter(stage.processor, stage.now).give("general", amount=Money(24000, "USD"))
    stage.catch_up()
    browser = Client()
    thanks = words(browser.get(reverse("giving:thanks", args=[checkout.pk])))
    links = re.findall(r'href="([^"]*freq=monthly[^"]*)"', thanks)
    assert len(links) == 1
    address = links[0].replace("&amp;", "&")
    assert "src=thanks" in address
    form = words(browser.get(address))
    amount = re.findall(r"amount=(\d+)", address)[0]
    chosen = re.findall(r"<input[^>]*checked[^>]*>", form)
    assert any('id="freq-monthly"' in one for one in chosen)
    assert (
        any(f'value="{amount}"' in one for one in chosen)
        or f'id="other" name="other" value="{amount}"' in form
    )
    assert 'name="src" value="thanks"' in form
    assert Checkout.objects.filter(frequency=Frequency.MONTHLY).count() == 0


def test_no_processor_is_asked_for_the_page_of_a_plan_that_never_failed(
    grace: Client, plan: RecurringPlan, stage: Stage
) -> None:
    before = stage.processor.operate("GET", "requests")["requests"]
    assert grace.get(reverse("portal:plan", args=[plan.pk])).status_code == 200
    assert stage.processor.operate("GET", "requests")["requests"] == before
